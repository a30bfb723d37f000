"""The rules of the state machine, each with a take-over in memory."""

from __future__ import annotations

import pytest

from frontrunner.base.gate_settings import SuccessGate
from frontrunner.base.takeover_settings import StageSettings, TakeoverSettings
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.plan import plan_of, wanted
from frontrunner.takeover.plane import Side
from frontrunner.takeover.records import (
    Cause,
    Decided,
    Observed,
    Verb,
)
from frontrunner.takeover.stages import FULL, Mode, Stage, World
from tests.takeover.makers import DAY, SICK, SICK_NEW
from tests.takeover.sim import Sim

MOVED = [(Stage.SHIFTING, 0), (Stage.SHIFTING, 2), (Stage.CUTOVER, 0), (Stage.SETTLED, 0)]


# --- the whole path -------------------------------------------------------------------------------


def test_the_whole_path_on_evidence(sim: Sim) -> None:
    sim.begin()
    while sim.mode() is Mode.RUNNING:
        assert sim.plane.world == wanted(plan_of(TakeoverSettings()), sim.position())
        assert sim.advance_one(), sim.holding
    assert sim.mode() is Mode.FINISHED
    shares = [one.share for one in sim.plane.history]
    assert shares == [0, 0, 100, 500, 2500, 5000, FULL, FULL]
    sim.check_intents()
    causes = {one.cause for one in sim.records(Decided) if isinstance(one, Decided)}
    assert causes == {Cause.COMMAND, Cause.EVIDENCE}


def test_a_second_start_is_refused(sim: Sim) -> None:
    sim.begin()
    assert "It was already started" in sim.do(Verb.START)


def test_a_move_by_hand_is_not_taken_over(sim: Sim) -> None:
    sim.plane.world = World(share=500)
    assert "5% of the visitors are on the new board already" in sim.do(Verb.START)
    assert sim.plane.writes == 0


def test_before_the_start_nothing_is_touched(sim: Sim) -> None:
    sim.plane.world = World(share=100, banner=True)
    for _ in range(3):
        sim.tick()
    assert sim.plane.writes == 0
    assert sim.holding == "The take-over has not been started."


# --- evidence -------------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", [Verdict.INCONCLUSIVE, Verdict.ERROR])
def test_what_is_not_passed_never_advances_and_then_pauses(verdict: Verdict) -> None:
    sim = Sim(TakeoverSettings(gate=(SuccessGate(name="success", errors=1000),)))
    sim.go_to(Stage.SHIFTING, 1)
    sim.judge.verdicts["success"] = verdict
    for _ in range(13):
        sim.tick(DAY)
        assert (sim.position().step, sim.mode(), sim.share) == (1, Mode.RUNNING, 500)
    assert f"success: {verdict}" in sim.holding
    sim.tick(DAY)
    assert (sim.mode(), sim.share) == (Mode.PAUSED, 500)
    [paused] = [one for one in sim.records(Decided)[-1:] if isinstance(one, Decided)]
    assert paused.cause is Cause.DEADLINE
    assert "success" in paused.why


@pytest.mark.parametrize("how", ["missing", "unarmed", "sample"])
def test_a_gate_that_says_nothing_does_not_let_pass(sim: Sim, how: str) -> None:
    sim.go_to(Stage.SHIFTING)
    if how == "sample":
        sim.judge.sample = 199
    else:
        getattr(sim.judge, how).add("success")
    assert not sim.advance_one()
    assert "success:" in sim.holding


