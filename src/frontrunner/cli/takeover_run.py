"""`frontrunner takeover start`, and the commands that an operator gives to its controller."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from frontrunner.base.config import NotifySettings, Settings, load_settings
from frontrunner.base.errors import FrontrunnerError, GatewayError, LedgerError, TakeoverError
from frontrunner.base.logs import begin_logs
from frontrunner.base.way_back import keep_settings, settings_for_way_back
from frontrunner.cli.options import Home, Json, LogFormat
from frontrunner.cli.output import ask_to_go_on, complain, print_json, say, visible
from frontrunner.cli.takeover_app import takeover
from frontrunner.gateway.sides import sides
from frontrunner.ops.channels import channels_of
from frontrunner.takeover.fold import State, fold
from frontrunner.takeover.held import held_of
from frontrunner.takeover.records import Commanded, Decided, Entry, Refused, Verb
from frontrunner.takeover.stages import Mode, Stage
from frontrunner.takeover.verbs import why_not_finish, why_over
from frontrunner.takeover.way_back import places_of, way_back

if TYPE_CHECKING:
    from frontrunner.takeover.wiring import Wired

_ANSWER = 15.0
"""Seconds to wait for the answer to a command."""
_LOOK_AGAIN = 0.1
_AT_ONCE = frozenset({Verb.ROLLBACK, Verb.PAUSE})
"""Verbs whose work a command does itself if no controller runs: they move nobody forward."""

Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Reason for the ledger.")]
Wait = Annotated[
    float, typer.Option("--wait", metavar="SECONDS", min=0, help="How long to wait for the answer.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only print what would happen.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]
Gate = Annotated[str, typer.Argument(metavar="[GATE]", help="A manual gate. [default: all]")]


@takeover.command()
def start(
    reason: Reason = "",
    dry_run: DryRun = False,
    home: Home = None,
    log_format: LogFormat = None,
) -> None:
    """Start or continue the take-over and run its controller. A second controller stands by."""
    from frontrunner.takeover.wiring import user_name, wired  # noqa: PLC0415

    settings = load_settings(home)
    begin_logs(settings.logging)
    with wired(settings, show=None if dry_run else _show_line) as one:
        state = fold(one.ledger.entries())
        begins = state.position.stage is Stage.PLANNED
        _check_rules(settings, begins=begins)
        if begins:
            _warn(settings)
        if dry_run:
            say(_preview(one, state, Commanded(verb=Verb.START)) if begins else _goes_on(state))
            return
        if begins and not state.pending:
            command = Commanded(verb=Verb.START, reason=reason)
            entry = one.ledger.append(user_name(), "", command)
            state = _begun(one, _answer(one, entry, _ANSWER, acts=True))
        _keep(settings.home)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        if one.controller.tick() is not None:
            how = f"The take-over has begun at {state.position}." if begins else _goes_on(state)
            say(f"{how} (stop with Ctrl+C; users stay where they are)")
        has_worked = one.controller.run(stop, one.tick)
        which = "The controller" if has_worked else "This standby controller"
        end = fold(one.ledger.entries()).position
        say(f"{which} has stopped. The take-over is at {end}.")


def _check_rules(settings: Settings, *, begins: bool) -> None:
    """Raises GatewayError at the first start if an ignore rule is wrong; later it is a warning.

    A take-over that runs needs its controller, with rules or without them.
    """
    from frontrunner.takeover.loading import check_rules  # noqa: PLC0415

    try:
        check_rules(settings)
    except GatewayError as error:
        if begins:
            raise
        complain("warning", f"{error} Until this is corrected, no read is compared.")


def _warn(settings: Settings) -> None:
    """Say before the first start which gates would hold the take-over."""
    from frontrunner.cli.takeover_plan import warnings  # noqa: PLC0415
    from frontrunner.takeover.loading import load_plan  # noqa: PLC0415

    for text in warnings(settings, load_plan(settings)):
        complain("warning", text)


def _show_line(line: str) -> None:
    say(visible(line))


def _begun(one: Wired, answer: Entry | None) -> State:
    """The state after the answer to `start`. Raises TakeoverError if it was refused.

    If two are started at once, the second is refused too; the take-over runs then, and it stands
    by.
    """
    state = fold(one.ledger.entries())
    if answer and isinstance(answer.record, Refused) and state.position.stage is Stage.PLANNED:
        raise TakeoverError(answer.record.why)
    return state


def _keep(home: Path) -> None:
    """Keep the settings for a rollback in which the file has a mistake."""
    try:
        keep_settings(home)
    except (FrontrunnerError, OSError) as error:
        complain("warning", f"The settings could not be copied for a rollback: {error}")


def _goes_on(state: State) -> str:
    if state.position.stage is Stage.PLANNED:
        return "The take-over begins."
    if state.position.mode is Mode.FINISHED:
        return "The take-over is finished."
    held = held_of(state)
    if held:
        return f"The take-over is at {state.position} (entry {held.seq}): {held.why}"
    return f"The take-over continues at {state.position}."


# --- commands -------------------------------------------------------------------------------------


@takeover.command()
def advance(
    force: Annotated[
        bool, typer.Option("--force", help="Do not wait for gates. The new board must be healthy.")
    ] = False,
    reason: Reason = "",
    yes: Yes = False,
    dry_run: DryRun = False,
    wait: Wait = _ANSWER,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Take the next step now if every gate passes, before its minimum time is over."""
    command = Commanded(verb=Verb.ADVANCE, reason=reason, force=force)
    _ask(home, command, wait=wait, as_json=as_json, dry_run=dry_run, confirm=_last_warning(yes))


