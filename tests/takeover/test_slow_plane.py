"""A data plane whose changes take several looks, as deployments do; in memory."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from frontrunner.takeover.plane import Reality
from frontrunner.takeover.records import Acted, Intended, Verb
from frontrunner.takeover.stages import Mode, Stage, World
from tests.takeover.sim import FakePlane, Sim


@dataclass
class SlowPlane(FakePlane):
    """It is on its way for some looks after a write."""

    slow: int = 3
    left: int = 0
    target: World | None = None

    def read(self) -> Reality:
        found = super().read()
        return Reality(
            world=found.world, old=found.old, new=found.new, moving=self.target,
            doing="It is built." if self.target else "",
        )  # fmt: skip

    def write(self, world: World, token: int) -> None:
        if world != self.target:
            self.target, self.left = world, self.slow
        self.left -= 1
        if self.left <= 0:
            self.target = None
            super().write(world, token)


@pytest.fixture
def sim() -> Sim:
    made = Sim()
    made.plane = SlowPlane()
    made.restart()
    return made


def test_a_change_that_takes_long_is_one_intent(sim: Sim) -> None:
    sim.command(Verb.START)
    sim.tick()
    assert sim.position().stage is Stage.PLANNED
    assert sim.holding == "The change is under way. It is built."
    for _ in range(3):
        sim.tick()
    assert sim.position().stage is Stage.PARALLEL
    assert len(sim.records(Intended)) == len(sim.records(Acted)) == 1


def test_a_rollback_does_not_wait_for_a_change_under_way(sim: Sim) -> None:
    sim.command(Verb.START)
    for _ in range(4):
        sim.tick()
    sim.command(Verb.ADVANCE, force=True, reason="a test")
    sim.tick()
    assert isinstance(sim.plane, SlowPlane)
    assert sim.plane.target is not None
    assert sim.plane.target.banner
    sim.command(Verb.ROLLBACK)
    for _ in range(5):
        sim.tick()
    assert sim.mode() is Mode.ROLLED_BACK
    assert sim.plane.world == World()


def test_after_a_pause_it_goes_back_to_what_the_stage_wants(sim: Sim) -> None:
    sim.command(Verb.START)
    for _ in range(4):
        sim.tick()
    wanted = sim.plane.world
    sim.command(Verb.ADVANCE, force=True, reason="a test")
    sim.tick()
    sim.command(Verb.PAUSE)
    for _ in range(5):
        sim.tick()
    assert (sim.position().stage, sim.mode()) == (Stage.PARALLEL, Mode.PAUSED)
    assert isinstance(sim.plane, SlowPlane)
    assert (sim.plane.world, sim.plane.target) == (wanted, None)


def test_a_killed_controller_goes_on_with_the_change(sim: Sim) -> None:
    sim.command(Verb.START)
    sim.tick()
    sim.restart()
    for _ in range(4):
        sim.tick()
    assert sim.position().stage is Stage.PARALLEL
    assert len(sim.records(Intended)) == 1