def test_a_gate_fails_after_as_many_looks_as_it_may() -> None:
    gate = SuccessGate(name="success", failures=3, errors=2, inconclusives=4)
    sim = Sim(TakeoverSettings(gate=(gate,)))
    sim.go_to(Stage.SHIFTING)
    twice = [Verdict.FAILED, Verdict.FAILED]
    for verdicts, mode in (
        ([*twice, Verdict.PASSED, *twice], "running"),
        ([Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.ERROR], "running"),
        ([Verdict.ERROR], "paused"),
    ):  # fmt: skip
        for verdict in verdicts:
            sim.judge.verdicts["success"] = verdict
            sim.tick()
        assert sim.mode() == mode
    sim.judge.verdicts["success"] = Verdict.INCONCLUSIVE
    sim.do(Verb.RESUME)
    for _ in range(3):
        sim.tick()
    assert sim.mode() is Mode.PAUSED
    assert "success is inconclusive for too long" in sim.records(Decided)[-1].why  # type: ignore[union-attr]
    sim.judge.verdicts["success"] = Verdict.FAILED
    for _ in range(3):
        sim.tick()
    assert sim.mode() is Mode.ROLLED_BACK


def test_a_dry_run_is_measured_and_decides_nothing(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)
    sim.judge.dry_run.add("success")
    sim.judge.verdicts["success"] = Verdict.FAILED
    assert sim.advance_one()
    assert any(isinstance(one, Observed) and one.reading.dry_run for one in sim.records(Observed))


@pytest.mark.parametrize(("stage", "step"), MOVED)
@pytest.mark.parametrize("waits", [False, True])
def test_a_failed_gate_takes_moved_users_back_also_while_it_waits(
    sim: Sim, stage: Stage, step: int, waits: bool
) -> None:
    sim.go_to(stage, step)
    if waits:
        sim.do(Verb.PAUSE)
    sim.judge.verdicts["freshness"] = Verdict.FAILED
    sim.tick()
    assert (sim.mode(), sim.plane.world) == (Mode.ROLLED_BACK, World())


@pytest.mark.parametrize("stage", [Stage.PARALLEL, Stage.GUIDED])
def test_a_failed_gate_pauses_if_no_user_was_moved(sim: Sim, stage: Stage) -> None:
    sim.go_to(stage)
    sim.judge.verdicts["parity"] = Verdict.FAILED
    sim.tick()
    assert sim.mode() is Mode.PAUSED
    assert "parity has failed" in sim.do(Verb.RESUME)
    sim.judge.verdicts.clear()
    assert "Resumed" in sim.do(Verb.RESUME)


def test_a_gate_of_an_earlier_stage_still_guards(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 1)
    sim.judge.verdicts["parity"] = Verdict.FAILED
    sim.tick()
    assert sim.mode() is Mode.ROLLED_BACK


def test_the_least_time_is_waited_for(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)
    sim.tick(3590)
    assert sim.position().step == 0
    assert "The minimum time of this step" in sim.holding
    sim.tick(11)
    assert sim.position().step == 1


def test_verdicts_are_written_down_when_they_change(sim: Sim) -> None:
    sim.begin()
    before = len(sim.records(Observed))
    for _ in range(5):
        sim.tick()
    assert len(sim.records(Observed)) == before == 5
    sim.judge.verdicts["parity"] = Verdict.INCONCLUSIVE
    sim.tick()
    sim.tick()
    assert len(sim.records(Observed)) == before + 1


# --- health ---------------------------------------------------------------------------------------


def test_no_user_is_moved_to_an_unhealthy_new_board(sim: Sim) -> None:
    sim.go_to(Stage.GUIDED)
    for sick in (SICK_NEW, Side(healthy=None)):
        sim.plane.new = sick
        assert not sim.advance_one()
        assert "The new board is not known to be healthy." in sim.holding
        forced = sim.do(Verb.ADVANCE, force=True, reason="we know better")
        assert "Even a forced step needs it" in forced
    assert sim.share == 0


def test_a_new_board_that_stays_sick_loses_its_users(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 1)
    sim.plane.new = SICK_NEW
    sim.tick()
    sim.tick(30)
    assert sim.mode() is Mode.RUNNING
    sim.plane.new = Side(healthy=True, code="new-1", data="data-1")
    sim.tick(1)
    sim.plane.new = SICK_NEW
    sim.tick(40)
    assert sim.mode() is Mode.RUNNING
    sim.tick(61)
    assert (sim.mode(), sim.share) == (Mode.ROLLED_BACK, 0)


