"""Commands: which make sense when, and which of several wins."""

from __future__ import annotations

from frontrunner.base.gate_settings import ManualGate, SuccessGate
from frontrunner.base.takeover_settings import StageSettings, TakeoverSettings
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.plane import Side
from frontrunner.takeover.records import Cause, Decided, Restarted, Verb
from frontrunner.takeover.stages import Mode, Stage, World
from tests.takeover.sim import Sim

SICK = Side(healthy=False, code="old-1", data="data-1")


def test_the_last_command_wins(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 1)
    seqs = [sim.command(verb) for verb in (Verb.ADVANCE, Verb.ROLLBACK, Verb.RESUME, Verb.PAUSE)]
    sim.tick()
    assert sim.mode() is Mode.PAUSED
    assert [sim.answer(one).split()[0] for one in seqs] == ["Superseded"] * 3 + ["Paused"]


def test_a_later_command_takes_back_a_rollback_that_waits(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 1)
    sim.plane.old = SICK
    waiting = sim.command(Verb.ROLLBACK)
    sim.tick()
    assert "Paused" in sim.do(Verb.PAUSE)
    assert "Superseded" in sim.answer(waiting)
    sim.plane.old = Side(healthy=True, code="old-1", data="data-1")
    sim.tick()
    assert (sim.mode(), sim.share) == (Mode.PAUSED, 500)


def test_nothing_takes_back_a_rollback_under_way(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 1)
    sim.plane.refuses = 3
    first = sim.command(Verb.ROLLBACK)
    sim.tick()
    for verb in (Verb.RESUME, Verb.ADVANCE, Verb.PAUSE):
        assert sim.do(verb) == "A rollback is under way."
    assert sim.mode() is Mode.ROLLED_BACK
    assert "Rolled back" in sim.answer(first)


def test_a_forced_rollback_overtakes_one_that_waits_for_the_old_board(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 1)
    sim.plane.refuses = 1
    first = sim.command(Verb.ROLLBACK)
    sim.tick()
    sim.plane.old = SICK
    sim.tick()
    assert sim.share == 500
    assert "Rolled back" in sim.do(Verb.ROLLBACK, force=True)
    assert (sim.share, sim.mode()) == (0, Mode.ROLLED_BACK)
    sim.tick()
    assert "already" in sim.answer(first)


def test_advance_does_not_wait_for_the_least_time_but_for_the_gates(sim: Sim) -> None:
    sim.go_to(Stage.GUIDED)
    sim.judge.verdicts["parity"] = Verdict.INCONCLUSIVE
    assert "Not everything passes: parity" in sim.do(Verb.ADVANCE)
    sim.judge.verdicts.clear()
    assert "Advanced" in sim.do(Verb.ADVANCE)
    assert sim.position().stage is Stage.SHIFTING


def test_a_forced_step_has_its_reason_and_is_not_undone_by_what_it_overruled(sim: Sim) -> None:
    sim.go_to(Stage.GUIDED)
    sim.judge.verdicts["parity"] = Verdict.FAILED
    sim.tick()
    assert sim.mode() is Mode.PAUSED
    assert "--reason" in sim.do(Verb.ADVANCE, force=True)
    why = sim.do(Verb.ADVANCE, force=True, reason="a known rounding", actor="cli:ada")
    assert why == "Forced (overrules parity) by cli:ada: a known rounding"
    for _ in range(3):
        sim.tick(1000)
    assert (sim.position().step, sim.mode(), sim.share) == (0, Mode.RUNNING, 100)
    sim.judge.verdicts["parity"] = Verdict.PASSED
    sim.tick()
    sim.judge.verdicts["parity"] = Verdict.FAILED
    sim.tick()
    assert sim.mode() is Mode.ROLLED_BACK, "once it had passed, it guards again"


def test_another_gate_guards_after_a_forced_step(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)
    sim.judge.verdicts["feedback"] = Verdict.FAILED
    sim.command(Verb.ADVANCE, force=True, reason="spam")
    sim.tick()
    assert sim.position().step == 1
    sim.judge.verdicts["success"] = Verdict.FAILED
    sim.tick()
    assert sim.mode() is Mode.ROLLED_BACK


def test_the_warm_time_is_ended_by_force_alone(sim: Sim) -> None:
    sim.go_to(Stage.CUTOVER)
    assert "is kept warm for" in sim.do(Verb.ADVANCE)
    sim.plane.streams = 5
    assert "Forced" in sim.do(Verb.ADVANCE, force=True, reason="the machine is needed")
    assert sim.plane.world.settled


def test_a_retry_begins_anew(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 2)
    sim.do(Verb.ROLLBACK)
    assert "Use `retry`" in sim.do(Verb.ADVANCE)
    assert "not paused" in sim.do(Verb.RESUME)
    counted = sim.state.counts_at
    sim.time.sleep(1000)
    assert "Restarted" in sim.do(Verb.RETRY)
    assert (sim.position().stage, sim.mode()) == (Stage.PARALLEL, Mode.RUNNING)
    assert sim.plane.world == World(shadow=2000)
    assert sim.state.counts_at > counted
    assert sim.state.running(sim.state.clock) == 0
    assert "Nothing was rolled back" in sim.do(Verb.RETRY)


def test_a_retry_with_an_edited_plan_needs_its_acceptance(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 2)
    sim.do(Verb.ROLLBACK)
    sim.settings = TakeoverSettings(shares=(50, 100))
    sim.tick()
    assert "accept" in sim.do(Verb.RETRY)
    assert "Plan accepted" in sim.do(Verb.ACCEPT)
    assert "Restarted" in sim.do(Verb.RETRY)


