"""`frontrunner takeover status`, `log`, `verify` and `emit`: what reads and changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from frontrunner.base.config import load_settings
from frontrunner.base.durations import duration
from frontrunner.base.errors import TakeoverError, UsageError
from frontrunner.base.home import Home as HomePaths
from frontrunner.cli.hints import with_home
from frontrunner.cli.options import Home, Json
from frontrunner.cli.output import print_json, say, visible
from frontrunner.cli.takeover_app import takeover
from frontrunner.takeover.stages import Mode

if TYPE_CHECKING:
    from frontrunner.takeover.overview import Overview
    from frontrunner.takeover.records import Entry

_FOLLOW = 0.5
"""Seconds between two looks for further entries."""


@takeover.command()
def status(
    watch: Annotated[bool, typer.Option("--watch", help="Show it again every second.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show where the take-over is, what it waits for, and what each gate says."""
    from frontrunner.takeover.fold import State, fold  # noqa: PLC0415
    from frontrunner.takeover.overview import overview  # noqa: PLC0415
    from frontrunner.takeover.telling import last_look  # noqa: PLC0415
    from frontrunner.takeover.wiring import (  # noqa: PLC0415
        lease_of,
        ledger_if_begun,
        not_started,
    )

    settings = load_settings(home)
    opened = ledger_if_begun(settings)
    place = HomePaths(settings.home)
    if opened is None:
        dead = _dead_channels(place)
        if as_json:
            found = overview(State(), None, "")
            print_json(msgspec.structs.replace(found, dead_channels=dead))
        else:
            typer.echo("\n".join(map(visible, (not_started(settings), *_undelivered(dead)))))
        return
    with closing(opened) as ledger:
        lease, state = lease_of(settings, ledger), State()

        def now() -> Overview:
            nonlocal state
            state = fold(ledger.entries(after=state.last), state)
            held = lease.current()
            found = overview(state, last_look(place.looks), held.holder if held else "")
            return msgspec.structs.replace(found, dead_channels=_dead_channels(place))

        if as_json:
            print_json(now())
        elif watch:
            _watch(now)
        else:
            found = now()
            typer.echo(_text(found))
            Console().print(_gates(found))


def _dead_channels(place: HomePaths) -> tuple[str, ...]:
    from frontrunner.ops.notify import read_outboxes  # noqa: PLC0415

    boxes = read_outboxes(place.outbox)
    return tuple(f"{one.channel}: {one.error}" for one in boxes if one.is_dead)


def _undelivered(dead: tuple[str, ...]) -> list[str]:
    return [f"Notices are not delivered by {one}" for one in dead]


def _watch(now: Callable[[], Overview]) -> None:
    with Live(_shown(now()), auto_refresh=False) as live:
        while True:
            time.sleep(1.0)
            live.update(_shown(now()), refresh=True)


def _shown(found: Overview) -> Group:
    return Group(Text(_text(found)), _gates(found))


def _text(found: Overview) -> str:
    """What is above the table. It is not broken into lines: it has commands to copy."""
    lines = [f"The take-over is at {found.position}."]
    if found.seen is None:
        lines.append("The data plane did not answer at the last check.")
    else:
        seen = found.seen
        flags = [name for name in ("banner", "settled") if getattr(seen, name)]
        lines.append(
            f"{seen.share / 100:g}% of the visitors get the new board, {seen.shadow / 100:g}% of "
            f"the reads are compared{''.join(f', {flag}' for flag in flags)}."
        )
    lines += _why(found)
    if found.deadline is not None:
        lines.append(f"It pauses in {duration(found.deadline)} if this does not change.")
    for one in found.waiting:
        lines.append(f"Command {one.seq} ({one.verb} by {one.actor}) waits for its answer.")
    lines += _undelivered(found.dead_channels)
    lines.append(_controller(found))
    return "\n".join(map(visible, lines))


