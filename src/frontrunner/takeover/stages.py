"""The positions of a take-over, and what the gateway has to do at each."""

from __future__ import annotations

from enum import StrEnum

import msgspec

FULL = 10_000
"""All buckets: shares are counted in 10,000ths."""


class Stage(StrEnum):
    """The stages of a take-over, in order."""

    PLANNED = "planned"
    """Nothing has begun."""
    PARALLEL = "parallel"
    """Both boards run; users see the old one; a share of reads is compared."""
    GUIDED = "guided"
    """A banner on the old board leads to the new one."""
    SHIFTING = "shifting"
    """A growing share of users gets the new board, one step of the plan's shares at a time."""
    CUTOVER = "cutover"
    """All users get the new board; the old one is kept warm."""
    SETTLED = "settled"
    """The old board's own paths belong to the new board."""


class Mode(StrEnum):
    """What the controller does at a stage."""

    RUNNING = "running"
    PAUSED = "paused"
    """Waits for the operator. Deadlines stop; gates go on being measured."""
    ROLLED_BACK = "rolled_back"
    """All users are on the old board again; `retry` starts the stages again."""
    FAILED = "failed"
    """A step was refused too often to go on by itself; users are where they were."""
    FINISHED = "finished"
    """The take-over is over."""


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """One place in a plan."""

    stage: Stage = Stage.PLANNED
    step: int = 0
    """Index in the plan's shares while shifting; 0 at every other stage."""
    mode: Mode = Mode.RUNNING

    def __str__(self) -> str:
        """For people, such as `shifting, step 2 (rolled back)`; steps count from 1."""
        step = f", step {self.step + 1}" if self.stage is Stage.SHIFTING else ""
        mode = "" if self.mode is Mode.RUNNING else f" ({self.mode.replace('_', ' ')})"
        return f"{self.stage}{step}{mode}"


class World(msgspec.Struct, frozen=True, kw_only=True):
    """What the data plane does, or has to do: all of it is written in one step."""

    share: int = 0
    """Buckets of 10,000 that go to the new board."""
    shadow: int = 0
    """Of 10,000 reads that the old board answers, how many are compared."""
    banner: bool = False
    settled: bool = False
    parallel: bool = False
    """On a hub: the old board is saved and archived, and the new one runs next to it. A gateway has
    both boards anyway."""
    broken: bool = False
    """On a hub: what was deployed does not run. Nothing ever wants that."""


def goes_back(before: World, after: World) -> bool:
    """Whether users, or paths, go to the old board."""
    return after.share < before.share or (before.settled and not after.settled)


def goes_on(before: World, after: World) -> bool:
    """Whether users, or paths, go to the new board."""
    return after.share > before.share or (after.settled and not before.settled)
