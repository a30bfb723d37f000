"""A data plane whose changes take several looks, as deployments do; in memory."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from frontrunner.base.errors import GatewayError
from frontrunner.base.takeover_settings import StageSettings, TakeoverSettings
from frontrunner.takeover.plane import Reality
from frontrunner.takeover.records import Acted, Decided, Intended, Verb
from frontrunner.takeover.stages import Mode, Stage, World
from tests.takeover.sim import FakePlane, Sim


@dataclass
class SlowPlane(FakePlane):
    """It is on its way for some looks after a write."""

    slow: int = 3
    left: int = 0
    target: World | None = None
    refuses_at_once: int = 0
    """Writes that are refused before anything is begun."""

    def read(self) -> Reality:
        found = super().read()
        return Reality(
            world=found.world, old=found.old, new=found.new, moving=self.target,
            doing="It is built." if self.target else "",
        )  # fmt: skip

    def write(self, world: World, token: int) -> None:
        if self.refuses_at_once:
            self.refuses_at_once -= 1
            raise GatewayError("The Hub does not answer.")
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


@pytest.mark.parametrize("verb", [Verb.START, Verb.ADVANCE])
def test_what_a_command_began_goes_on_after_a_look_that_saw_nothing(sim: Sim, verb: Verb) -> None:
    """It was refused half done, so a Space had been copied and nothing went on."""
    if verb is Verb.ADVANCE:
        sim.command(Verb.START)
        while sim.position().stage is Stage.PLANNED:
            sim.tick()
    seq = sim.command(verb, force=verb is Verb.ADVANCE, reason="a test")
    sim.tick()
    assert isinstance(sim.plane, SlowPlane)
    target = sim.plane.target
    assert target is not None
    sim.plane.can_be_read = False
    for _ in range(9):
        sim.tick()
    assert sim.answer(seq) == ""
    assert f"The `{verb}` continues when the data plane answers again: " in sim.holding
    sim.plane.can_be_read = True
    for _ in range(4):
        sim.tick()
    assert "by cli:" in sim.answer(seq)
    assert sim.plane.world == target


@pytest.mark.parametrize("fault", ["killed", "refused"])
def test_a_rollback_is_not_decided_while_a_change_forward_is_under_way(fault: str) -> None:
    """No user is on the new board yet, but what was begun could end by itself."""
    none = StageSettings()
    sim = Sim(
        TakeoverSettings(
            shadow=0, banner=False, parallel=none, guided=none, shifting=none, settled=none,
            cutover=StageSettings(deadline="60d"),
        )
    )  # fmt: skip
    plane = sim.plane = SlowPlane()
    sim.restart()
    sim.begin()
    for _ in range(20):
        sim.tick()
        if plane.target is not None and plane.target.share:
            break
    assert plane.target is not None
    assert plane.target.share, "a step forward is under way"
    assert plane.world == World(), "as after a rollback"
    sim.command(Verb.ROLLBACK)
    if fault == "killed":
        sim.book.kill_in, sim.book.kill_after = 1, True  # the intent is written, and nothing else
    else:
        plane.refuses_at_once = 1
    under_way = []
    sim.witness.entry = lambda entry: under_way.append((entry.record, plane.target))  # type: ignore[method-assign]
    for _ in range(8):
        sim.tick()
    back = [target for record, target in under_way
            if isinstance(record, Decided) and record.after.mode is Mode.ROLLED_BACK]  # fmt: skip
    assert back == [None]
    assert (sim.mode(), plane.world) == (Mode.ROLLED_BACK, World())
    assert plane.history == [], "no user was moved"


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
