"""`frontrunner gateway`: the old board and the new one behind one address."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from frontrunner.base.config import GatewaySettings, load_settings
from frontrunner.base.errors import GatewayError, UsageError
from frontrunner.base.home import Home as HomePaths
from frontrunner.cli.app import app
from frontrunner.cli.options import Home, Json
from frontrunner.cli.output import counted, print_json, say, visible
from frontrunner.gateway.buckets import BUCKETS

if TYPE_CHECKING:
    from frontrunner.gateway.control import Gateway
    from frontrunner.gateway.status import Status

gateway = typer.Typer(
    help="Put Envoy in front of the old board and the new one, and move users between them.",
    no_args_is_help=True,
)
app.add_typer(gateway, name="gateway")


def _settings(home: Path | None) -> tuple[Path, GatewaySettings, Path]:
    """The home, its gateway settings, and the folder with the gateway's files."""
    settings = load_settings(home)
    folder = settings.gateway.state
    return settings.home, settings.gateway, Path(folder or HomePaths(settings.home).gateway)


_NUMBERS = {"ignore_unknown_options": True}
"""A number below 0 is a wrong percentage, not an option that does not exist."""
Force = Annotated[bool, typer.Option("--force", help="Although a take-over moves the users now.")]


def _by_hand(folder: Path, force: bool) -> None:
    """Raises GatewayError if a take-over moves the users, unless it is forced."""
    from frontrunner.gateway.transition import read_transition  # noqa: PLC0415

    found = read_transition(folder)
    if force or found is None or found.stage == "planned" or found.mode == "finished":
        return
    raise GatewayError(
        f"A take-over moves the users now (stage {found.stage}, {found.mode}), and its controller "
        "would undo this. Use: frontrunner takeover rollback, pause or advance. If its ledger is "
        "gone, give --force."
    )


@gateway.command("run")
def run_(home: Home = None, as_json: Json = False) -> None:
    """Run the gateway in the foreground; SIGHUP or a changed frontrunner.toml reloads it."""
    from frontrunner.gateway.supervise import Supervisor  # noqa: PLC0415
    from frontrunner.ops.notify import read_outboxes  # noqa: PLC0415
    from frontrunner.ops.notify_metrics import NotifyCollector  # noqa: PLC0415

    chosen, _, folder = _settings(home)
    beside = {
        name: (sys.executable, "-m", "frontrunner", "gateway", name, "--home", str(chosen))
        for name in ("companion", "compare")
    }
    supervisor = Supervisor(
        lambda: load_settings(chosen).gateway, folder, HomePaths(chosen).settings, beside
    )
    outbox = HomePaths(chosen).outbox
    supervisor.counts.registry.register(NotifyCollector(lambda: read_outboxes(outbox)))

    def started(address: str) -> None:
        if as_json:
            print_json({"listening": address})
            sys.stdout.flush()
        say(f"Listening on {address} (stop with Ctrl+C)")

    supervisor.run(started)


@gateway.command(hidden=True)
def companion(home: Home = None) -> None:
    """Take feedback and show `/transition`; `gateway run` starts this process."""
    from frontrunner.gateway.companion import serve_companion  # noqa: PLC0415
    from frontrunner.gateway.feedback import Feedback  # noqa: PLC0415
    from frontrunner.gateway.render import Place  # noqa: PLC0415

    _, settings, folder = _settings(home)
    feedback = Feedback(settings.feedback, folder)
    serve_companion(feedback, folder, Place(folder).socket("companion"))


@gateway.command(hidden=True)
def compare(home: Home = None) -> None:
    """Compare mirrored requests; `gateway run` starts this process."""
    from frontrunner.gateway.shadow.serve import serve_comparer  # noqa: PLC0415

    _, settings, folder = _settings(home)
    serve_comparer(settings, folder)