@takeover.command()
def pause(
    reason: Reason = "", wait: Wait = _ANSWER, home: Home = None, as_json: Json = False
) -> None:
    """Stop advancing. Users stay, deadlines stop, and a gate that fails still rolls back."""
    _ask(home, Commanded(verb=Verb.PAUSE, reason=reason), wait=wait, as_json=as_json)


@takeover.command()
def resume(
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Continue although a gate failed. Failed gates are excused until they pass once.",
        ),
    ] = False,
    reason: Reason = "",
    wait: Wait = _ANSWER,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Continue after a pause."""
    command = Commanded(verb=Verb.RESUME, reason=reason, force=force)
    _ask(home, command, wait=wait, as_json=as_json)


@takeover.command()
def approve(
    gate: Gate = "",
    reason: Reason = "",
    wait: Wait = _ANSWER,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Pass a manual gate."""
    command = Commanded(verb=Verb.APPROVE, gate=gate, reason=reason)
    _ask(home, command, wait=wait, as_json=as_json)


@takeover.command()
def reject(
    gate: Gate = "",
    reason: Reason = "",
    wait: Wait = _ANSWER,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Fail a manual gate: users go back, or the take-over pauses if none were moved."""
    command = Commanded(verb=Verb.REJECT, gate=gate, reason=reason)
    _ask(home, command, wait=wait, as_json=as_json)


@takeover.command("rollback")
def rollback_(
    force: Annotated[
        bool, typer.Option("--force", help="Roll back although the old board is not healthy.")
    ] = False,
    reason: Reason = "",
    dry_run: DryRun = False,
    wait: Wait = _ANSWER,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Move all users back to the old board, from any stage."""
    command = Commanded(verb=Verb.ROLLBACK, reason=reason, force=force)
    try:
        _ask(home, command, wait=wait, as_json=as_json, dry_run=dry_run)
    except LedgerError as error:
        back = _way_back(home)
        if back in str(error):
            raise
        how = f"To move all users back now, without the ledger, {back}"
        raise LedgerError(f"{error} {how}") from error


def _way_back(home: Path | None) -> str:
    """What takes users back without the ledger."""
    settings, _ = settings_for_way_back(home, ("hub", "takeover"), lambda _: None)
    return way_back(places_of(settings))


@takeover.command()
def retry(
    reason: Reason = "", wait: Wait = _ANSWER, home: Home = None, as_json: Json = False
) -> None:
    """Start again after a rollback, or retry a failed step."""
    _ask(home, Commanded(verb=Verb.RETRY, reason=reason), wait=wait, as_json=as_json)


@takeover.command()
def finish(
    force: Annotated[bool, typer.Option("--force", help="Do not wait for gates.")] = False,
    reason: Reason = "",
    yes: Yes = False,
    wait: Wait = _ANSWER,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """End the take-over once it is settled. Nothing is monitored afterwards."""
    command = Commanded(verb=Verb.FINISH, reason=reason, force=force)
    text = "Afterwards no gate is measured, and the old board may be switched off."
    _ask(home, command, wait=wait, as_json=as_json, confirm="" if yes else text)


@takeover.command()
def accept(
    reason: Reason = "", wait: Wait = _ANSWER, home: Home = None, as_json: Json = False
) -> None:
    """Accept an edited plan and continue."""
    _ask(home, Commanded(verb=Verb.ACCEPT, reason=reason), wait=wait, as_json=as_json)


def _last_warning(yes: bool) -> str:
    return "" if yes else "The next step gives the old board's own paths to the new board."


def _ask(
    home: Path | None,
    command: Commanded,
    *,
    wait: float,
    as_json: bool,
    dry_run: bool = False,
    confirm: str = "",
) -> None:
    """Give a command and show its answer.

    Without a controller, what moves nobody forward is done here. Everything else is only recorded:
    a single look could take a step, and then nothing would watch the users whom it moved.
    """
    from frontrunner.takeover.wiring import begun_ledger, user_name, wired  # noqa: PLC0415

    settings = _for_way_back(home) if command.verb in _AT_ONCE else load_settings(home)
    begun_ledger(settings).close()
    with wired(settings) as one:
        state = fold(one.ledger.entries())
        if dry_run:
            say(_preview(one, state, command))
            return
        if over := why_over(state.position, command.verb):
            raise TakeoverError(over)  # not recorded: no controller runs that would answer it
        _confirm(state, command, confirm)
        acts = command.verb in _AT_ONCE
        is_recorded = not acts and not one.has_controller()
        entry = one.ledger.append(user_name(), state.plan, command)
        answer = None if is_recorded else _answer(one, entry, wait, acts=acts)
    if is_recorded:
        _show_recorded(entry, settings.home, as_json)
    else:
        _show(command, entry, answer, as_json)


def _for_way_back(home: Path | None) -> Settings:
    """The settings, although some may have a mistake."""
    settings, warning = settings_for_way_back(home, ("gateway", "hub", "takeover"), _check_begun)
    if warning:
        complain("warning", warning)
    try:
        channels_of(settings.notify)
    except FrontrunnerError as error:
        complain("warning", f"{error} This command sends no notices.")
        return msgspec.structs.replace(settings, notify=NotifySettings())
    return settings


def _check_begun(settings: Settings) -> None:
    """Raises FrontrunnerError if no take-over was started there, or its boards are not set."""
    from frontrunner.takeover.loading import is_on_hub  # noqa: PLC0415
    from frontrunner.takeover.wiring import begun_ledger  # noqa: PLC0415

    begun_ledger(settings).close()
    if not is_on_hub(settings):
        sides(settings.gateway)


def _show_recorded(entry: Entry, home: Path, as_json: bool) -> None:
    if as_json:
        print_json(entry)
    say(
        f"Recorded as entry {entry.seq}. No controller runs, so nothing happens yet. Start it "
        f"with: frontrunner takeover start --home {quote(str(home))}"
    )


def _confirm(state: State, command: Commanded, text: str) -> None:
    """Ask before what cannot be taken back.

    Raises TakeoverError if it cannot be done anyway, or if no terminal is there to ask at.
    """
    impossible = why_not_finish(state.position) if command.verb is Verb.FINISH else ""
    if impossible:
        raise TakeoverError(impossible)
    final = command.verb is Verb.FINISH or state.position.stage is Stage.CUTOVER
    if not text or not final:
        return
    ask_to_go_on(text, TakeoverError)


def _answer(one: Wired, entry: Entry, wait: float, *, acts: bool) -> Entry | None:
    """The answer to a command; if it `acts`, this process looks while no controller runs."""
    until = time.monotonic() + wait
    while True:
        if acts:
            one.controller.tick()
        for found in one.ledger.entries(after=entry.seq):
            record = found.record
            if isinstance(record, Decided | Refused) and record.command == entry.seq:
                return found
        if time.monotonic() >= until:
            return None
        time.sleep(_LOOK_AGAIN)


def _show(command: Commanded, entry: Entry, answer: Entry | None, as_json: bool) -> None:
    if answer is None:
        raise TakeoverError(
            f"The command ({command.verb}, record {entry.seq}) is in the ledger and has no answer "
            "yet. To see what it waits for, run: frontrunner takeover status"
        )
    if as_json:
        print_json(answer)
    if isinstance(answer.record, Refused):
        raise TakeoverError(answer.record.why)
    if isinstance(answer.record, Decided) and not as_json:
        why = answer.record.why
        end = "" if why.endswith((".", "!", "?")) else "."  # a reason may have none
        say(f"{why}{end} It is at {answer.record.after} now.")


def _preview(one: Wired, state: State, command: Commanded) -> str:
    """What a command would do now."""
    from frontrunner.takeover.preview import preview  # noqa: PLC0415

    return preview(one.parts, state, command)
