"""What `frontrunner doctor` checks in a take-over: its ledger, and whether a controller works."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing

from frontrunner.base.atomic import is_locked
from frontrunner.base.config import Settings
from frontrunner.base.durations import seconds
from frontrunner.base.errors import LedgerError, MissingExtraError
from frontrunner.base.home import Home
from frontrunner.gateway.examine import Finding
from frontrunner.takeover.fold import State, fold
from frontrunner.takeover.ledger.lease import Held
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.looks import Look
from frontrunner.takeover.stages import Mode
from frontrunner.takeover.telling import last_look
from frontrunner.takeover.way_back import places_of, without_ledger
from frontrunner.takeover.wiring import is_local, lease_of, ledger_if_begun

_START = "Run: frontrunner takeover start"
_LATE = 6
"""Looks that may be missed in a row before a controller counts as hanging."""
_LONGEST_WATCH = 20.0


def examine_takeover(
    settings: Settings,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Finding]:
    """The ledger and the controller; nothing before a take-over was started.

    A controller on another machine is watched for two looks: `sleep` waits for them.
    """
    try:
        ledger = ledger_if_begun(settings)
        if ledger is None:
            return
        with closing(ledger):
            yield _chain(ledger)
            state, held = fold(ledger.entries()), lease_of(settings, ledger).current()
            yield _controller(settings, state, held, now(), lambda: _goes_on(
                settings, ledger, held, sleep
            ))  # fmt: skip
    except MissingExtraError as error:
        more = without_ledger(places_of(settings))
        yield Finding("ledger", "wrong", f"{error}. {more}")
    except LedgerError as error:
        more = without_ledger(places_of(settings))
        text = f"{error} Repair the database, or restore it from a backup. {more}"
        yield Finding("ledger", "wrong", text)


def _chain(ledger: Ledger) -> Finding:
    found = ledger.verify()
    if not found.holds:
        text = f"its chain is broken. {found.text} Run: frontrunner takeover verify"
        return Finding("ledger", "wrong", f"{text}. If it was changed, restore it from a backup")
    return Finding("ledger", "ok", f"the chain of {found.entries} entries is intact")


def _controller(
    settings: Settings,
    state: State,
    held: Held | None,
    now: float,
    goes_on: Callable[[], bool],
) -> Finding:
    what, home, at = "controller", Home(settings.home), state.position
    if held is None and at.mode is Mode.FINISHED:
        return Finding(what, "ok", "none runs, and none is needed: the take-over is finished")
    if held is None:
        text = f"none runs, though the take-over is at {at}: no gate is watched. {_START}"
        return Finding(what, "wrong", text)
    runs_here = is_locked(home.controller_lock)
    if not is_local(held.holder, home):
        return _elsewhere(held, goes_on(), runs_here)
    if not runs_here:
        text = f"{held.holder} is dead: it ended without releasing its lease. {_START}"
        return Finding(what, "wrong", text)
    return _looks(held, last_look(home.looks), now, _LATE * seconds(settings.takeover.tick))


def _looks(held: Held, look: Look | None, now: float, late: float) -> Finding:
    """Whether a controller of this home that runs looks as often as it should."""
    if look is None:
        return Finding("controller", "ok", f"{held.holder}, which has not run a check yet")
    ago = now - look.at
    if ago > late:
        text = f"{held.holder} runs, but its last check was {ago:.0f} s ago. Read its log; if it "
        return Finding("controller", "wrong", f"{text}hangs, end it. {_START}")
    return Finding("controller", "ok", f"{held.holder}, whose last check was {ago:.0f} s ago")


def _elsewhere(held: Held, goes_on: bool, runs_here: bool) -> Finding:
    """A controller of another machine or home; one of this home may stand by."""
    if goes_on:
        here = ". One of this home stands by, which takes over if that one ends"
        return Finding("controller", "ok", f"{held.holder}{here if runs_here else ''}")
    text = f"{held.holder} does not renew its lease: it hangs, is dead or cannot reach the ledger. "
    more = "One of this home stands by and takes over soon." if runs_here else _START
    return Finding("controller", "wrong", f"{text}{more}")


def _goes_on(
    settings: Settings, ledger: Ledger, held: Held | None, sleep: Callable[[float], None]
) -> bool:
    """Whether the lease is renewed, or changes hands, while it is watched."""
    tick = seconds(settings.takeover.tick)
    for _ in range(8):
        sleep(min(2.5 * tick, _LONGEST_WATCH) / 8)
        if lease_of(settings, ledger).current() != held:
            return True
    return False
