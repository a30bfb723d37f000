"""`frontrunner refresh`: the scheduled update of a board.

What an update needs is imported when it has started its helpers: they look for changed files
meanwhile.
"""

from __future__ import annotations

import getpass
import sys
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from frontrunner.base import logs
from frontrunner.base.config import Settings, load_settings
from frontrunner.base.durations import seconds
from frontrunner.base.errors import FrontrunnerError, RefreshError, UnpreparedError, UsageError
from frontrunner.base.home import Home as HomePaths
from frontrunner.base.logs import begin_logs
from frontrunner.base.refresh_settings import SHORTEST
from frontrunner.base.traces import begin_traces, span
from frontrunner.cli.app import app
from frontrunner.cli.backfill import backfill_past
from frontrunner.cli.hints import with_home
from frontrunner.cli.interrupts import interruptible
from frontrunner.cli.options import Home, Json, LogFormat, OwnCatalog, PublishTo, WithoutMteb
from frontrunner.cli.output import complain, counted, log, moment, print_json, say, visible
from frontrunner.cli.progress import Terminal
from frontrunner.ops.beside import head_start

if TYPE_CHECKING:
    from frontrunner.refresh.record import Run, State
    from frontrunner.refresh.run import Ended

group = typer.Typer(help="Update the board from its sources, on a schedule.")
app.add_typer(group, name="refresh")
group.command("backfill")(backfill_past)

_CODES = {
    "published": 0,
    "unchanged": 0,
    "unprepared": UnpreparedError.code,
    "held": RefreshError.code,
    "unseen": RefreshError.code,
    "undeployed": RefreshError.code,
    "failed": 1,
}

_Results = Annotated[
    list[str] | None,
    typer.Option(
        "--results",
        metavar="SOURCE",
        help="A folder, archive, git repository or its URL, instead of those in [refresh]. Repeat "
        "it to merge several.",
        show_default=False,
    ),
]
_Every = Annotated[
    str | None,
    typer.Option(
        "--every",
        metavar="TIME",
        help="Repeat the update at this interval, such as 6h, until stopped.",
        show_default=False,
    ),
]


@group.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Update once. This is the default.")] = False,
    every: _Every = None,
    results: _Results = None,
    catalog: OwnCatalog = None,
    without_mteb: WithoutMteb = False,
    store: PublishTo = None,
    home: Home = None,
    log_format: LogFormat = None,
) -> None:
    """Update the board: fetch, build, ask the guards, publish, deploy, and wait until readers have
    it.

    Prints one JSON line for each update. Exits with 0 if the board is up to date, 9 if a guard
    holds the update, or it could not be deployed, or the live board does not show it, and with the
    code of `frontrunner build` if the update failed, or if the answers of what it published could
    not be prepared. What is published stays published in each of these cases.
    """
    if context.invoked_subcommand is not None:
        return
    if once and every is not None:
        raise UsageError("--once and --every cannot be combined.")
    given = {
        "results": tuple(results) if results else None,
        "catalog": tuple(map(str, catalog)) if catalog else None,
        "without_mteb": without_mteb or None,
    }
    settings = load_settings(home, refresh=given, store={"publish": store})
    begin_logs(settings.logging)
    begin_traces(settings.logging)
    if every is None:
        sys.exit(_update(settings))
    pause = _pause(every)
    say(f"Updating {settings.home} every {every}; stop with Ctrl+C.")
    while True:
        began = time.monotonic()
        _update_and_go_on(settings)
        with interruptible(lambda: "No update was under way."):
            time.sleep(max(pause - (time.monotonic() - began), 0))


def _pause(text: str) -> float:
    try:
        pause = seconds(text)
    except ValueError as error:
        raise UsageError(f"--every {error}") from None
    if pause < SHORTEST:
        raise UsageError(f"--every must be at least 1m, got {text}")
    return pause


def _update(settings: Settings) -> int:
    """Update once, print how it went, and tell people; the exit code."""
    before = HomePaths(settings.home).published
    with interruptible(lambda: _left(settings, before)), span("update") as say_of:
        with head_start(settings) or nullcontext() as beside:
            from frontrunner.refresh import notices  # noqa: PLC0415 -- a quarter of a second
            from frontrunner.refresh.run import refresh  # noqa: PLC0415

            ended = refresh(settings, Terminal(), beside)
        say_of(outcome=ended.run.outcome, snapshot=ended.run.snapshot or "")
    _print(ended)
    notices.tell(settings, ended)
    return _code(ended)


def _left(settings: Settings, before: str | None) -> str:
    """What an update did that was stopped after the build: a build says so itself."""
    now = HomePaths(settings.home).published
    if now is None or now == before:
        stays = "no board is published yet" if now is None else f"snapshot {now} stays current"
        return f"Nothing was published; {stays}."
    return f"Snapshot {now} is published, but the update did not finish. Run: frontrunner refresh"


def _code(ended: Ended) -> int:
    if isinstance(ended.error, FrontrunnerError) and ended.run.outcome == "failed":
        return ended.error.code
    return _CODES[ended.run.outcome]


def _update_and_go_on(settings: Settings) -> None:
    try:
        _update(settings)
    except (RefreshError, OSError) as error:
        complain("warning", error)