def test_finish_only_when_settled_and_everything_holds(sim: Sim) -> None:
    sim.go_to(Stage.CUTOVER)
    assert "not settled yet" in sim.do(Verb.FINISH)
    sim.go_to(Stage.SETTLED)
    sim.judge.verdicts["freshness"] = Verdict.INCONCLUSIVE
    assert "Not everything passes" in sim.do(Verb.FINISH)
    assert "Finished" in sim.do(Verb.FINISH, force=True, reason="the holidays")
    assert sim.mode() is Mode.FINISHED


def test_a_stage_that_a_person_starts() -> None:
    sim = Sim(TakeoverSettings(shifting=StageSettings(gates=("share",), approve=True)))
    sim.go_to(Stage.GUIDED)
    assert not sim.advance_one()
    assert "manual-shifting: inconclusive" in sim.holding
    assert "not a manual gate here" in sim.do(Verb.APPROVE, gate="parity")
    assert "Approved manual-shifting" in sim.do(Verb.APPROVE, gate="manual-shifting")
    sim.tick()
    assert sim.position().stage is Stage.SHIFTING
    assert not sim.advance_one(), "each step is approved by itself"
    assert "Approved" in sim.do(Verb.APPROVE)
    sim.tick()
    assert sim.position().step == 1
    assert "Rejected" in sim.do(Verb.REJECT)
    assert sim.mode() is Mode.ROLLED_BACK


def test_a_rejection_before_users_move_pauses() -> None:
    sim = Sim(TakeoverSettings(guided=StageSettings(approve=True)))
    sim.begin()
    sim.do(Verb.REJECT, reason="not yet")
    assert sim.mode() is Mode.PAUSED
    assert "has failed" in sim.do(Verb.RESUME)
    assert "Name one of: manual-guided" in sim.do(Verb.APPROVE), (
        "it does not wait: it has its answer"
    )
    sim.do(Verb.APPROVE, gate="manual-guided")
    assert "Resumed" in sim.do(Verb.RESUME)
    sim.tick(86401)
    assert sim.position().stage is Stage.GUIDED


def test_a_manual_gate_of_the_plan_is_asked_in_its_step_alone() -> None:
    gate = ManualGate(name="look")
    sim = Sim(TakeoverSettings(gate=(gate,), shifting=StageSettings(gates=("look",))))
    sim.go_to(Stage.SHIFTING)
    sim.tick(3601)
    assert sim.position().step == 0
    sim.do(Verb.APPROVE, gate="look")
    sim.tick()
    assert sim.position().step == 1
    assert sim.state.approval("look") is None


def test_several_approvals_are_all_answered(sim: Sim) -> None:
    sim.begin()
    seqs = [sim.command(verb) for verb in (Verb.APPROVE, Verb.REJECT, Verb.ACCEPT, Verb.PAUSE)]
    sim.tick()
    assert all(sim.answer(one) for one in seqs)
    assert sim.mode() is Mode.PAUSED


def test_start_fails_when_the_data_plane_refuses_it_again_and_again(sim: Sim) -> None:
    sim.plane.refuses = 100
    command = sim.command(Verb.START)
    for _ in range(7):
        sim.tick()
    assert "refused the step 5 times" in sim.answer(command)
    assert sim.position().stage is Stage.PLANNED
    assert sim.records(Restarted) == []


def test_a_resume_by_force_excuses_what_has_failed(sim: Sim) -> None:
    sim.go_to(Stage.GUIDED)
    sim.judge.verdicts["parity"] = Verdict.FAILED
    sim.tick()
    assert "Resumed" in sim.do(Verb.RESUME, force=True, reason="known")
    for _ in range(3):
        sim.tick(90000)
    assert (sim.position().stage, sim.mode()) == (Stage.GUIDED, Mode.RUNNING)
    [*_, last] = sim.records(Decided)
    assert isinstance(last, Decided)
    assert last.cause is Cause.COMMAND


def test_an_approval_without_a_name_is_none_for_a_gate_that_comes_later() -> None:
    gates = tuple(ManualGate(name=name) for name in ("one", "two"))
    first = TakeoverSettings(gate=gates, guided=StageSettings(gates=("one",)))
    sim = Sim(first)
    sim.go_to(Stage.GUIDED)
    assert "Approved one" in sim.do(Verb.APPROVE)
    sim.settings = TakeoverSettings(gate=gates, guided=StageSettings(gates=("one", "two")))
    sim.tick()
    assert "accepted" in sim.do(Verb.ACCEPT)
    assert (sim.state.approval("one"), sim.state.approval("two")) == (True, None)
    assert "Approved two" in sim.do(Verb.APPROVE)


def test_a_resume_without_force_excuses_no_gate() -> None:
    gate = SuccessGate(name="success", failures=3)
    sim = Sim(TakeoverSettings(gate=(gate,)))
    sim.go_to(Stage.SHIFTING)
    sim.do(Verb.PAUSE)
    sim.judge.verdicts["success"] = Verdict.FAILED
    assert "Resumed" in sim.do(Verb.RESUME), "it has not failed often enough to stop it"
    sim.tick()
    assert sim.share == 100
    sim.tick()
    assert (sim.mode(), sim.share) == (Mode.ROLLED_BACK, 0)
