"""The rules of the state machine when clocks, code, plans or the data plane change."""

from __future__ import annotations

import msgspec
import pytest

from frontrunner.base.takeover_settings import StageSettings, TakeoverSettings
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.plan import plan_of, positions, wanted
from frontrunner.takeover.records import (
    Acted,
    Cause,
    Decided,
    Intended,
    NewData,
    PlanChanged,
    Refused,
    Restarted,
    Verb,
)
from frontrunner.takeover.stages import FULL, Mode, Stage, World
from tests.takeover.makers import DAY, SICK, SICK_NEW
from tests.takeover.sim import Sim

# --- time -----------------------------------------------------------------------------------------


def test_two_versions_in_turn_do_not_put_a_deadline_off(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)
    for hour in range(14 * 24 + 2):
        sim.plane.new = msgspec.structs.replace(sim.plane.new, code=f"new-{hour % 2}")
        sim.judge.sample = 0
        sim.tick(3600)
    assert sim.mode() is Mode.PAUSED
    last = sim.records(Decided)[-1]
    assert isinstance(last, Decided)
    assert last.cause is Cause.DEADLINE


@pytest.mark.parametrize("between", ["approve", "reject", "accept"])
def test_what_comes_between_a_deadline_and_a_resume_takes_no_time_away(between: str) -> None:
    settings = TakeoverSettings(guided=StageSettings(approve=True))
    sim = Sim(settings)
    sim.begin()
    sim.tick(14 * DAY)
    assert sim.mode() is Mode.PAUSED
    if between == "accept":
        sim.settings = msgspec.structs.replace(settings, warm="8d")
        sim.tick()
        assert "accepted" in sim.do(Verb.ACCEPT)
    else:
        assert sim.do(Verb(between))
    sim.do(Verb.RESUME, force=between == "reject", reason="seen")
    sim.tick()
    assert sim.mode() is Mode.RUNNING, "the deadline begins anew"


def test_a_resume_after_the_deadline_gives_it_anew_and_another_does_not(sim: Sim) -> None:
    sim.go_to(Stage.GUIDED)
    sim.judge.verdicts["parity"] = Verdict.INCONCLUSIVE
    sim.tick(13 * DAY)
    sim.do(Verb.PAUSE)
    sim.tick(100 * DAY)
    sim.do(Verb.RESUME)
    sim.tick(0.9 * DAY)
    assert sim.mode() is Mode.RUNNING
    sim.tick(0.2 * DAY)
    assert sim.mode() is Mode.PAUSED
    sim.do(Verb.RESUME)
    sim.tick(13 * DAY)
    assert sim.mode() is Mode.RUNNING


def test_what_does_not_move_is_said_again_and_again(sim: Sim) -> None:
    sim.begin()
    sim.do(Verb.PAUSE)
    for day in range(1, 5):
        sim.tick(DAY + 1)
        assert len(sim.alarms()) == day
    assert "Nothing has moved for" in sim.alarms()[-1]


def test_a_wait_that_the_plan_asks_for_is_no_alarm(sim: Sim) -> None:
    sim.go_to(Stage.CUTOVER)
    for _ in range(6):
        sim.tick(DAY)
    assert sim.alarms() == []


@pytest.mark.parametrize("jump", [-10 * 365 * DAY, 10 * 365 * DAY])
def test_a_step_of_the_wall_clock_changes_no_duration(sim: Sim, jump: float) -> None:
    sim.go_to(Stage.SHIFTING)
    sim.time.wall += jump
    for _ in range(5):
        sim.command(Verb.PAUSE)  # dated by the wall clock of the command line
        sim.tick(600)
        sim.do(Verb.RESUME)
        assert sim.position().step == 0
        assert sim.mode() is Mode.RUNNING
    for _ in range(3):
        sim.tick(600)
    assert sim.position().step == 1
    times = [one.at for one in sim.book.stored]
    assert times == sorted(times)


def test_time_without_a_controller_does_not_count(sim: Sim) -> None:
    sim.go_to(Stage.CUTOVER)
    sim.tick(6 * DAY)
    for _ in range(3):
        sim.restart()
        sim.time.sleep(30 * DAY)
        sim.tick(1)
        assert sim.position().stage is Stage.CUTOVER
    sim.tick(DAY)
    assert sim.position().stage is Stage.SETTLED


# --- changes of what is measured ------------------------------------------------------------------