@gateway.command()
def render(
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="DIR", help="Write envoy.yaml and routes.yaml here."),
    ] = None,
    kubernetes: Annotated[
        bool, typer.Option("--kubernetes", help="Print a ConfigMap with both files.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Print Envoy's configuration and routes, for those who run their own Envoy."""
    from frontrunner.gateway.emit import config_map, lasting_salt  # noqa: PLC0415
    from frontrunner.gateway.render import render_config, render_routes  # noqa: PLC0415
    from frontrunner.gateway.state import load_state  # noqa: PLC0415

    _, settings, folder = _settings(home)
    state = load_state(folder)
    salt = lasting_salt(settings, state)
    files = {
        "envoy.yaml": render_config(settings, salt, output or folder),
        "routes.yaml": render_routes(settings, state),
    }
    if output is not None:
        from frontrunner.base.atomic import write_file  # noqa: PLC0415

        output.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            write_file(output / name, text.encode())
        written = [str(output / name) for name in files]
        print_json({"written": written}) if as_json else typer.echo("\n".join(written))
    elif kubernetes:
        made = config_map(settings, salt, state)
        print_json({"configmap.yaml": made}) if as_json else typer.echo(made, nl=False)
    elif as_json:
        print_json(files)
    else:
        typer.echo("---\n".join(files.values()), nl=False)


@gateway.command(context_settings=_NUMBERS)
def share(
    percent: Annotated[
        str | None, typer.Argument(metavar="[PERCENT]", help="0 to 100, such as 2.5.")
    ] = None,
    force: Force = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show the share of visitors on the new board as Envoy reports it, or set it."""
    from frontrunner.gateway.control import Gateway  # noqa: PLC0415

    _, settings, folder = _settings(home)
    one = Gateway(settings, folder)
    if percent is None:
        seen: int | None = one.get_share()
    else:
        _by_hand(folder, force)
        wanted = _basis_points(percent)
        _not_settled(one, wanted)
        # All users back is one command, also when the old board's own paths were given away.
        follows = one.change(
            lambda state: msgspec.structs.replace(
                state, share=wanted, settled=state.settled and wanted > 0
            )
        )
        seen = one.get_share() if follows else None
        if seen is None:
            say("The gateway is not running. It will start with this share.")
    if as_json:
        asked = one.kept().share / 100
        print_json({"asked": asked, "seen": None if seen is None else seen / 100})
    elif seen is not None:
        typer.echo(f"{seen / 100:g}")


def _not_settled(one: Gateway, wanted: int) -> None:
    """Raises GatewayError for a part of the users while all paths belong to the new board."""
    if one.kept().settled and 0 < wanted < BUCKETS:
        raise GatewayError(
            "The move is settled, so every visitor gets the new board. Take settling back first: "
            "frontrunner gateway settle --undo --yes"
        )


def _basis_points(percent: str) -> int:
    from frontrunner.gateway.buckets import basis_points  # noqa: PLC0415

    try:
        return basis_points(float(percent.removesuffix("%")))
    except ValueError as error:
        raise UsageError(f"PERCENT must be 0 to 100, such as 2.5; got {percent!r}.") from error


@gateway.command()
def banner(
    state: Annotated[str, typer.Argument(metavar="on|off")],
    force: Force = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show or hide the banner on pages of both boards."""
    if state not in ("on", "off"):
        raise typer.BadParameter("must be on or off", param_hint="'on|off'")
    from frontrunner.gateway.control import Gateway  # noqa: PLC0415

    _, settings, folder = _settings(home)
    if state == "on" and not settings.banner:
        raise GatewayError("gateway.banner is false in frontrunner.toml. Set it to true first.")
    _by_hand(folder, force)
    Gateway(settings, folder).change(
        lambda before: msgspec.structs.replace(before, banner=state == "on")
    )
    if as_json:
        print_json({"banner": state == "on"})
    say(f"The banner is {state}.")


@gateway.command()
def settle(
    yes: Annotated[bool, typer.Option("--yes", help="Do it. Without this, only explain.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take settling back.")] = False,
    force: Force = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Give the old board's own paths to the new one and delete the gateway's cookies."""
    from frontrunner.gateway.control import Gateway  # noqa: PLC0415

    _, settings, folder = _settings(home)
    one = Gateway(settings, folder)
    if not yes:
        raise UsageError(
            "This would send the old board's own paths to the old board again. To do it, add --yes."
            if undo
            else "This would send all paths of the old board to the new one, also from pages that "
            "are still open, and end the choices of visitors who went back. Check the new board "
            "first: frontrunner contract check. To settle, add --yes."
        )
    _by_hand(folder, force)
    if undo:
        one.change(lambda before: msgspec.structs.replace(before, settled=False))
    else:
        _ready_to_settle(one, force)
        one.finalize()
    if as_json:
        print_json({"settled": not undo})
    say(
        "The old board's own paths go to the old board again."
        if undo
        else "Settled: all paths go to the new board, and the gateway's cookies are deleted."
    )


def _ready_to_settle(one: Gateway, force: bool) -> None:
    """Raises GatewayError if users still get the old board, or the new one is not healthy."""
    if force:
        return
    share = one.kept().share
    if share < BUCKETS:
        raise GatewayError(
            f"{share / 100:g}% of the visitors get the new board. Give it to all first: "
            "frontrunner gateway share 100, or give --force."
        )
    try:
        hosts = [host for host in one.admin().hosts() if host.side == "new"]
    except GatewayError:
        return  # no Envoy runs
    if hosts and not any(host.healthy and not host.ejected for host in hosts):
        raise GatewayError(
            "The new board is not healthy, and no other one would answer the old board's paths. "
            "Look at it with: frontrunner gateway status, or give --force."
        )


@gateway.command()
def status(home: Home = None, as_json: Json = False) -> None:
    """Show shares asked and seen, both boards' health, open streams, and counts by board."""
    from frontrunner.gateway.control import Gateway  # noqa: PLC0415
    from frontrunner.gateway.status import shown, status_of, summary  # noqa: PLC0415

    _, settings, folder = _settings(home)
    found = status_of(Gateway(settings, folder))
    if as_json:
        print_json(shown(found))
        return
    stdout = Console()
    if found.seen is None:
        say(f"No Envoy runs in {folder}. Start it with: frontrunner gateway run")
    else:
        stdout.print(summary(found), highlight=False, soft_wrap=True)
        stdout.print(_hosts(found))
    stdout.print(_counts(found))
    fallbacks, failed = found.totals.fallbacks, found.totals.failed
    failures = f"{counted(failed, 'request')} failed"
    stdout.print(f"{counted(fallbacks, 'fallback')}; {failures}", highlight=False)


def _hosts(found: Status) -> Table:
    table = Table("board", "address", "health", "under way", box=None)
    for host in found.hosts:
        table.add_row(host.side, host.address, host.health, f"{host.active:,}")
    return table


def _counts(found: Status) -> Table:
    table = Table("board", "requests", "attempts", "failed attempts", box=None)
    totals = found.totals
    for side in ("old", "new"):
        numbers = (totals.requests, totals.attempts, totals.failures)
        table.add_row(side, *(f"{one.get(side, 0):,}" for one in numbers))
    return table


@gateway.command(context_settings=_NUMBERS)
def shadow(
    percent: Annotated[
        str | None,
        typer.Argument(metavar="[PERCENT]", help="Share of the old board's GETs to compare."),
    ] = None,
    force: Force = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Compare a share of requests on both boards, or print what was found so far."""
    from frontrunner.gateway.control import Gateway  # noqa: PLC0415
    from frontrunner.gateway.shadow.rules import RULES, load_rules  # noqa: PLC0415
    from frontrunner.gateway.shadow.tally import TALLY, read_tally  # noqa: PLC0415

    _, settings, folder = _settings(home)
    load_rules(folder / RULES)
    if percent is not None:
        wanted = _basis_points(percent)
        _by_hand(folder, force)
        Gateway(settings, folder).change(
            lambda before: msgspec.structs.replace(before, shadow=wanted)
        )
        say(f"{wanted / 100:g}% of the GETs that the old board answers are compared.")
        return
    tally = read_tally(folder / TALLY)
    if as_json:
        print_json(tally)
        return
    table = Table("route", "same", "noisy", "ignored", "different", box=None)
    for route, one in sorted(tally.routes.items(), key=lambda item: -item[1].different):
        counts = (one.same, one.noisy, one.ignored, one.different)
        table.add_row(visible(route), *(f"{count:,}" for count in counts))
    Console().print(table)
    say(
        f"{tally.errors:,} without an answer, {tally.dropped:,} dropped, {tally.crashed:,} that "
        "could not be compared"
    )


@gateway.command()
def feedback(
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Print what users wrote, oldest first."""
    from frontrunner.gateway import feedback as messages  # noqa: PLC0415

    _, settings, folder = _settings(home)
    store = messages.Feedback(settings.feedback, folder)
    if as_csv:
        typer.echo(messages.as_csv(store.all()), nl=False)
    elif as_json:
        print_json(list(store.all()))
    else:
        found = list(store.all())
        if not found:
            say("Nobody has sent feedback yet.")
        for one in found:
            typer.echo(f"{one.id}\t{one.side}\t{one.page}\t{' '.join(one.text.split())}")
    store.close()


@gateway.command()
def emit(
    what: Annotated[str, typer.Argument(metavar="systemd|compose|dockerfile|kubernetes")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Print a file that runs the gateway as a service."""
    from frontrunner.gateway.emit import emitted  # noqa: PLC0415

    chosen, settings, folder = _settings(home)
    text = emitted(what, settings, chosen, folder)
    print_json({"kind": what, "text": text}) if as_json else typer.echo(text, nl=False)
