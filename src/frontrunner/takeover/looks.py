"""Every look of the controller, for the charts of the console: one bounded file, not the ledger."""

from __future__ import annotations

import msgspec

from frontrunner.checks.gates import Verdict
from frontrunner.takeover.plane import Reality
from frontrunner.takeover.records import Reading
from frontrunner.takeover.stages import Position, World


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What the controller saw and wanted at one tick."""

    at: float
    """Seconds since the epoch."""
    position: Position
    wanted: World
    reality: Reality | None
    """None if the data plane could not be asked."""
    readings: tuple[Reading, ...] = ()
    deadline: float | None = None
    """Seconds that are left at this stage; None without a deadline."""
    clock: float = 0.0
    """The clock of the take-over in seconds; see `Decided.clock`."""
    holding: str = ""
    """Why it does not go on now: all of `blockers`; empty if it can."""
    blockers: tuple[str, ...] = ()
    """Everything that keeps it from going on, one by one. Looks of earlier versions have none."""
    streaks: dict[str, tuple[Verdict, int]] = {}
    """For how many looks in a row each gate has had its verdict; the next controller goes on."""
    sick_for: float = 0.0
    """Seconds for which the new board has been unhealthy."""


def blockers_of(look: Look | None) -> tuple[str, ...]:
    """Everything that kept it from going on at a look, one by one."""
    if look is None:
        return ()
    return look.blockers or ((look.holding,) if look.holding else ())
