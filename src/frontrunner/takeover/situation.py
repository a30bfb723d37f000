"""What the machine decides on: state, plan, what was seen, and questions about them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from frontrunner.checks.gates import Verdict
from frontrunner.takeover.fold import State
from frontrunner.takeover.plan import (
    ON_TRAFFIC,
    Plan,
    asks_a_person,
    following,
    guarding,
    least_evidence,
    needed,
    wanted,
)
from frontrunner.takeover.plane import Reality, Side
from frontrunner.takeover.records import Cause, Decided, Intended, Reading, Record
from frontrunner.takeover.stages import FULL, Mode, Position, Stage, World, goes_back, goes_on

URGENT = 600.0
"""Seconds after which an alarm is raised again that keeps users on a board that fails."""


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What the controller sees at one look."""

    clock: float
    """The clock of the take-over in seconds."""
    reality: Reality | None
    """None if the data plane cannot be asked."""
    error: str = ""
    """Why it cannot."""
    old: Side = Side()
    """The old board as asked past the data plane; of use without a reality, or if `old_asked`."""
    old_asked: bool = False
    """Whether it was asked at this moment. What the data plane says may be seconds old."""
    readings: tuple[Reading, ...] = ()
    found: Plan | None = None
    """The plan of the settings now; None if they cannot be read."""
    found_hash: str = ""
    streaks: dict[str, int] = {}
    """For how many looks in a row each gate has had its verdict; a missing gate has one."""
    sick_for: float = 0.0
    """Seconds for which the new board has been unhealthy."""


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person should look at. It is raised again while it lasts."""

    key: str
    text: str
    every: float
    """Seconds until it is raised again."""


class Append(msgspec.Struct, frozen=True, kw_only=True):
    """Add a record to the ledger, then decide again."""

    record: Record


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Make the data plane do something, read it back, then decide again."""

    intent: Intended
    seq: int | None = None
    """The record of this intent, if the ledger has it and it is only to be tried again."""
    alarms: tuple[Alarm, ...] = ()

    @property
    def goes_forward(self) -> bool:
        """Whether it leads to a running position."""
        to = self.intent.to
        return to is not None and to.mode is Mode.RUNNING

    def needs_old_board(self, sight: Sight) -> bool:
        """Whether users go back, and the old board itself was not asked yet."""
        seen = sight.reality.world if sight.reality else self.intent.before
        back = seen is None or goes_back(seen, self.intent.after)
        return back and not self.intent.force and not sight.old_asked