@pytest.mark.parametrize("side", ["old", "new"])
def test_new_code_restarts_the_analysis(sim: Sim, side: str) -> None:
    sim.go_to(Stage.SHIFTING)
    sim.tick(3500)
    before = len(sim.records(Restarted))
    seen = getattr(sim.plane, side)
    setattr(sim.plane, side, msgspec.structs.replace(seen, code=f"{side}-2"))
    sim.tick(200)
    assert sim.position().step == 0, "the time of the step begins again"
    assert len(sim.records(Restarted)) == before + 1
    assert sim.judge.looked[-1] == sim.state.counts_at == sim.book.stored[-1].at
    sim.tick(3601)
    assert sim.position().step == 1
    setattr(sim.plane, side, msgspec.structs.replace(seen, code=None))
    sim.tick()
    assert len(sim.records(Restarted)) == before + 1, "no answer is no new code"


def test_evidence_of_earlier_code_is_not_used_in_the_same_look(sim: Sim) -> None:
    """The gates are asked again once the counts began anew."""
    sim.go_to(Stage.SHIFTING)
    looks = len(sim.judge.looked)
    sim.plane.new = msgspec.structs.replace(sim.plane.new, code="new-2")
    sim.tick(4000)
    assert sim.position().step == 0
    assert len(sim.judge.looked) == looks + 2


def test_new_data_is_written_down_and_restarts_nothing(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)
    restarts = len(sim.records(Restarted))
    sim.plane.new = msgspec.structs.replace(sim.plane.new, data="data-2")
    sim.tick()
    assert sim.records(NewData)[-1] == NewData(side="new", data="data-2")
    assert len(sim.records(Restarted)) == restarts


def test_an_edited_plan_holds_the_way_forward_and_nothing_else(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 1)
    sim.settings = TakeoverSettings(shares=(1, 5, 100))
    assert not sim.advance_one()
    assert "The plan was edited" in sim.holding
    assert "The plan was edited" in sim.do(Verb.ADVANCE, force=True, reason="x")
    assert len(sim.records(PlanChanged)) == 2
    assert "Plan accepted" in sim.do(Verb.ACCEPT)
    assert (sim.position().step, sim.share) == (2, FULL)


def test_a_gate_takes_users_back_although_the_plan_was_edited(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 1)
    sim.settings = TakeoverSettings(shifting=StageSettings(gates=("share",)))
    sim.judge.verdicts["success"] = Verdict.FAILED
    sim.tick()
    assert sim.mode() is Mode.ROLLED_BACK


def test_a_plan_that_was_restored_needs_no_acceptance(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)
    sim.settings, before = TakeoverSettings(warm="9d"), sim.settings
    sim.tick()
    assert sim.state.offered
    sim.settings = before
    assert sim.advance_one()


def test_settings_that_cannot_be_read_change_nothing(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)
    sim.settings = None
    sim.tick(3601)
    assert sim.position().step == 1
    assert sim.alarms() == ["The settings cannot be read."]


@pytest.mark.parametrize(
    ("shares", "step"), [((1, 2, 5, 100), 2), ((1, 4, 100), 1), ((0.5, 100), 0), ((5, 100), 0)]
)
def test_an_accepted_plan_raises_no_share(shares: tuple[float, ...], step: int) -> None:
    sim = Sim()
    sim.go_to(Stage.SHIFTING, 1)
    sim.settings = TakeoverSettings(shares=shares)
    sim.tick()
    sim.do(Verb.ACCEPT)
    sim.tick()
    assert sim.position().step == step
    assert sim.share == shares[step] * 100 <= 500


def test_a_plan_whose_shares_are_all_larger_is_refused(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 1)
    sim.settings = TakeoverSettings(shares=(10, 100))
    sim.tick()
    assert "is above the present 5%" in sim.do(Verb.ACCEPT)
    assert sim.share == 500


# --- the data plane -------------------------------------------------------------------------------


def test_a_change_by_hand_is_reverted_and_recorded(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 1)
    sim.plane.world = World(share=9000, banner=True)
    sim.tick()
    assert sim.plane.world == wanted(plan_of(TakeoverSettings()), sim.position())
    [*_, last] = sim.records(Intended)
    assert isinstance(last, Intended)
    assert (last.cause, last.to, last.before) == (Cause.DRIFT, None, World(share=9000, banner=True))
    writes = sim.plane.writes
    sim.tick()
    assert sim.plane.writes == writes


def test_users_that_were_taken_back_by_hand_stay_there(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 2)
    sim.plane.world = World()
    sim.tick()
    assert (sim.mode(), sim.plane.world) == (Mode.ROLLED_BACK, World())
    for _ in range(3):
        sim.tick(DAY)
        assert sim.plane.world == World()


def test_drift_is_not_put_right_towards_a_sick_board(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 2)
    sim.plane.world, sim.plane.new = World(share=100), SICK_NEW
    sim.tick()
    assert sim.share == 100
    assert "It is left as it is" in sim.alarms()[0]


