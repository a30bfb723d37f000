"""`frontrunner gateway share`, `banner`, `settle` and `shadow`: what changes for users."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from frontrunner.base.errors import GatewayError, UsageError
from frontrunner.cli.gateway_app import gateway, settings_of, settings_of_way_back
from frontrunner.cli.options import Home, Json
from frontrunner.cli.output import counted, print_json, say, visible
from frontrunner.gateway.admin import is_side_well
from frontrunner.gateway.buckets import BUCKETS

if TYPE_CHECKING:
    from frontrunner.gateway.control import Gateway

_LOOK_AGAIN = 0.1
"""Seconds between two questions how many streams are open."""
_NUMBERS = {"ignore_unknown_options": True}
"""A number below 0 is a wrong percentage, not an option that does not exist."""
Force = Annotated[
    bool, typer.Option("--force", help="Change it even while a take-over is running.")
]


def _by_hand(folder: Path, force: bool) -> None:
    """Raises GatewayError if a take-over moves the users, unless it is forced."""
    from frontrunner.gateway.transition import read_transition  # noqa: PLC0415

    found = read_transition(folder)
    if force or found is None or found.stage == "planned" or found.mode == "finished":
        return
    raise GatewayError(
        f"A take-over is running (stage {found.stage}, {found.mode}), and its controller "
        "would undo this. Use: frontrunner takeover rollback, pause or advance. If its ledger is "
        "gone, give --force."
    )


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

    wanted = None if percent is None else _basis_points(percent)
    # To look and to take all users back, a mistake elsewhere in the file is no obstacle.
    if wanted:
        _, settings, folder = settings_of(home)
    else:
        _, settings, folder = settings_of_way_back(home, to_change=wanted is not None)
    one = Gateway(settings, folder)
    if wanted is None:
        seen: int | None = one.get_share()
    else:
        _by_hand(folder, force)
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
            "The move is settled, so every visitor gets the new board. Undo that first: "
            "frontrunner gateway settle --undo --yes"
        )


def _basis_points(percent: str) -> int:
    from frontrunner.gateway.buckets import basis_points  # noqa: PLC0415

    try:
        asked = float(percent.removesuffix("%"))
        found = basis_points(asked)
    except ValueError as error:
        raise UsageError(f"PERCENT must be 0 to 100, such as 2.5; got {percent!r}.") from error
    if asked and not found:
        raise UsageError(f"The least share above 0 is 0.01 percent; got {percent!r}.")
    return found


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

    _, settings, folder = settings_of(home)
    if state == "on" and not settings.banner:
        raise GatewayError(
            "gateway.banner is false in frontrunner.toml. Set it to true first, then run the "
            "command again."
        )
    _by_hand(folder, force)
    Gateway(settings, folder).change(
        lambda before: msgspec.structs.replace(before, banner=state == "on")
    )
    if as_json:
        print_json({"banner": state == "on"})
    say(f"The banner is {state}.")


@gateway.command()
def settle(
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it. Without --yes, only print what would happen.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Undo it.")] = False,
    wait: Annotated[
        float,
        typer.Option(
            "--wait", metavar="SECONDS", min=0, help="How long to wait for open streams to end."
        ),
    ] = 30.0,
    force: Force = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Give the old board's own paths to the new one and delete the gateway's cookies."""
    from frontrunner.gateway.control import Gateway  # noqa: PLC0415

    _, settings, folder = settings_of(home)
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
        if not force:
            _ready_to_settle(one)
            _drained(one, wait)
        one.finalize()
    if as_json:
        print_json({"settled": not undo})
    say(
        "The old board's own paths go to the old board again."
        if undo
        else "Settled: all paths go to the new board, and the gateway's cookies are deleted."
    )


def _ready_to_settle(one: Gateway) -> None:
    """Raises GatewayError if users still get the old board, or the new one is not healthy."""
    share = one.kept().share
    if share < BUCKETS:
        raise GatewayError(
            f"{share / 100:g}% of the visitors get the new board. Give it to all first: "
            "frontrunner gateway share 100, or give --force."
        )
    try:
        is_well = is_side_well(one.admin().hosts(), "new")
    except GatewayError:
        return  # no Envoy runs
    if is_well is False:
        raise GatewayError(
            "The new board is not healthy, and no other board would answer the old board's paths. "
            "See: frontrunner gateway status, or give --force."
        )


def _drained(one: Gateway, wait: float) -> None:
    """Wait for what the old board has under way. Raises GatewayError if it does not end in time.

    A job of an open page goes on over several requests: its stream ends, then its result is asked
    for, at the old board.
    """
    end, has_said = time.monotonic() + wait, False
    while True:
        try:
            streams = one.admin().active_on_old()
        except GatewayError:
            return  # no Envoy runs
        if not streams:
            return
        under_way = f"The old board has {counted(streams, 'open request')}, streams included"
        if time.monotonic() >= end:
            raise GatewayError(
                f"{under_way}. Pages that use them would break, so nothing has changed. Give them "
                "longer with --wait SECONDS, or settle all the same with --force."
            )
        if not has_said:
            say(f"{under_way}; waiting for at most {wait:g} s.")
        has_said = True
        time.sleep(_LOOK_AGAIN)


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

    _, settings, folder = settings_of(home)
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
    table = Table("route", "same", "noisy", "ignored", "old failed", "different", box=None)
    for route, one in sorted(tally.routes.items(), key=lambda item: -item[1].different):
        counts = (one.same, one.noisy, one.ignored, one.old_failed, one.different)
        table.add_row(visible(route), *(f"{count:,}" for count in counts))
    Console().print(table)
    say(
        f"{tally.errors:,} without an answer, {tally.dropped:,} dropped, {tally.crashed:,} that "
        "could not be compared"
    )
