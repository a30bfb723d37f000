"""Positions and shares in a few words. Pure."""

from __future__ import annotations

from frontrunner.takeover.notices import STAGE_NAMES
from frontrunner.takeover.plan import Plan, wanted
from frontrunner.takeover.stages import Mode, Position, Stage

MEANINGS = {
    Stage.PLANNED: "Nothing has begun. All users get the old board.",
    Stage.PARALLEL: "Both boards run. All users get the old board. A share of reads is compared.",
    Stage.GUIDED: "A banner on the old board links to the new one. Users choose.",
    Stage.SHIFTING: "A growing share of users gets the new board.",
    Stage.CUTOVER: "All users get the new board. The old board is kept running.",
    Stage.SETTLED: "The old board's own paths belong to the new board.",
}


def percent(share: int) -> str:
    """A share of 10,000 as a percentage."""
    return f"{share / 100:g}%"


def named(position: Position, plan: Plan | None) -> str:
    """A position without its mode, such as `Shifting, step 2 of 5 (5%)`."""
    name = STAGE_NAMES[position.stage]
    if position.stage is not Stage.SHIFTING:
        return name
    if plan is None:
        return f"{name}, step {position.step + 1}"
    share = percent(share_of(position, plan))
    return f"{name}, step {position.step + 1} of {len(plan.shares)} ({share})"


def share_of(position: Position, plan: Plan) -> int:
    """The share of a place in the plan, of 10,000, in any mode."""
    return wanted(plan, Position(stage=position.stage, step=position.step, mode=Mode.RUNNING)).share


def mode_words(mode: Mode) -> str:
    """A mode for people: `rolled back`."""
    return mode.value.replace("_", " ")