def test_a_step_that_is_refused_again_and_again_fails_with_users_where_they_were(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 1)
    sim.plane.refuses = 5
    for _ in range(4):
        sim.tick(3601)
        assert (sim.position().step, sim.mode()) == (1, Mode.RUNNING)
    sim.tick()
    sim.tick()
    assert (sim.position().step, sim.mode(), sim.share) == (1, Mode.FAILED, 500)
    assert "Tried again" in sim.do(Verb.RETRY)
    sim.tick()
    assert (sim.position().step, sim.share) == (2, 2500)


def test_a_rollback_that_cannot_be_written_stays_wanted(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 2)
    sim.plane.refuses = 50
    command = sim.command(Verb.ROLLBACK)
    for _ in range(50):
        sim.tick()
        assert (sim.position().step, sim.mode(), sim.share) == (2, Mode.RUNNING, 2500)
    assert any("The rollback is not done yet" in one for one in sim.alarms())
    outcomes = [one for one in sim.records(Acted) if isinstance(one, Acted) and one.error]
    assert len(outcomes) == 1, "the same refusal is written once"
    sim.tick()
    assert (sim.mode(), sim.share) == (Mode.ROLLED_BACK, 0)
    assert "Rolled back" in sim.answer(command)


def test_a_data_plane_that_cannot_be_asked_stops_no_rollback(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 2)
    sim.plane.can_be_read = False
    sim.do(Verb.ROLLBACK)
    assert sim.plane.world == World(), "it was written all the same"
    assert sim.mode() is Mode.RUNNING, "and is not believed before it was read back"
    sim.plane.can_be_read = True
    sim.tick()
    assert sim.mode() is Mode.ROLLED_BACK


def test_a_blind_rollback_needs_a_healthy_old_board(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 2)
    sim.plane.can_be_read, sim.plane.old = False, SICK
    sim.do(Verb.ROLLBACK)
    assert sim.share == 2500


@pytest.mark.parametrize("fault", ["loses", "answers_lost"])
def test_what_is_read_back_counts_and_not_what_a_write_says(sim: Sim, fault: str) -> None:
    sim.go_to(Stage.SHIFTING)
    setattr(sim.plane, fault, 1)
    sim.tick(3601)
    sim.tick()
    assert (sim.position().step, sim.share) == (1, 500)
    assert [one.share for one in sim.plane.history].count(500) == 1
    sim.check_intents()


def test_every_position_can_be_left_by_rollback() -> None:
    for position in positions(plan_of(TakeoverSettings()))[1:]:
        sim = Sim()
        sim.go_to(position.stage, position.step)
        assert "Rolled back" in sim.do(Verb.ROLLBACK)
        assert (sim.mode(), sim.plane.world) == (Mode.ROLLED_BACK, World())
        assert "rolled back already" in sim.do(Verb.ROLLBACK)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("time", "The minimum time of this step"),
        ("sick", "The new board is not known to be healthy."),
        ("drift", "does not have the state that this stage needs"),
        ("plan", "The plan was edited"),
        ("gate", "freshness has failed"),
    ],
)
def test_finish_needs_what_the_end_by_itself_needs(sim: Sim, wrong: str, why: str) -> None:
    sim.go_to(Stage.SETTLED)
    if wrong == "sick":
        sim.plane.new = SICK_NEW
    if wrong == "drift":
        sim.plane.world = msgspec.structs.replace(sim.plane.world, banner=True)
        sim.plane.refuses = 1
    if wrong == "plan":
        sim.settings = TakeoverSettings(warm="8d")
    if wrong == "gate":
        sim.judge.verdicts["freshness"] = Verdict.FAILED
    assert why in sim.do(Verb.FINISH)


def test_a_finished_take_over_can_be_rolled_back(sim: Sim) -> None:
    sim.go_to(Stage.SETTLED)
    assert "Finished" in sim.do(Verb.FINISH, force=True, reason="enough was seen")
    assert "The take-over is finished: no" in sim.do(Verb.PAUSE)
    assert "Rolled back" in sim.do(Verb.ROLLBACK)
    assert sim.plane.world == World()


def test_refusals_are_answers(sim: Sim) -> None:
    for verb in Verb:
        if verb is not Verb.START:
            assert "has not been started" in sim.do(verb)
    assert len(sim.records(Refused)) == len(Verb) - 1


def test_a_gate_that_is_not_armed_fails_no_stage(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)
    sim.judge.unarmed.add("success")
    sim.judge.verdicts["success"] = Verdict.FAILED
    sim.tick(3601)
    sim.tick(3601)
    assert (sim.mode(), sim.position().step) == (Mode.RUNNING, 0), "nor does it let one pass"
