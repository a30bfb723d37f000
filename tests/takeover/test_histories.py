"""Random histories of a take-over: whatever happens, the invariants of the design hold.

Crashes at every write, writes that are lost or done with the answer lost, late verdicts, edited
plans, two controllers, a data plane that cannot be asked, sick boards, steps of the clock, a
database that is gone, and an operator who gives every command at any time.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from frontrunner.base.takeover_settings import StageSettings, TakeoverSettings
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.fold import fold
from frontrunner.takeover.plan import STEP_BACK, needed, parse_plan, plan_of, positions
from frontrunner.takeover.records import Acted, Cause, Decided, Intended, PlanChanged, Refused, Verb
from frontrunner.takeover.stages import Mode, Position, Stage, World
from tests.takeover.fake_book import KilledError
from tests.takeover.sim import Sim, well


def plan(shares: tuple[float, ...], *, stepwise: bool = False, approve: bool = False) -> Any:
    how: Any = {
        "at_least": "5s",
        "deadline": "60s",
        "rollback": "stepwise" if stepwise else "at-once",
    }
    return TakeoverSettings(
        shares=shares,
        warm="10s",
        drain="5s",
        sick="3s",
        stale="100s",
        attempts=3,
        parallel=StageSettings(gates=("shadow", "parity"), evidence=100, **how),
        guided=StageSettings(gates=("shadow",), approve=approve, **how),
        shifting=StageSettings(gates=("share", "success"), evidence=100, **how),
        cutover=StageSettings(gates=("contract",), **how),
        settled=StageSettings(gates=("freshness",), **how),
    )


PLANS = [
    plan((1, 10, 100)), plan((1, 5, 50, 100)), plan((5, 10, 50, 100), stepwise=True),
    plan((1, 10, 100), approve=True), plan((50, 100)),
]  # fmt: skip
GATES = ("shadow", "parity", "share", "success", "contract", "freshness")
SICK = {"healthy": False}
SECONDS = st.sampled_from([0.5, 2.0, 6.0, 30.0, 70.0])
REASONS = st.sampled_from(["", "because"])
SIDES = st.sampled_from(["old", "new"])
FEW = st.integers(1, 3)
THEN = st.sampled_from([0, 0, 1, 2])
"""How often the controller looks after something happened, before anything else does."""


class History(RuleBasedStateMachine):
    """One take-over to which anything happens."""

    def __init__(self) -> None:
        super().__init__()
        self.sim = Sim(PLANS[0])
        self.sim.plane.on_write = self.check_write
        self.zombies: list[Any] = []
        self.seen = 0
        """Entries of the ledger that were checked."""
        self.token = 0
        self.intents: set[int] = set()
        self.answered: set[int] = set()
        self.before: Position | None = None
        self.text = ""

    # --- what happens -------------------------------------------------------------------------

    @initialize(chosen=st.sampled_from(PLANS), stage=st.sampled_from(positions(plan_of(PLANS[0]))))
    def begin(self, chosen: TakeoverSettings, stage: Any) -> None:
        self.sim.settings = chosen
        if stage.stage is not Stage.PLANNED:
            self.sim.begin()
        for _ in range(12):
            here = self.sim.position()
            if (here.stage, here.step) == (stage.stage, stage.step):
                break
            if self.sim.state.approval("manual-guided") is None:
                self.sim.command(Verb.APPROVE)
            self.sim.tick(16.0)

    def looks(self, times: int) -> None:
        for _ in range(times):
            self.sim.tick(1.0)

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: float) -> None:
        self.sim.tick(seconds)

    @rule(
        verb=st.sampled_from(Verb),
        force=st.booleans(),
        reason=st.sampled_from(["", "because"]),
        then=THEN,
    )
    def somebody_asks(self, verb: Verb, force: bool, reason: str, then: int) -> None:
        if not self.sim.book.is_gone:
            self.sim.command(verb, force=force, reason=reason)
        self.looks(then)

    @rule(gate=st.sampled_from(GATES), verdict=st.sampled_from(Verdict), then=THEN)
    def a_verdict_changes(self, gate: str, verdict: Verdict, then: int) -> None:
        self.sim.judge.verdicts[gate] = verdict
        self.looks(then)

    @rule()
    def all_gates_pass(self) -> None:
        self.sim.judge = self.sim.controller.parts.judge  # type: ignore[assignment]
        self.sim.judge.verdicts.clear()
        self.sim.judge.missing.clear()
        self.sim.judge.sample = 10_000

    @rule(gate=st.sampled_from(GATES))
    def a_gate_is_not_run(self, gate: str) -> None:
        self.sim.judge.missing.add(gate)

    @rule()
    def evidence_is_short(self) -> None:
        self.sim.judge.sample = 99

    @rule(side=SIDES, healthy=st.sampled_from([True, True, False, None]), then=THEN)
    def health_changes(self, side: str, healthy: bool | None, then: int) -> None:
        before = getattr(self.sim.plane, side)
        setattr(self.sim.plane, side, msgspec.structs.replace(before, healthy=healthy))
        self.looks(then)

    @rule(side=SIDES, what=st.sampled_from(["code", "data"]), number=st.integers(1, 3), then=THEN)
    def a_board_is_new(self, side: str, what: str, number: int, then: int) -> None:
        before = getattr(self.sim.plane, side)
        setattr(self.sim.plane, side, msgspec.structs.replace(before, **{what: f"{what}-{number}"}))
        self.looks(then)

    @rule(fault=st.sampled_from(["refuses", "loses", "answers_lost"]), count=FEW, then=THEN)
    def writes_go_wrong(self, fault: str, count: int, then: int) -> None:
        setattr(self.sim.plane, fault, count)
        self.looks(then)

    @rule(can=st.booleans(), then=THEN)
    def the_data_plane_can_be_asked(self, can: bool, then: int) -> None:
        self.sim.plane.can_be_read = can
        self.looks(then)

    @rule(stale=st.booleans(), then=THEN)
    def the_data_plane_has_not_noticed_how_the_old_board_is(self, stale: bool, then: int) -> None:
        self.sim.plane.stale_old = well("old") if stale else None
        self.looks(then)

    @rule(streams=st.integers(0, 2))
    def streams_are_open(self, streams: int) -> None:
        self.sim.plane.streams = streams

    @rule(share=st.sampled_from([0, 7, 5000, 10_000]), settled=st.booleans(), then=THEN)
    def somebody_else_writes(self, share: int, settled: bool, then: int) -> None:
        self.sim.plane.world = World(share=share, settled=settled)
        self.looks(then)

    @rule(when=st.sampled_from(["before", "after"]), then=THEN)
    def it_is_killed_at_the_data_plane(self, when: str, then: int) -> None:
        self.sim.plane.kill_at = when
        self.looks(then)

    @rule(count=st.integers(1, 6), stored=st.booleans(), then=THEN)
    def it_is_killed_at_the_ledger(self, count: int, stored: bool, then: int) -> None:
        self.sim.book.kill_in, self.sim.book.kill_after = count, stored
        self.looks(then)

    @rule()
    def it_is_killed(self) -> None:
        self.sim.restart()

    @rule(when=st.sampled_from(["read", "write"]), then=THEN)
    def another_controller_takes_over_in_the_middle(self, when: str, then: int) -> None:
        self.sim.plane.interrupts[when] = self.steal
        self.looks(then)

    @rule(seconds=SECONDS)
    def an_earlier_controller_goes_on(self, seconds: float) -> None:
        self.sim.time.sleep(seconds)
        for zombie in self.zombies:
            try:
                zombie.tick()
            except KilledError:
                self.zombies.remove(zombie)
                break

    @rule(chosen=st.sampled_from(PLANS), then=THEN)
    def the_plan_is_edited(self, chosen: TakeoverSettings, then: int) -> None:
        self.sim.settings = chosen
        self.looks(then)

    @rule()
    def the_settings_cannot_be_read(self) -> None:
        self.sim.settings = None

    @rule(seconds=st.sampled_from([-1e7, -50.0, 50.0, 1e7]))
    def the_wall_clock_steps(self, seconds: float) -> None:
        self.sim.time.wall += seconds

    @rule(gone=st.booleans())
    def the_database_is_gone(self, gone: bool) -> None:
        self.sim.book.is_gone = gone

    def steal(self) -> None:
        """The lease runs out unnoticed, and another controller looks while this one acts."""
        if self.sim.book.is_gone:
            return
        self.zombies = [self.sim.controller, *self.zombies][:2]
        self.sim.restart()
        try:
            self.sim.controller.tick()
        except KilledError:
            self.sim.restart()

    # --- what always holds --------------------------------------------------------------------

    def check_write(self, world: World, token: int) -> None:
        """Called in the middle of every write that passes the fence."""
        book, plane = self.sim.book, self.sim.plane
        entries = [one for one in book.stored if isinstance(one.record, Intended)]
        assert entries, "no write without an intent"
        intent = entries[-1].record
        assert isinstance(intent, Intended)
        assert intent.after == world
        shares = self.plan_in_force().shares
        assert world.share in (0, *shares)
        before = plane.world
        on = world.share > before.share or (world.settled and not before.settled)
        back = world.share < before.share or (before.settled and not world.settled)
        if on:
            assert plane.new.healthy is True, "nobody is moved to a board that is not healthy"
            assert self.sim.state.going_back is None, "nothing goes forward during a rollback"
            assert self.sim.mode() is not Mode.ROLLED_BACK or world.share == 0
        if back:
            assert intent.force or plane.old.healthy is True, "nobody is moved to a sick board"

    def plan_in_force(self) -> Any:
        return parse_plan(self.sim.state.plan_text)

    @invariant()
    def the_ledger_tells_a_possible_story(self) -> None:
        for entry in self.sim.book.stored[self.seen :]:
            if entry.token:
                assert entry.token >= self.token, "tokens only grow"
                self.token = entry.token
            record = entry.record
            if isinstance(record, Intended):
                self.intents.add(entry.seq)
            elif isinstance(record, Acted):
                assert record.intent in self.intents
            elif isinstance(record, PlanChanged) and record.accepted:
                self.text = record.plan or self.text
                if record.step is not None and self.before is not None:
                    self.before = msgspec.structs.replace(self.before, step=record.step)
            if isinstance(record, Decided | Refused) and record.command is not None:
                assert record.command not in self.answered, "a command is answered once"
                self.answered.add(record.command)
            if isinstance(record, Decided):
                self.check_decision(record)
        self.seen = len(self.sim.book.stored)

    def check_decision(self, decided: Decided) -> None:
        assert self.before is None or decided.before == self.before
        self.before = decided.after
        if decided.cause is Cause.EVIDENCE:
            self.check_evidence(decided, self.text)

    def check_evidence(self, decided: Decided, text: str) -> None:
        """What went on by itself had all evidence that the plan asks for."""
        found = parse_plan(text)
        readings = {one.gate: one for one in decided.readings}
        for gate in needed(found, decided.before):
            assert readings[gate].verdict is Verdict.PASSED, gate
            least = found.stage(decided.before.stage).evidence
            assert readings[gate].sample >= least or gate not in ("shadow", "success")
        assert decided.before.mode is Mode.RUNNING

    @invariant()
    def what_the_controller_knows_is_in_the_ledger(self) -> None:
        controller = self.sim.controller
        if controller.token is not None and controller.state.last == len(self.sim.book.stored):
            assert controller.state == self.sim.state

    # --- the end ------------------------------------------------------------------------------

    def teardown(self) -> None:
        """When everything works again, one command takes everybody back, and they stay there."""
        sim = self.sim
        sim.settings = PLANS[0]
        sim.book.is_gone, sim.book.kill_in = False, None
        plane = sim.plane
        plane.old, plane.new, plane.can_be_read = well("old"), well("new"), True
        plane.stale_old = None
        plane.refuses = plane.loses = plane.answers_lost = 0
        plane.kill_at = ""
        plane.interrupts.clear()
        sim.restart()
        for _ in range(3):
            sim.tick()
        started = sim.position().stage is not Stage.PLANNED
        if not started:
            return
        sim.do(Verb.ROLLBACK)
        for _ in range(5):
            sim.tick(STEP_BACK)
        for _ in range(3):
            sim.tick()
            assert (sim.mode(), plane.world) == (Mode.ROLLED_BACK, World())
        assert sim.state.pending == ()
        assert sim.state.going_back is None
        self.the_ledger_tells_a_possible_story()
        assert sim.state == fold(sim.book.stored)


def test_an_open_rollback_of_a_killed_controller_moves_no_user_to_a_sick_board() -> None:
    """The next controller cannot ask the data plane, and the position says that nobody moved."""
    one = History()
    one.begin(chosen=PLANS[0], stage=Position(stage=Stage.PARALLEL))
    one.it_is_killed_at_the_data_plane(when="before", then=0)
    one.health_changes(side="new", healthy=False, then=0)
    one.health_changes(side="old", healthy=True, then=1)
    one.an_earlier_controller_goes_on(seconds=2.0)
    one.somebody_else_writes(share=7, settled=False, then=0)
    one.a_board_is_new(side="old", what="code", number=1, then=1)
    one.health_changes(side="old", healthy=False, then=0)
    one.the_data_plane_can_be_asked(can=False, then=1)
    assert one.sim.plane.world.share == 7


def test_an_open_rollback_that_knows_nothing_of_the_data_plane_waits_for_the_old_board() -> None:
    """Two controllers were killed in it, and the last intent says nothing of what was seen."""
    one = History()
    one.begin(chosen=PLANS[0], stage=Position(stage=Stage.PARALLEL))
    one.health_changes(side="new", healthy=False, then=0)
    one.it_is_killed_at_the_data_plane(when="before", then=0)
    one.it_is_killed_at_the_ledger(count=6, stored=True, then=1)
    one.an_earlier_controller_goes_on(seconds=2.0)
    one.a_board_is_new(side="old", what="code", number=1, then=0)
    one.somebody_else_writes(share=7, settled=False, then=1)
    one.a_board_is_new(side="old", what="code", number=1, then=1)
    one.health_changes(side="old", healthy=False, then=0)
    one.the_data_plane_can_be_asked(can=False, then=1)
    assert one.sim.plane.world.share == 7


def _many(count: int, steps: int) -> settings:
    return settings(
        max_examples=count,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


class TestSomeHistories(History.TestCase):  # type: ignore[valid-type, misc]
    """Some hundred histories in every test run."""

    settings = _many(300, 30)


@pytest.mark.acceptance
class TestFiveThousandHistories(History.TestCase):  # type: ignore[valid-type, misc]
    """Half of ten thousand, so that two processes can share them."""

    settings = _many(5000, 30)


@pytest.mark.acceptance
class TestFiveThousandMoreHistories(History.TestCase):  # type: ignore[valid-type, misc]
    """The other half."""

    settings = _many(5000, 30)