def _print(ended: Ended) -> None:
    typer.echo(msgspec.json.encode(ended.run).decode())
    run = ended.run
    if logs.is_json():
        log.info("the update ended: %s", run.outcome, extra={
            "event": "update_ended", "outcome": run.outcome, "snapshot": run.snapshot,
            "seconds": run.seconds, "reason": run.reason or None,
        })  # fmt: skip
    if ended.error is not None:
        complain("error", ended.error)
    elif ended.run.outcome == "held":
        complain("warning", f"Held back: {ended.run.reason}")
        say(
            "The published snapshot stays. If the changes are correct, run: frontrunner "
            f'refresh accept {ended.run.snapshot} --reason "..."'
        )


@group.command("accept")
def accept_(
    snapshot: Annotated[
        str, typer.Argument(metavar="ID", help="The held snapshot, or the start of its name.")
    ],
    reason: Annotated[
        str, typer.Option("--reason", help="Why it may be published; recorded in the event log.")
    ],
    by: Annotated[
        str | None,
        typer.Option("--by", help="Your name. [default: the user of this machine]"),
    ] = None,
    home: Home = None,
) -> None:
    """Publish a snapshot that a guard holds, and deploy it as an update would.

    The event log records who accepted it, and why. Exits with 9 if it is published but not
    deployed.
    """
    if not reason.strip():
        raise UsageError("--reason must say why the snapshot may pass.")
    from frontrunner.refresh.run import accept  # noqa: PLC0415

    settings = load_settings(home)
    waiting = accept(settings, snapshot, by or getpass.getuser(), reason, Terminal())
    say(f"Published: snapshot {waiting.snapshot}")
    _deploy(settings)


@group.command("deploy")
def deploy_(home: Home = None) -> None:
    """Deploy the published snapshot as [refresh.deploy] says, and wait until it is live.

    Use it after `publish` or `rollback`. An update does the same at its end.
    Exits with 9 if it was not deployed, or if the live board does not show it.
    """
    settings = load_settings(home)
    if not (settings.refresh.deploy.space or settings.refresh.live):
        raise UsageError(
            "No place to deploy to is set. Write it into frontrunner.toml: [refresh.deploy] "
            'space = "OWNER/NAME"'
        )
    _deploy(settings)


def _deploy(settings: Settings) -> None:
    """Deploy what is published, if the settings say where. Exits with 9 if that fails."""
    if not (settings.refresh.deploy.space or settings.refresh.live):
        return
    from frontrunner.refresh.run import deploy  # noqa: PLC0415

    found = deploy(settings, Terminal())
    if found.error is not None:
        complain("error", found.error)
        sys.exit(RefreshError.code)
    say(f"Readers have snapshot {found.snapshot}.")


@group.command()
def status(home: Home = None, as_json: Json = False) -> None:
    """Show how the last update ended, and which snapshots wait for approval."""
    from frontrunner.refresh.record import damage_of_state, read_state  # noqa: PLC0415

    settings = load_settings(home)
    state = read_state(HomePaths(settings.home))
    damage = damage_of_state(HomePaths(settings.home))
    if damage:
        raise RefreshError(f"How the last update ended is not known: {with_home(damage)}")
    if as_json:
        print_json(state)
        return
    for line in _lines(state, HomePaths(settings.home)):
        typer.echo(with_home(line))


def _lines(state: State, home: HomePaths) -> list[str]:
    from frontrunner.snapshot.freshness import read_checked_at  # noqa: PLC0415

    if state.last is None:
        return [f"No update of {home} has run yet. Run: frontrunner refresh"]
    lines = [f"Last update: {moment(state.last.at)}, {_in_words(state.last)}"]
    # After a rollback, the last good update is of another snapshot.
    checked = read_checked_at(home, home.published) if home.published else None
    if checked is not None:
        lines.append(f"Up to date as of: {moment(checked)}")
    elif home.published:
        lines.append(f"Up to date as of: not known for snapshot {home.published}")
    if state.failures:
        lines.append(f"Without full success in a row: {counted(state.failures, 'update')}")
    if state.waiting is not None:
        lines.append(f"Waits for approval: snapshot {state.waiting.snapshot}")
        lines += [f"  {one.guard}: {visible(one.sentence)}" for one in state.waiting.breaches]
        accept = f'Publish it: frontrunner refresh accept {state.waiting.snapshot} --reason "..."'
        lines.append(f"  {state.waiting.obstacle(home) or accept}")
    return lines


def _in_words(run: Run) -> str:
    changes = (
        f"{counted(run.scores_added, 'score')} added, {run.scores_changed:,} changed, "
        f"{run.scores_gone:,} gone"
    )
    match run.outcome:
        case "published":
            return f"published {run.snapshot} ({changes})"
        case "unchanged":
            return "nothing new"
        case "held":
            return f"held back {run.snapshot}"
        case _:
            return f"{run.outcome}: {visible(run.reason)}"


@group.command()
def emit(
    what: Annotated[str, typer.Argument(metavar="systemd|cron|kubernetes|github-actions|space")],
    home: Home = None,
) -> None:
    """Print a file that updates the board on the schedule of [refresh] every."""
    from frontrunner.refresh.emit import emitted, lacks  # noqa: PLC0415

    settings = load_settings(home)
    typer.echo(emitted(what, settings), nl=False)
    for text in lacks(what, settings):
        complain("warning", text)
