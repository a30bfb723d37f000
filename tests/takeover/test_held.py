"""Why a take-over stopped, on which evidence, and what an operator can do next."""

from __future__ import annotations

import pytest

from frontrunner.base.takeover_settings import StageSettings, TakeoverSettings
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.held import decisive, held_of, next_steps
from frontrunner.takeover.plan import plan_of
from frontrunner.takeover.records import Cause, Verb
from frontrunner.takeover.stages import Mode, Stage
from tests.takeover.makers import at, decided, reading
from tests.takeover.sim import Sim


def steps(sim: Sim) -> str:
    return " ".join(next_steps(sim.state, sim.witness.looks[-1]))


def test_nothing_is_held_while_it_runs() -> None:
    sim = Sim()
    sim.go_to(Stage.GUIDED)
    assert held_of(sim.state) is None
    assert steps(sim) == ""


def test_a_gate_that_fails_is_named_with_its_reading_before_and_after_users_moved() -> None:
    for stage, mode, way in (
        (Stage.GUIDED, Mode.PAUSED, "takeover resume --force --reason TEXT"),
        (Stage.SHIFTING, Mode.ROLLED_BACK, "Correct the new board, then start again"),
    ):
        sim = Sim()
        sim.go_to(stage)
        sim.judge.verdicts["shadow"] = Verdict.FAILED
        sim.tick()
        held = held_of(sim.state)
        assert held is not None
        assert (held.stage, held.mode, held.cause) == (stage, mode, Cause.GATE)
        assert [one.gate for one in held.readings] == ["shadow"]
        assert "shadow has failed." in held.why
        assert way in steps(sim)


def test_all_gates_that_fail_at_once_are_named() -> None:
    sim = Sim()
    sim.go_to(Stage.SHIFTING)
    sim.judge.verdicts |= {"shadow": Verdict.FAILED, "success": Verdict.FAILED}
    sim.tick()
    held = held_of(sim.state)
    assert held is not None
    assert {one.gate for one in held.readings} == {"shadow", "success"}
    assert "shadow has failed." in held.why
    assert "success has failed." in held.why


def test_a_deadline_names_every_gate_without_a_verdict() -> None:
    sim = Sim()
    sim.go_to(Stage.SHIFTING)
    sim.judge.verdicts |= {"slowness": Verdict.INCONCLUSIVE, "success": Verdict.ERROR}
    sim.tick(plan_of(TakeoverSettings()).stage(Stage.SHIFTING).deadline)
    held = held_of(sim.state)
    assert held is not None
    assert held.cause is Cause.DEADLINE
    assert {one.gate for one in held.readings} == {"slowness", "success"}
    assert "slowness: inconclusive" in held.why
    assert "success: error" in held.why
    assert "with the full time: frontrunner takeover resume" in steps(sim)
    assert "Move all users back: frontrunner takeover rollback" in steps(sim)


def test_a_command_stops_it_without_evidence() -> None:
    sim = Sim()
    sim.go_to(Stage.SHIFTING)
    sim.do(Verb.PAUSE, reason="a drill")
    held = held_of(sim.state)
    assert held is not None
    assert (held.readings, "a drill" in held.why) == ((), True)
    assert "Go on: frontrunner takeover resume" in steps(sim)
    sim.do(Verb.RESUME)
    assert held_of(sim.state) is None


def test_an_approval_and_an_edited_plan_are_next_steps() -> None:
    sim = Sim(TakeoverSettings(guided=StageSettings(gates=(), deadline="7d", approve=True)))
    sim.begin()
    sim.tick()
    assert "takeover approve manual-guided" in steps(sim)
    sim.settings = TakeoverSettings(shares=(7, 100))
    sim.tick()
    assert "takeover accept" in steps(sim)
    assert next_steps(sim.state, None)[0].endswith("takeover accept")


def test_a_refused_step_says_to_retry() -> None:
    sim = Sim()
    sim.go_to(Stage.SHIFTING, 1)
    sim.plane.refuses = 5
    for _ in range(6):
        sim.tick(3601)
    held = held_of(sim.state)
    assert held is not None
    assert held.mode is Mode.FAILED
    assert "frontrunner takeover retry" in steps(sim)


@pytest.mark.parametrize(
    ("cause", "gates"), [(Cause.GATE, ["bad"]), (Cause.DEADLINE, ["open", "bad"]),
                         (Cause.HEALTH, []), (Cause.COMMAND, [])],
)  # fmt: skip
def test_only_readings_that_decided_are_shown(cause: Cause, gates: list[str]) -> None:
    here = at(Stage.SHIFTING, 0)
    made = decided(
        here, at(Stage.SHIFTING, 0, Mode.PAUSED), "why", None,
        reading("good"), reading("open", Verdict.INCONCLUSIVE), reading("bad", Verdict.FAILED),
        reading("dry", Verdict.FAILED, dry_run=True), cause=cause,
    )  # fmt: skip
    assert [one.gate for one in decisive(made)] == gates
