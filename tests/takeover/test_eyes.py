"""What a controller sees, and what it counts from look to look."""

from __future__ import annotations

from frontrunner.checks.gates import Verdict
from frontrunner.takeover.eyes import Eyes
from frontrunner.takeover.plan import plan_of
from frontrunner.takeover.plane import Side
from frontrunner.takeover.stages import Stage
from tests.takeover.sim import Sim


def eyes(sim: Sim, error: str = "") -> Eyes:
    return Eyes(sim.controller.parts, lambda: error)


def test_a_plane_that_does_not_take_the_fence_is_not_read() -> None:
    sim = Sim()
    sim.begin()
    sight = eyes(sim, "The disk is full.").sight()
    assert (sight.reality, sight.error) == (None, "The disk is full.")
    assert sight.old.healthy, "the old board is asked past the plane then"


def test_settings_that_cannot_be_read_are_named() -> None:
    sim = Sim()
    sim.begin()
    found = eyes(sim)
    plan, sim.settings = sim.settings, None
    assert found.sight().found is None
    assert found.settings_error == "The settings cannot be read."
    sim.settings = plan
    assert found.sight().found is not None
    assert found.settings_error == ""


def test_verdicts_in_a_row_are_counted_and_another_begins_anew() -> None:
    sim = Sim()
    sim.go_to(Stage.SHIFTING)
    found, plan = eyes(sim), plan_of(sim.settings)  # type: ignore[arg-type]
    counts = []
    for verdict in (Verdict.ERROR, Verdict.ERROR, Verdict.PASSED):
        sim.judge.verdicts["success"] = verdict
        counts.append(found.judged(found.sight(), sim.state, plan).streaks["success"])
    assert counts == [1, 2, 1]


def test_an_illness_is_counted_until_the_board_is_well() -> None:
    sim = Sim()
    sim.begin()
    found = eyes(sim)
    sim.plane.new = Side(healthy=False)
    found.sight()
    sim.time.sleep(7)
    assert found.sight().sick_for == 7
    sim.plane.can_be_read = False
    sim.time.sleep(1)
    assert found.sight().sick_for == 8, "a plane that says nothing does not make it well"
    sim.plane.can_be_read, sim.plane.new = True, Side(healthy=True)
    assert found.sight().sick_for == 0


def test_the_old_board_counts_as_asked_only_for_one_write() -> None:
    sim = Sim()
    sim.begin()
    found = eyes(sim)
    asked = found.old_asked(found.sight())
    assert (asked.old.healthy, asked.old_asked) == (True, True)
    assert not found.seen_again(asked).old_asked