def test_a_rollback_waits_for_the_old_board_unless_it_is_forced(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 2)
    sim.plane.old = SICK
    command = sim.command(Verb.ROLLBACK)
    for _ in range(3):
        sim.tick()
        assert (sim.mode(), sim.share, sim.answer(command)) == (Mode.RUNNING, 2500, "")
    assert "The old board is not healthy. Users stay where they are" in sim.alarms()[0]
    assert len(sim.alarms()) == 1
    sim.tick(700)
    assert len(sim.alarms()) == 2
    assert "Rolled back" in sim.do(Verb.ROLLBACK, force=True)
    assert (sim.mode(), sim.share) == (Mode.ROLLED_BACK, 0)
    assert "Superseded" in sim.answer(command)


def test_users_go_back_through_the_smaller_shares_if_the_plan_says_so() -> None:
    sim = Sim(TakeoverSettings(shifting=StageSettings(rollback="stepwise")))
    sim.go_to(Stage.SHIFTING, 3)
    sim.plane.history.clear()
    command = sim.command(Verb.ROLLBACK)
    sim.tick()
    for left in ([2500], [2500, 500], [2500, 500, 100]):
        sim.tick(30)
        assert [one.share for one in sim.plane.history] == left
        assert "the next step follows in " in sim.holding
        sim.tick(30)
    assert "Rolled back" in sim.answer(command)
    assert [one.share for one in sim.plane.history] == [2500, 500, 100, 0]
    assert sim.mode() is Mode.ROLLED_BACK
    sim.check_intents()


def test_a_forced_rollback_does_not_wait_between_its_steps() -> None:
    sim = Sim(TakeoverSettings(shifting=StageSettings(rollback="stepwise")))
    sim.go_to(Stage.SHIFTING, 3)
    sim.do(Verb.ROLLBACK)
    assert sim.share == 2500
    assert "Rolled back" in sim.do(Verb.ROLLBACK, force=True)
    assert (sim.share, sim.mode()) == (0, Mode.ROLLED_BACK)
    sim.check_intents()


@pytest.mark.parametrize(("stage", "step"), MOVED)
@pytest.mark.parametrize("cause", ["command", "gate", "health", "drift"])
def test_the_old_board_itself_is_asked_before_users_go_back(
    sim: Sim, stage: Stage, step: int, cause: str
) -> None:
    """The data plane may call it healthy for seconds after it was killed."""
    sim.go_to(stage, step)
    before = sim.plane.world
    sim.plane.stale_old, sim.plane.old = sim.plane.old, SICK
    if cause == "command":
        sim.command(Verb.ROLLBACK)
    if cause == "gate":
        sim.judge.verdicts["freshness"] = Verdict.FAILED
        sim.judge.verdicts["success"] = Verdict.FAILED
    if cause == "health":
        sim.plane.new = SICK_NEW
        sim.tick()
        sim.tick(61)
    if cause == "drift":
        before = sim.plane.world = World(share=FULL, settled=True)
        if stage is Stage.SETTLED:
            return
    for _ in range(4):
        sim.tick()
        assert sim.plane.world == before
    assert "The old board is not healthy" in sim.alarms()[0]
    sim.plane.old = sim.plane.stale_old
    asked = sim.plane.asked_old
    sim.tick(61)
    assert sim.plane.asked_old == asked + 1
    wanted_ = 0 if cause != "drift" else wanted(plan_of(TakeoverSettings()), sim.position()).share
    assert sim.share == wanted_


