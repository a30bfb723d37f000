"""The state machine: what to do next, from what is known. Pure.

`decide` gives one step. The controller carries it out, adds the outcome to the ledger, and asks
again, until there is nothing to do. The rules are tried in order, and the first that has a step
wins. So a rollback comes before everything that goes forward, and what the data plane was seen to
do is written down before anything else is decided.

Every position wants one state of the data plane (`plan.wanted`). A decision about a new position is
written only after the data plane was seen to do what that position wants. Until then the position
is the one before, and an intent says where it is going.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from frontrunner.takeover.conditions import blockers
from frontrunner.takeover.fold import State
from frontrunner.takeover.plan import Plan, wanted
from frontrunner.takeover.plane import Side
from frontrunner.takeover.records import (
    Acted,
    Cause,
    Intended,
    NewData,
    Observed,
    PlanChanged,
    Refused,
    Restarted,
)
from frontrunner.takeover.situation import Act, Alarm, Append, Sight, Situation, Step
from frontrunner.takeover.stages import Mode, Stage, World, goes_on
from frontrunner.takeover.verbs import answer, roll_back


def decide(state: State, plan: Plan, sight: Sight) -> Step:
    """The next step; `plan` is the one in force, or the one found if nothing was started."""
    now = Situation(state, plan, sight)
    for rule in _RULES:
        step = rule(now)
        if isinstance(step, Act):
            return msgspec.structs.replace(step, alarms=tuple(now.alarms))
        if step is not None:
            return step
    return now.hold()


# --- record what is known -------------------------------------------------------------------------


def _reconcile(now: Situation) -> Step | None:
    """Find out the outcome of the last intent: after a crash, or after a late write."""
    intent, seen = now.state.intent, now.world
    if intent is None or now.is_under_way or now.moves_elsewhere:
        return None
    if not intent.is_done and seen is not None:
        if seen == intent.record.after or intent.outcome is None:
            return Append(record=Acted(intent=intent.seq, seen=seen))
        return None
    to = intent.record.to
    if not intent.is_done or to is None or intent.record.after != wanted(now.plan, to):
        return None
    record = intent.record
    return now.decided(to, record.why, record.cause, record.command, record.readings)


def _notice_plan(now: Situation) -> Step | None:
    found = now.sight.found_hash
    if now.position.stage is Stage.PLANNED or not found:
        return None
    if found not in (now.state.plan, now.state.offered):
        return Append(record=PlanChanged(found=found, accepted=False))
    if found == now.state.plan and now.state.offered:
        return Append(record=PlanChanged(found=found, accepted=True))
    return None


def _notice_code(now: Situation) -> Step | None:
    """New code on either side makes all evidence worthless."""
    reality = now.sight.reality
    if reality is None or not now.is_active:
        return None
    pairs = (
        ("old", now.state.old_code, reality.old.code),
        ("new", now.state.new_code, reality.new.code),
    )
    changed = [side for side, known, seen in pairs if seen is not None and seen != known]
    if not changed:
        return None
    known = {side: code for side, code, _ in pairs}
    why = ", and ".join(
        f"the {side} board runs new code"
        if known[side]
        else f"the code of the {side} board is known now"
        for side in changed
    )
    return Append(
        record=Restarted(
            why=f"{why[:1].upper()}{why[1:]}.",
            old_code=reality.old.code,
            new_code=reality.new.code,
            clock=now.sight.clock,
        )
    )


def _notice_data(now: Situation) -> Step | None:
    reality = now.sight.reality
    if reality is None or not now.is_active:
        return None
    sides: tuple[tuple[str, str | None, Side], ...] = (
        ("old", now.state.old_data, reality.old),
        ("new", now.state.new_data, reality.new),
    )
    for name, known, side in sides:
        if side.data is not None and side.data != known:
            return Append(record=NewData(side=name, data=side.data))
    return None


def _observe(now: Situation) -> Step | None:
    if not now.is_active:
        return None
    for reading in now.readings:
        if now.state.observed.get(reading.gate) != reading.verdict:
            return Append(record=Observed(reading=reading))
    return None


# --- back -----------------------------------------------------------------------------------------


def _go_on_back(now: Situation) -> Step | None:
    """A rollback that was begun stays wanted until the data plane is seen to follow it."""
    back = now.state.going_back
    if back is None:
        return None
    step = roll_back(now, back.why, back.cause, back.command, force=back.force)
    error = now.state.intent.error if now.state.intent else ""
    if error:
        now.alarm("rollback-fails", f"The rollback is not done yet and is tried again: {error}")
    return step or now.hold()


def _heed_gates(now: Situation) -> Step | None:
    """A gate that fails stops the take-over, whether it runs or waits."""
    failed = now.failed() if now.is_active else []
    if not failed:
        return None
    why = " ".join(f"{one.gate} has failed. {one.text}" for one in failed)
    if now.has_moved_users:
        return roll_back(now, why, Cause.GATE)
    now.why.append(why)
    if now.position.mode is Mode.RUNNING:
        return now.decided(now.with_mode(Mode.PAUSED), why, Cause.GATE)
    return None


def _heed_silence(now: Situation) -> Step | None:
    """A gate that cannot judge for longer than it may pauses the take-over."""
    silent = now.unjudged() if now.is_active and now.position.mode is Mode.RUNNING else []
    if not silent:
        return None
    why = " ".join(f"{one.gate} is {one.verdict} for too long. {one.text}" for one in silent)
    return now.decided(now.with_mode(Mode.PAUSED), why, Cause.GATE)


def _heed_health(now: Situation) -> Step | None:
    sick = now.sight.sick_for
    if not now.is_active or now.new_is_healthy is not False or sick < now.plan.sick:
        return None
    why = f"The health of the new board has been bad for {sick:,.0f} s."
    if now.has_moved_users:
        return roll_back(now, why, Cause.HEALTH)
    now.why.append(why)
    if now.position.mode is Mode.RUNNING:
        return now.decided(now.with_mode(Mode.PAUSED), why, Cause.HEALTH)
    return None


# --- waiting --------------------------------------------------------------------------------------


def _heed_deadline(now: Situation) -> Step | None:
    if not now.is_active or now.position.mode is not Mode.RUNNING:
        return None
    deadline = now.plan.stage(now.position.stage).deadline
    if now.state.against_deadline(now.sight.clock) < deadline:
        return None
    missing = blockers(now)
    rest = f" Not everything passes: {' '.join(missing)}" if missing else ""
    why = f"The deadline of {now.position.stage} is over.{rest}"
    return now.decided(now.with_mode(Mode.PAUSED), why, Cause.DEADLINE)


def _give_up(now: Situation) -> Step | None:
    """A step forward that the data plane refuses again and again is not retried forever."""
    intent = now.state.intent
    if intent is None or now.state.attempts < now.plan.attempts:
        return None
    to, command = intent.record.to, intent.record.command
    if to is None or to.mode is not Mode.RUNNING:
        return None
    why = f"The data plane refused the step {now.state.attempts} times: {intent.error}"
    if now.is_active:
        return now.decided(now.with_mode(Mode.FAILED), why, Cause.REFUSED, command)
    return Append(record=Refused(command=command, why=why)) if command is not None else None


def _restore(now: Situation) -> Step | None:
    """Write what the position wants whenever the data plane does something else."""
    seen, after = now.world, now.wanted
    watched = now.is_active or now.position.mode is Mode.ROLLED_BACK
    if not watched or seen is None or (seen == after and now.moving in (None, after)):
        return None
    if after.share and not seen.share and not seen.settled:
        why = "All users were found on the old board: they were moved back by hand."
        if seen.broken:
            why = "The deployed board no longer runs."
        return now.decided(now.with_mode(Mode.ROLLED_BACK), why, Cause.DRIFT)
    objection = now.objection(after) or (now.back_waits if goes_on(seen, after) else "")
    text = f"The data plane does {_plain(seen)} instead of {_plain(after)}."
    if objection:
        now.alarm("drift", f"{text} {objection} It is left as it is.")
        return None
    intent = now.state.intent
    if intent is not None and intent.record.to is None and intent.error:
        now.alarm("drift", f"{text} It cannot be restored: {intent.error}")
    return now.act(Intended(before=seen, after=after, why=text, cause=Cause.DRIFT))


def _carry_on(now: Situation) -> Step | None:
    """A change that takes long was begun on evidence; it ends before that is weighed again."""
    intent = now.state.intent
    if intent is None or not now.is_under_way:
        return None
    return Act(intent=intent.record, seq=intent.seq)


def _plain(world: World) -> str:
    names = ("banner", "settled", "parallel", "broken")
    flags = [name for name in names if getattr(world, name)]
    shares = [f"share {world.share / 100:g}%", f"shadow {world.shadow / 100:g}%"]
    return ", ".join([*shares, *flags])


# --- forward --------------------------------------------------------------------------------------


def _advance(now: Situation) -> Step | None:
    if not now.is_active or now.position.mode is not Mode.RUNNING:
        return None
    missing = blockers(now)
    if missing:
        now.why += missing
        return None
    why = "Everything that the plan requires holds."
    to = now.next
    if to is None:
        return now.decided(now.with_mode(Mode.FINISHED), why, Cause.EVIDENCE)
    after = wanted(now.plan, to)
    return now.act(Intended(before=now.world, after=after, why=why, to=to, readings=now.readings))


def _watch_progress(now: Situation) -> Step | None:
    """A position that has not changed for long is reported repeatedly."""
    idle = now.sight.clock - now.state.progressed
    waits = now.is_active or now.position.mode is Mode.ROLLED_BACK
    if not waits or idle < now.plan.stale:
        return None
    expected = (
        now.position.mode is Mode.RUNNING
        and now.state.running(now.sight.clock) < now.plan.stage(now.position.stage).at_least
    )
    if not expected:
        why = " ".join(("", *now.why))
        text = f"Nothing has moved for {idle:,.0f} s. It is at {now.position}.{why}"
        now.alarms.append(Alarm(key="stale", text=text, every=now.plan.stale))
    return None


_WAITS = {
    Mode.PAUSED: "It is paused. Run `resume`, `advance` or `rollback`.",
    Mode.ROLLED_BACK: "Everything is rolled back. Run `retry` to start over.",
    Mode.FAILED: "A step was refused too often. Run `retry` or `rollback`.",
    Mode.FINISHED: "The take-over is finished.",
}


def _say_mode(now: Situation) -> Step | None:
    """What it waits for if nothing else says so."""
    if now.position.stage is Stage.PLANNED:
        now.why.append("The take-over has not been started.")
    elif now.position.mode in _WAITS:
        now.why.append(_WAITS[now.position.mode])
    return None


_RULES: tuple[Callable[[Situation], Step | None], ...] = (
    _reconcile,
    _give_up,
    _notice_plan,
    answer,
    _go_on_back,
    _notice_code,
    _notice_data,
    _observe,
    _heed_gates,
    _heed_health,
    _heed_silence,
    _heed_deadline,
    _carry_on,
    _restore,
    _advance,
    _watch_progress,
    _say_mode,
)
