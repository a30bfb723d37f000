"""Why a take-over stopped, and what an operator can do now. Pure."""

from __future__ import annotations

import msgspec

from frontrunner.base.errors import TakeoverError
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.fold import State
from frontrunner.takeover.looks import Look
from frontrunner.takeover.plan import parse_plan
from frontrunner.takeover.records import Cause, Decided, Reading
from frontrunner.takeover.situation import Sight, Situation
from frontrunner.takeover.stages import Mode, Stage

_RUN = "frontrunner takeover"
_STOPPED = (Mode.PAUSED, Mode.ROLLED_BACK, Mode.FAILED)
_BY_A_GATE = (Cause.GATE, Cause.DEADLINE)
_AFTER_FAILURE = f"Correct what the gateway refused, then try the step again: {_RUN} retry"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """The decision that stopped a take-over."""

    stage: Stage
    mode: Mode
    seq: int
    """Its entry in the ledger."""
    at: float
    cause: Cause
    why: str
    readings: tuple[Reading, ...]
    """What the gates said that stopped it; empty if no gate did."""


def held_of(state: State) -> Held | None:
    """Why it is paused, rolled back or failed; None if it is not."""
    stop = state.stopped_by
    return held_by(stop.seq, stop.at, stop.record) if stop else None


def held_by(seq: int, at: float, decided: Decided) -> Held | None:
    """The same for one decision; None if it does not stop the take-over."""
    here = decided.after
    if here.mode not in _STOPPED or here == decided.before:
        return None
    return Held(
        stage=here.stage,
        mode=here.mode,
        seq=seq,
        at=at,
        cause=decided.cause,
        why=decided.why,
        readings=decisive(decided),
    )


def decisive(decided: Decided) -> tuple[Reading, ...]:
    """The readings that stopped the take-over: those that failed, else those without a verdict."""
    if decided.cause not in _BY_A_GATE or decided.after.mode not in _STOPPED:
        return ()
    open_ = [
        one for one in decided.readings if one.verdict is not Verdict.PASSED and not one.dry_run
    ]
    failed = [one for one in open_ if one.verdict is Verdict.FAILED and one.armed]
    return tuple(failed if failed and decided.cause is Cause.GATE else open_)


def next_steps(state: State, look: Look | None) -> tuple[str, ...]:
    """What an operator can do now, each in one sentence."""
    held = held_of(state)
    approve = [
        f"Answer gate {gate}: {_RUN} approve {gate}, or {_RUN} reject {gate}"
        for gate in _waiting(state, look)
    ]
    if state.offered and state.position.mode is not Mode.FINISHED:
        approve.append(f"Restore the plan, or continue with the edited one: {_RUN} accept")
    return (*approve, *(ways_on(held) if held else ()))


def ways_on(held: Held) -> tuple[str, ...]:
    """What an operator can do after the take-over was stopped, each in one sentence."""
    if held.mode is Mode.ROLLED_BACK:
        return _after_rollback(held)
    moved = held.stage not in (Stage.PARALLEL, Stage.GUIDED)
    what = "Move all users back" if moved else "End it; no user was moved"
    forward = _after_pause(held) if held.mode is Mode.PAUSED else (_AFTER_FAILURE,)
    return (*forward, f"{what}: {_RUN} rollback")


def _waiting(state: State, look: Look | None) -> list[str]:
    """Gates that wait for a person's answer."""
    if look is None or not state.plan_text or look.position != state.position:
        return []
    try:
        plan = parse_plan(state.plan_text)
    except TakeoverError:  # of another version; others say so
        return []
    sight = Sight(clock=look.clock, reality=look.reality, readings=look.readings)
    now = Situation(state, plan, sight)
    known = {one.gate for one in now.readings}
    return [one for one in now.waiting(now.manual) if one in known] if now.is_active else []


def _after_pause(held: Held) -> tuple[str, ...]:
    overrule = f"Continue although not every gate passes: {_RUN} advance --force --reason TEXT"
    go_on = f"{_RUN} resume"
    failed = any(one.verdict is Verdict.FAILED for one in held.readings)
    if held.cause is Cause.GATE and failed:
        excuse = f"Overrule the gate until it passes once: {go_on} --force --reason TEXT"
        return (f"Correct what the gate found, wait until it passes, then: {go_on}", excuse)
    if held.cause is Cause.GATE:
        return (f"Make it possible to judge the gate, then: {go_on}", overrule)
    if held.cause is Cause.DEADLINE:
        return (f"Wait once more, with the full time: {go_on}", overrule)
    if held.cause is Cause.HEALTH:
        return (f"Repair the new board, then: {go_on}",)
    return (f"Go on: {go_on}",)


def _after_rollback(held: Held) -> tuple[str, ...]:
    again = f"start again at the first stage, with fresh counts: {_RUN} retry"
    if held.cause in (Cause.GATE, Cause.HEALTH):
        return (f"Correct the new board, then {again}",)
    return (f"{again[:1].upper()}{again[1:]}",)