def _why(found: Overview) -> list[str]:
    """Why it stopped or waits, with the numbers, and what to do."""
    from frontrunner.takeover.console.phrases import moment  # noqa: PLC0415
    from frontrunner.takeover.notices import evidence_line  # noqa: PLC0415

    lines = []
    if found.held:
        held = found.held
        how = held.mode.replace("_", " ")
        lines.append(f"It is {how} since {moment(held.at)} UTC (entry {held.seq}): {held.why}")
        lines += [f"  - {evidence_line(one)}" for one in held.readings]
    if found.blockers:
        lines += ["It waits for:", *(f"  - {one}" for one in found.blockers)]
    if found.next:
        lines += ["What you can do:", *(f"  - {one}" for one in found.next)]
    return list(map(with_home, lines))


def _controller(found: Overview) -> str:
    if not found.controller and found.position.mode is Mode.FINISHED:
        return "No controller runs, and none is needed."
    if not found.controller:
        return with_home("No controller runs. Start it with: frontrunner takeover start")
    ago = "" if found.looked is None else f", last check {_ago(found.looked)}"
    return f"Controller: {found.controller}{ago}"


def _ago(at: float) -> str:
    seconds = round(time.time() - at)
    return f"{duration(seconds)} ago" if seconds > 0 else "just now"


def _gates(found: Overview) -> Table:
    table = Table("gate", "verdict", "evidence", "finding", box=None)
    for one in found.readings:
        marks = ["dry run"] * one.dry_run + ["not armed"] * (not one.armed)
        verdict = f"{one.verdict}{''.join(f', {mark}' for mark in marks)}"
        wanted = f"/{one.wanted:,}" if one.wanted else ""
        table.add_row(one.gate, verdict, f"{one.sample:,}{wanted}", Text(visible(one.text)))
    return table


@takeover.command()
def log(
    follow: Annotated[bool, typer.Option("--follow", help="Wait for further entries.")] = False,
    last: Annotated[
        int | None, typer.Option("--last", metavar="N", min=1, help="Only the last N entries.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Print the ledger, oldest first, one entry per line."""
    from frontrunner.takeover.wiring import begun_ledger  # noqa: PLC0415

    with closing(begun_ledger(load_settings(home))) as ledger:
        seen = max(ledger.size() - last, 0) if last else 0
        while True:
            for entry in ledger.entries(after=seen):
                typer.echo(msgspec.json.encode(entry) if as_json else _line(entry))
                seen = entry.seq
            if not follow:
                return
            time.sleep(_FOLLOW)


def _line(entry: Entry) -> str:
    from frontrunner.takeover.console.phrases import moment, phrase  # noqa: PLC0415

    return visible(f"{entry.seq:>5}  {moment(entry.at)}  {entry.actor}  {phrase(entry.record)}")


@takeover.command()
def verify(home: Home = None, as_json: Json = False) -> None:
    """Recompute the chain of the ledger; exits with 7 if an entry was changed or is missing."""
    from frontrunner.takeover.wiring import begun_ledger  # noqa: PLC0415

    with closing(begun_ledger(load_settings(home))) as ledger:
        found = ledger.verify()
    if as_json:
        print_json(found)
    if not found.holds:
        raise TakeoverError(f"The ledger is damaged. {found.text}")
    if not as_json:
        say(f"The ledger is intact: {found.entries:,} entries, the last with hash {found.head}")


@takeover.command()
def emit(what: Annotated[str, typer.Argument(metavar="systemd")], home: Home = None) -> None:
    """Print a file that runs the controller as a service."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415

    from frontrunner.gateway.emit import program, writable_folders  # noqa: PLC0415
    from frontrunner.gateway.jinja import unit_word  # noqa: PLC0415

    if what != "systemd":
        raise UsageError(f"{what!r} cannot be emitted. Kinds: systemd.")
    environment = Environment(  # noqa: S701 -- a unit file, from a path
        loader=PackageLoader("frontrunner.takeover"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["word"] = unit_word
    settings = load_settings(home)
    state = Path(settings.gateway.state or HomePaths(settings.home).gateway)
    folders = writable_folders(settings.home, state)
    template = environment.get_template("emit/systemd.j2")
    typer.echo(template.render(home=folders[0], folders=folders, program=program()), nl=False)