def test_a_board_that_the_data_plane_calls_sick_is_not_asked(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)
    sim.plane.stale_old = SICK
    sim.command(Verb.ROLLBACK)
    sim.tick()
    assert (sim.share, sim.plane.asked_old) == (100, 0)
    sim.plane.stale_old = None
    sim.do(Verb.ROLLBACK, force=True)
    assert (sim.share, sim.plane.asked_old) == (0, 0)


@pytest.mark.parametrize("cause", ["command", "health"])
def test_while_a_rollback_waits_no_user_moves_forward(sim: Sim, cause: str) -> None:
    sim.go_to(Stage.SHIFTING)
    sim.plane.old = SICK
    if cause == "command":
        sim.command(Verb.ROLLBACK)
    else:
        sim.plane.new = SICK_NEW
    for _ in range(4):
        sim.tick(3601)
        assert (sim.position().step, sim.share) == (0, 100)
    sim.plane.world = World(share=50, shadow=2000, banner=True)
    sim.tick()
    assert sim.share == 50, "nor is a share restored that is above the present one"
    assert "a rollback is wanted" in sim.holding


# --- the cut-over ---------------------------------------------------------------------------------


def test_the_old_paths_are_given_away_when_the_old_board_has_drained(sim: Sim) -> None:
    sim.go_to(Stage.CUTOVER)
    sim.plane.streams = 3
    sim.tick(7 * DAY + 1)
    assert sim.position().stage is Stage.CUTOVER
    assert "3 requests and streams under way" in sim.holding
    sim.tick(3700)
    assert sim.plane.world.settled


def test_the_contract_holds_before_the_old_paths_are_given_away(sim: Sim) -> None:
    sim.go_to(Stage.CUTOVER)
    sim.judge.verdicts["contract"] = Verdict.INCONCLUSIVE
    sim.tick(8 * DAY)
    assert sim.position().stage is Stage.CUTOVER
    assert "contract" in sim.do(Verb.ADVANCE)
    sim.judge.verdicts.clear()
    sim.tick()
    assert sim.position().stage is Stage.SETTLED


def test_going_back_in_the_warm_time_is_one_command(sim: Sim) -> None:
    sim.go_to(Stage.CUTOVER)
    sim.tick(3 * DAY)
    writes = sim.plane.writes
    assert "Rolled back" in sim.do(Verb.ROLLBACK)
    assert sim.plane.writes == writes + 1


# --- every reason at once -------------------------------------------------------------------------


def test_everything_that_holds_it_is_named_at_once(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)
    sim.judge.verdicts |= {"success": Verdict.INCONCLUSIVE, "slowness": Verdict.ERROR}
    sim.settings = TakeoverSettings(shares=(1, 9, 100))
    sim.tick()
    look = sim.witness.looks[-1]
    kinds = ("The plan was edited", "slowness: error", "success: inconclusive", "The minimum time")
    for kind in kinds:
        assert sum(kind in one for one in look.blockers) == 1, look.blockers
    assert look.holding == " ".join(look.blockers)


def test_a_refused_advance_names_every_reason(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)
    sim.judge.verdicts |= {"success": Verdict.INCONCLUSIVE, "slowness": Verdict.ERROR}
    answer = sim.do(Verb.ADVANCE)
    assert answer.startswith("Not everything passes: ")
    assert "success: inconclusive" in answer
    assert "slowness: error" in answer
    sim.settings = TakeoverSettings(shares=(1, 9, 100))
    sim.plane.new = SICK_NEW
    answer = sim.do(Verb.ADVANCE, force=True)
    assert "The plan was edited" in answer
    assert "not known to be healthy" in answer


def test_a_failed_gate_is_named_once_among_the_reasons(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)
    sim.plane.old = Side(healthy=False)
    sim.judge.verdicts["success"] = Verdict.FAILED
    sim.tick()
    assert sim.mode() is Mode.RUNNING, "it waits for the old board"
    assert sum("success has failed" in one for one in sim.witness.looks[-1].blockers) <= 2
    assert not any(one.startswith("success: failed") for one in sim.witness.looks[-1].blockers)