_ALL_MOVED = World(share=FULL, settled=True)


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing is to be done now."""

    reasons: tuple[str, ...] = ()
    """Everything that holds it, the most important first; empty if nothing does."""
    alarms: tuple[Alarm, ...] = ()

    @property
    def why(self) -> str:
        """All reasons as one text."""
        return " ".join(self.reasons)


Step = Append | Act | Hold


@dataclass
class Situation:
    """One moment, and what can be asked about it. Lives for one decision."""

    state: State
    plan: Plan
    sight: Sight
    alarms: list[Alarm] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    """Why nothing happens, the most important first."""
    back_waits: str = ""
    """Why a wanted rollback is not done yet; no user is moved forward meanwhile."""

    # --- where it is --------------------------------------------------------------------------

    @property
    def position(self) -> Position:
        """Where the take-over is."""
        return self.state.position

    @property
    def world(self) -> World | None:
        """What the data plane does; None if it cannot be asked."""
        return self.sight.reality.world if self.sight.reality else None

    @property
    def moving(self) -> World | None:
        """What the data plane is on its way to; None if it is on no way."""
        return self.sight.reality.moving if self.sight.reality else None

    @property
    def is_under_way(self) -> bool:
        """Whether the data plane is on its way to what the last intent wants."""
        intent = self.state.intent
        return intent is not None and self.moving == intent.record.after

    @property
    def moves_elsewhere(self) -> bool:
        """Whether a change is under way that leaves what the last intent wants.

        What is seen meanwhile is not there to stay: a Space that was committed to builds and runs
        by itself. So nothing is done until a write has turned the change round.
        """
        intent, reality = self.state.intent, self.sight.reality
        if intent is None or reality is None or reality.world != intent.record.after:
            return False
        return not reality.rests_at(intent.record.after)

    @property
    def wanted(self) -> World:
        """What it has to do."""
        return wanted(self.plan, self.position)

    @property
    def next(self) -> Position | None:
        """The position that follows."""
        return following(self.plan, self.position)

    @property
    def is_active(self) -> bool:
        """Whether stages are under way: begun, and neither rolled back nor finished."""
        return self.position.stage is not Stage.PLANNED and self.position.mode in (
            Mode.RUNNING, Mode.PAUSED, Mode.FAILED
        )  # fmt: skip

    @property
    def has_moved_users(self) -> bool:
        """Whether users are on the new board, by the plan or in reality."""
        seen = self.world
        really = seen is not None and (seen.share > 0 or seen.settled)
        return really or self.wanted.share > 0

    # --- boards -------------------------------------------------------------------------------

    @property
    def old_is_healthy(self) -> bool | None:
        """As the data plane says, and the old board itself if it was asked; None if neither can."""
        seen = self.sight.reality.old.healthy if self.sight.reality else None
        asked = seen is None or (self.sight.old_asked and seen)
        return self.sight.old.healthy if asked else seen

    @property
    def new_is_healthy(self) -> bool | None:
        """As the data plane says; None if it does not."""
        return self.sight.reality.new.healthy if self.sight.reality else None

    def objection(self, after: World, *, force: bool = False) -> str:
        """Why users may not be moved so: their target is not healthy. Empty if they may."""
        # A data plane that cannot be asked may do anything: each way, the worst is taken.
        if goes_back(self.world or _ALL_MOVED, after) and not force and not self.old_is_healthy:
            return _unhealthy("old", self.old_is_healthy)
        if goes_on(self.world or World(), after) and not self.new_is_healthy:
            return _unhealthy("new", self.new_is_healthy)
        return ""

    # --- gates --------------------------------------------------------------------------------

    @property
    def start_gate(self) -> str:
        """The manual gate before the next stage; empty if it starts by itself."""
        following_ = self.next
        waits = following_ is not None and self.plan.stage(following_.stage).approve
        return f"manual-{following_.stage}" if waits and following_ else ""

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The readings of this look, and that of the manual gate before the next stage."""
        gate = self.start_gate if self.is_active else ""
        own = (_of_start(gate, self.state.approval(gate)),) if gate else ()
        return (*self.sight.readings, *own)

    @property
    def needed(self) -> tuple[str, ...]:
        """Gates that must pass before the take-over goes on."""
        own = (self.start_gate,) if self.start_gate else ()
        return (*needed(self.plan, self.position), *own)

    @property
    def manual(self) -> list[str]:
        """Gates of those needed that ask a person."""
        return [
            one for one in self.needed if one == self.start_gate or asks_a_person(self.plan, one)
        ]

    def waiting(self, manual: Sequence[str]) -> list[str]:
        """Which of these manual gates wait for a person now, with all else that they need."""
        by_name = {one.gate: one for one in self.readings}
        return [
            gate
            for gate in manual
            if self.state.approval(gate) is None
            and ((found := by_name.get(gate)) is None or found.sample >= found.wanted)
        ]

    def failed(self) -> list[Reading]:
        """Readings of guarding gates that have failed often enough to stop the take-over."""
        return [
            one
            for one in self._guarding(Verdict.FAILED)
            if one.gate not in self.state.excused
            and self._streak(one) >= getattr(self.plan.gates.get(one.gate), "failures", 1)
        ]

    def unjudged(self) -> list[Reading]:
        """Readings of gates that have been without a verdict, or in error, for too long."""
        found = []
        for verdict, name in ((Verdict.ERROR, "errors"), (Verdict.INCONCLUSIVE, "inconclusives")):
            for one in self._guarding(verdict):
                limit = getattr(self.plan.gates.get(one.gate), name, None)
                found += [one] if limit is not None and self._streak(one) >= limit else []
        return found

    def _guarding(self, verdict: Verdict) -> list[Reading]:
        guards = {*guarding(self.plan, self.position), self.start_gate}
        return [
            one
            for one in self.readings
            if one.gate in guards and one.verdict is verdict and not one.dry_run and one.armed
        ]

    def _streak(self, reading: Reading) -> int:
        return self.sight.streaks.get(reading.gate, 1)

    def open_gates(self, besides: Sequence[str] = ()) -> list[str]:
        """For each gate that does not pass yet, but those `besides`: which, and why."""
        stage = self.position.stage
        by_name = {one.gate: one for one in self.readings}
        found = []
        for gate in self.needed:
            if gate in besides:
                continue
            on_traffic = isinstance(self.plan.gates.get(gate), ON_TRAFFIC)
            least = least_evidence(self.plan, stage, gate) if on_traffic else 0
            why = _why_open(by_name.get(gate), least)
            found += [f"{gate}: {why}"] if why else []
        return found

    # --- what becomes of it -------------------------------------------------------------------

    def decided(
        self,
        to: Position,
        why: str,
        cause: Cause,
        command: int | None = None,
        readings: tuple[Reading, ...] = (),
        gates: tuple[str, ...] = (),
    ) -> Append:
        """A decision, on the readings of this look or on earlier ones."""
        return Append(
            record=Decided(
                before=self.position, after=to, why=why, cause=cause, command=command,
                readings=readings or self.readings, gates=gates, clock=self.sight.clock,
            )
        )  # fmt: skip

    def with_mode(self, mode: Mode) -> Position:
        """This place in another mode."""
        return msgspec.structs.replace(self.position, mode=mode)

    def alarm(self, key: str, text: str, every: float | None = None) -> None:
        """Raise an alarm, and say so as the reason why nothing happens."""
        least = min(URGENT, self.plan.stale) if every is None else every
        self.alarms.append(Alarm(key=key, text=text, every=least))
        self.why.append(text)

    def hold(self) -> Hold:
        """Do nothing, for every reason that was found."""
        return Hold(reasons=tuple(dict.fromkeys(self.why)), alarms=tuple(self.alarms))

    def act(self, intent: Intended) -> Act:
        """Do something; if the ledger has the same intent already, it is tried again."""
        known = self.state.intent
        if known is not None and _is_same(known.record, intent):
            return Act(intent=known.record, seq=known.seq)
        return Act(intent=msgspec.structs.replace(intent, clock=self.sight.clock))


def _is_same(known: Intended, intent: Intended) -> bool:
    names = ("after", "to", "command", "force", "cause")
    return all(getattr(known, name) == getattr(intent, name) for name in names)


def _unhealthy(side: str, healthy: bool | None) -> str:
    what = "is not healthy" if healthy is False else "cannot be asked whether it is healthy"
    return f"The {side} board {what}."


def _of_start(gate: str, approval: bool | None) -> Reading:
    verdict, text = {
        None: (Verdict.INCONCLUSIVE, "Waits until a person approves the next step."),
        True: (Verdict.PASSED, "A person approved the next step."),
        False: (Verdict.FAILED, "A person rejected the next step."),
    }[approval]
    return Reading(gate=gate, verdict=verdict, text=text)


def _why_open(reading: Reading | None, evidence: int) -> str:
    """Why a gate does not let the take-over go on; empty if it does."""
    if reading is None:
        return "not run."
    if reading.dry_run:
        return ""
    if reading.verdict is not Verdict.PASSED:
        return f"{reading.verdict}. {reading.text}"
    if not reading.armed:
        return "not proved able to fail, so it does not count."
    if reading.sample < evidence:
        return f"{reading.sample:,} of {evidence:,} units of evidence."
    return ""
