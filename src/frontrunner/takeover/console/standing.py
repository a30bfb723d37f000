"""Where a take-over is, as an operator decides on it. Pure."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import msgspec

from frontrunner.base.errors import TakeoverError
from frontrunner.takeover.fold import State, fold
from frontrunner.takeover.looks import Look
from frontrunner.takeover.plan import Plan, parse_plan, plan_hash
from frontrunner.takeover.records import (
    Commanded,
    Decided,
    Entry,
    NewData,
    PlanChanged,
    Refused,
    Restarted,
)
from frontrunner.takeover.situation import Sight, Situation
from frontrunner.takeover.stages import Position, Stage

_MOVES = (Decided, Commanded, Refused, PlanChanged, Restarted, NewData)
"""Records after which an operator must look again before going forward."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What the ledger says about now."""

    state: State = State()
    plan: Plan | None = None
    """The plan in force, or before the start the one of the settings; None if neither is known."""
    since: float | None = None
    """When it came to this position, in seconds since the epoch."""
    moment: int = 0
    """The last entry that changed what an operator decides on."""

    @property
    def position(self) -> Position:
        """Where it is."""
        return self.state.position

    @property
    def has_begun(self) -> bool:
        """Whether it was started."""
        return self.position.stage is not Stage.PLANNED


class Folding:
    """The fold of a whole ledger that grows; only new entries are folded. Threads may share one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state, self._head = State(), ""

    def state(self, entries: Sequence[Entry]) -> State:
        """The state after all entries, from the first on."""
        with self._lock:
            known = self._state.last
            if not 0 < known <= len(entries) or entries[known - 1].hash != self._head:
                known, self._state = 0, State()  # another ledger
            self._state = fold(entries[known:], self._state)
            self._head = entries[-1].hash if entries else ""
            return self._state


def standing(entries: Sequence[Entry], found: Plan | None, state: State | None = None) -> Standing:
    """Where the take-over is after these entries, oldest first; `found` is the settings' plan.

    `state` is their fold, if it is known.
    """
    state = fold(entries) if state is None else state
    moves = (one.seq for one in reversed(entries) if isinstance(one.record, _MOVES))
    return Standing(
        state=state, plan=_plan(state, found), since=_since(entries), moment=next(moves, 0)
    )


def _since(entries: Sequence[Entry]) -> float | None:
    for one in reversed(entries):
        if isinstance(one.record, Decided) and one.record.before != one.record.after:
            return one.at
    return None


def _plan(state: State, found: Plan | None) -> Plan | None:
    if not state.plan_text:
        return found
    try:
        return parse_plan(state.plan_text)
    except TakeoverError:  # the alerts say so
        return None


def answer_to(entries: Sequence[Entry], command: int) -> Entry | None:
    """The entry that answers a command; None while none does, or if there is no such command."""
    for one in reversed(entries):
        if one.seq <= command:
            return None
        if isinstance(one.record, Decided | Refused) and one.record.command == command:
            return one
    return None


def situation(standing: Standing, look: Look | None, found: Plan | None) -> Situation | None:
    """What the controller decides on, as of its last look; None without a plan.

    `found` is the plan of the settings as they are now.
    """
    if standing.plan is None:
        return None
    sight = Sight(
        clock=look.clock if look else standing.state.clock,
        reality=look.reality if look else None,
        error="it has not been asked yet",
        readings=look.readings if look else (),
        found=found,
        found_hash=plan_hash(found) if found else "",
    )
    return Situation(standing.state, standing.plan, sight)
