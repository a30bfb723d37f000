"""A take-over in memory: a ledger, a data plane, two boards, gates, and time, all of which fail.

The controller and the state machine are the real ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from frontrunner.base.errors import GatewayError, StaleTokenError, UsageError
from frontrunner.base.gate_settings import ManualGate
from frontrunner.base.takeover_settings import TakeoverSettings
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.clock import Clock
from frontrunner.takeover.controller import Controller
from frontrunner.takeover.fold import State, fold
from frontrunner.takeover.looks import Look
from frontrunner.takeover.plan import Plan, guarding, needed, plan_of
from frontrunner.takeover.plane import Reality, Side
from frontrunner.takeover.records import (
    Acted,
    Commanded,
    Decided,
    Entry,
    Intended,
    Noted,
    Reading,
    Record,
    Refused,
    Verb,
)
from frontrunner.takeover.stages import Mode, Position, Stage, World
from frontrunner.takeover.surroundings import Parts
from tests.takeover.fake_book import FakeBook, FakeTime, KilledError


def well(side: str) -> Side:
    """A board as it should be."""
    return Side(healthy=True, code=f"{side}-1", data="data-1")


@dataclass
class FakePlane:
    """A data plane over two boards."""

    world: World = field(default_factory=World)
    old: Side = field(default_factory=lambda: well("old"))
    new: Side = field(default_factory=lambda: well("new"))
    stale_old: Side | None = None
    """What it still says about the old board, although that is not so any more."""
    asked_old: int = 0
    """How often the old board itself was asked whether it is healthy."""
    streams: int = 0
    token: int = 0
    can_be_read: bool = True
    refuses: int = 0
    """Writes that are refused from now on."""
    loses: int = 0
    """Writes that are said to be done and are not."""
    answers_lost: int = 0
    """Writes that are done and said to have failed."""
    kill_at: str = ""
    """Kill the writer `before` or `after` the next write."""
    on_write: Callable[[World, int], None] = lambda world, token: None
    """Called with each write that passes the fence, before it is done."""
    interrupts: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What happens once in the middle of the next `read` or `write`."""
    history: list[World] = field(default_factory=list)
    writes: int = 0

    def read(self) -> Reality:
        self._interrupted("read")
        if not self.can_be_read:
            raise GatewayError("Envoy does not answer.")
        old = self.stale_old or self.old
        return Reality(world=self.world, old=old, new=self.new, streams=self.streams)

    def old_side(self) -> Side:
        return self.old

    def old_is_healthy(self) -> bool | None:
        self.asked_old += 1
        return self.old.healthy

    def last_token(self) -> int:
        return self.token

    def fence(self, token: int) -> None:
        if token < self.token:
            raise StaleTokenError(f"token {token} is older than {self.token}")
        self.token = token

    def write(self, world: World, token: int) -> None:
        self._interrupted("write")
        self.fence(token)
        self.on_write(world, token)
        self.writes += 1
        kill, self.kill_at = self.kill_at, ""
        if kill == "before":
            raise KilledError
        if self.refuses:
            self.refuses -= 1
            raise GatewayError("The disk is full.")
        if self.loses:
            self.loses -= 1
            return
        if world != self.world:
            self.history.append(world)
        self.world = world
        if kill == "after":
            raise KilledError
        if self.answers_lost:
            self.answers_lost -= 1
            raise GatewayError("The answer was lost.")

    def _interrupted(self, at: str) -> None:
        happens = self.interrupts.pop(at, None)
        if happens is not None:
            happens()


@dataclass
class FakeJudge:
    """Gates that say what a test wants; without a wish they pass."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    sample: int = 10_000
    missing: set[str] = field(default_factory=set)
    dry_run: set[str] = field(default_factory=set)
    unarmed: set[str] = field(default_factory=set)
    looked: list[float] = field(default_factory=list)

    def readings(self, state: State, plan: Plan, reality: Reality | None) -> tuple[Reading, ...]:
        self.looked.append(state.counts_at)
        names = dict.fromkeys((*guarding(plan, state.position), *needed(plan, state.position)))
        manual = {one for one in names if isinstance(plan.gates[one], ManualGate)}
        return tuple(
            self._reading(one, state, is_manual=one in manual)
            for one in names
            if one not in self.missing
        )

    def _reading(self, gate: str, state: State, *, is_manual: bool) -> Reading:
        verdict = self.verdicts.get(gate, Verdict.PASSED)
        if is_manual:
            verdict = {None: Verdict.INCONCLUSIVE, True: Verdict.PASSED, False: Verdict.FAILED}[
                state.approval(gate)
            ]
        return Reading(
            gate=gate,
            verdict=verdict,
            text=f"{gate} is {verdict}.",
            sample=self.sample,
            armed=gate not in self.unarmed,
            dry_run=gate in self.dry_run,
        )


@dataclass
class FakeWitness:
    """Keeps what it gets."""

    entries: list[Entry] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def entry(self, entry: Entry) -> None:
        self.entries.append(entry)

    def look(self, look: Look) -> None:
        self.looks.append(look)

    def trouble(self, text: str) -> None:
        self.troubles.append(text)


class Sim:
    """One take-over and whatever happens to it."""

    def __init__(self, settings: TakeoverSettings | None = None) -> None:
        self.settings: TakeoverSettings | None = settings or TakeoverSettings()
        self.time = FakeTime()
        self.book = FakeBook(self.time)
        self.plane = FakePlane()
        self.judge = FakeJudge()
        self.witness = FakeWitness()
        self.count = 1
        self._state = State()
        self.controller = self.another("controller 1")

    def another(self, name: str) -> Controller:
        """One more controller of the same take-over."""
        parts = Parts(
            book=self.book,
            lease=self.book,
            plane=self.plane,
            judge=self.judge,
            find_plan=self._plan,
            witness=self.witness,
            clock=Clock(lambda: self.time.wall, lambda: self.time.mono),
            last_look=lambda: self.witness.looks[-1] if self.witness.looks else None,
        )
        return Controller(parts, name)

    def _plan(self) -> Plan:
        if self.settings is None:
            raise UsageError("The settings cannot be read.")
        return plan_of(self.settings)

    # --- what happens -------------------------------------------------------------------------

    def command(self, verb: Verb, *, actor: str = "cli:ada", **more: Any) -> int:
        """Ask for something, as the command line does; the number of the record."""
        record = Commanded(verb=verb, **more)
        return self.book.append(actor, self.state.plan, record).seq

    def tick(self, seconds: float = 1.0) -> Look | None:
        """Let time pass, then look once. A killed controller starts anew at the next look."""
        self.time.sleep(seconds)
        try:
            return self.controller.tick()
        except KilledError:
            self.restart()
            return None

    def restart(self) -> None:
        """kill -9, and another process in its place; the lease runs out."""
        self.book.holder = ""
        self.count += 1
        self.controller = self.another(f"controller {self.count}")

    def do(self, verb: Verb, **more: Any) -> str:
        """Ask for something, look once, and give the answer."""
        seq = self.command(verb, **more)
        self.tick()
        return self.answer(seq)

    def do_with(self, controller: Controller, verb: Verb) -> None:
        """Ask for something, and let one of several controllers look."""
        self.command(verb)
        controller.tick()

    def begin(self) -> None:
        """Start, up to the first stage."""
        self.do(Verb.START)

    def go_to(self, stage: Stage, step: int = 0) -> None:
        """Go on by itself until it is there."""
        if self.state.position.stage is Stage.PLANNED:
            self.begin()
        for _ in range(200):
            here = self.state.position
            if (here.stage, here.step) == (stage, step):
                return
            if not self.advance_one():
                break
        raise AssertionError(f"it is at {self.state.position}: {self.holding}")

    def unwrite(self, kept: int) -> None:
        """Leave the first entries alone, as if the controller had been killed before the next."""
        del self.book.stored[kept:]
        self._state = fold(self.book.stored)

    def advance_one(self) -> bool:
        """Let the least time of the step pass; whether the position changed."""
        before = self.state.position
        plan = plan_of(self.settings or TakeoverSettings())
        self.tick(plan.stage(before.stage).at_least + 1)
        return self.state.position != before

    # --- what is seen -------------------------------------------------------------------------

    @property
    def state(self) -> State:
        self._state = fold(self.book.stored[self._state.last :], self._state)
        return self._state

    def position(self) -> Position:
        return self.state.position

    def mode(self) -> Mode:
        return self.position().mode

    @property
    def share(self) -> int:
        return self.plane.world.share

    @property
    def holding(self) -> str:
        return self.witness.looks[-1].holding if self.witness.looks else ""

    def records(self, *kinds: type) -> list[Record]:
        return [one.record for one in self.book.stored if isinstance(one.record, kinds)]

    def alarms(self) -> list[str]:
        return [one.text for one in self.records(Noted)
                if isinstance(one, Noted) and one.topic == "alarm"]  # fmt: skip

    def answer(self, command: int) -> str:
        """What the controller answered to a command; empty while it waits."""
        for record in self.records(Decided, Refused):
            if isinstance(record, Decided | Refused) and record.command == command:
                return record.why
        return ""

    def check_intents(self) -> None:
        """No outcome without an intent before it, and each under the same token."""
        intents = {}
        for one in self.book.stored:
            if isinstance(one.record, Intended):
                intents[one.seq] = one
            if isinstance(one.record, Acted):
                assert one.record.intent in intents
