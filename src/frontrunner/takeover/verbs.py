"""What the machine does with a command: one function for each verb. Pure.

A function answers with a step, or with None if the command has to wait. A command that made no
sense is refused at once, with a reason.
"""

from __future__ import annotations

from collections.abc import Callable

from frontrunner.checks.gates import Verdict
from frontrunner.takeover.conditions import blockers, undrained
from frontrunner.takeover.edits import objection_to_edit
from frontrunner.takeover.fold import Pending
from frontrunner.takeover.plan import (
    STEP_BACK,
    Plan,
    parse_plan,
    plan_text,
    wanted,
)
from frontrunner.takeover.records import (
    Cause,
    Intended,
    PlanChanged,
    Refused,
    Verb,
)
from frontrunner.takeover.situation import Act, Append, Situation, Step
from frontrunner.takeover.stages import Mode, Position, Stage, World
from frontrunner.takeover.way_back import way_back

IN_ORDER = frozenset({Verb.APPROVE, Verb.REJECT, Verb.ACCEPT})
"""Verbs that are answered one after the other. Of all others the last one wins."""
_EDITED = "The plan was edited. Run `frontrunner takeover accept` first, or restore the plan."


def answer(now: Situation) -> Step | None:
    """Answer the oldest command that can be answered."""
    pending = now.state.pending
    if now.state.going_back is not None:
        return _while_going_back(now, now.state.going_back)
    for one in pending:
        if one.command.verb in IN_ORDER:
            return _carried_out(now, one)
    if len(pending) > 1:
        last = pending[-1]
        why = f"Superseded by command {last.seq}, {last.command.verb}, which came later."
        return Append(record=Refused(command=pending[0].seq, why=why))
    return _carried_out(now, pending[0]) if pending else None


def _while_going_back(now: Situation, back: Intended) -> Step | None:
    """A rollback under way is not stopped; a forced one does not wait for the old board."""
    for one in now.state.pending:
        if one.command.verb is not Verb.ROLLBACK:
            return refused(one, "A rollback is under way.")
        if one.command.force and not back.force:
            return _rollback(now, one)
    return None  # it goes on, and other rollbacks are answered when it is done


def _carried_out(now: Situation, one: Pending) -> Step | None:
    verb = one.command.verb
    if now.position.stage is Stage.PLANNED and verb is not Verb.START:
        return refused(one, "Nothing is in progress. The take-over has not been started.")
    if over := why_over(now.position, verb):
        return refused(one, over)
    if now.world is None and _is_begun(now, one):
        now.why.append(f"{_begun_unseen(verb)} {now.sight.error}")
        return None
    return _HOW[verb](now, one)


def _is_begun(now: Situation, one: Pending) -> bool:
    """Whether the data plane was already given the change that a command asks for."""
    intent = now.state.intent
    return intent is not None and intent.record.command == one.seq


def _begun_unseen(verb: Verb) -> str:
    """A refusal would leave half of what was begun."""
    return f"The `{verb}` continues when the data plane answers again:"


def why_over(position: Position, verb: Verb) -> str:
    """Why a command comes after the end; empty if it does not, or is the way back."""
    if position.mode is not Mode.FINISHED or verb is Verb.ROLLBACK:
        return ""
    return (
        "The take-over is finished: no gate is measured and no user is moved any more. To take all "
        "users back while the old board runs: frontrunner takeover rollback"
    )


def refused(one: Pending, why: str) -> Append:
    """The answer to a command that is not carried out."""
    return Append(record=Refused(command=one.seq, why=why))


def _why(one: Pending, text: str) -> str:
    reason = one.command.reason.strip()
    return f"{text} by {one.actor}" + (f": {reason}" if reason else ".")


def _why_forced(now: Situation, one: Pending, text: str) -> str:
    """The same for a step that may overrule gates, with their names."""
    failed = [gate.gate for gate in now.readings if gate.verdict is Verdict.FAILED]
    overruled = f" (overrules {', '.join(failed)})" if one.command.force and failed else ""
    return _why(one, f"{text}{overruled}")


# --- beginning and ending ---------------------------------------------------------------------


def _start(now: Situation, one: Pending) -> Step | None:
    if now.position.stage is not Stage.PLANNED:
        return refused(one, f"It was already started and is at {now.position}.")
    found, seen = now.sight.found, now.world
    if found is None:
        return refused(one, "The settings cannot be read, so there is no plan.")
    if now.state.plan != now.sight.found_hash:
        return _in_force(now, found)
    if seen is None:
        return refused(one, f"The data plane does not answer: {now.sight.error}")
    if seen.share or seen.settled:
        return refused(
            one,
            f"{seen.share / 100:g}% of the visitors are on the new board already. Take them "
            f"back first; {way_back(found.hub, force=False)}",
        )
    to = Position(stage=Stage.PARALLEL)
    return _go(now, one, to, _why(one, "Started"))


def _in_force(now: Situation, plan: Plan, step: int | None = None) -> Append:
    changed = PlanChanged(
        found=now.sight.found_hash, accepted=True, plan=plan_text(plan), step=step
    )
    return Append(record=changed)


def _finish(now: Situation, one: Pending) -> Step | None:
    unsettled = why_not_finish(now.position)
    if unsettled:
        return refused(one, unsettled)
    missing = [] if one.command.force else blockers(now)
    if missing:
        return refused(one, _not_all(missing))
    if reasonless := _missing_reason(one):
        return refused(one, reasonless)
    done = now.with_mode(Mode.FINISHED)
    return now.decided(done, _why(one, "Finished"), Cause.COMMAND, one.seq)


def why_not_finish(position: Position) -> str:
    """Why a take-over cannot end where it is, with or without force; empty if it can."""
    if position.stage is not Stage.SETTLED:
        return f"It is at {position.stage}, not settled yet."
    return {
        Mode.ROLLED_BACK: "It is rolled back.",
        Mode.FAILED: "A step has failed. Run `retry` first.",
    }.get(position.mode) or why_over(position, Verb.FINISH)


def _retry(now: Situation, one: Pending) -> Step | None:
    if now.position.mode is Mode.FAILED:
        again = now.with_mode(Mode.RUNNING)
        return now.decided(again, _why(one, "Tried again"), Cause.COMMAND, one.seq)
    if now.position.mode is not Mode.ROLLED_BACK:
        return refused(one, f"Nothing was rolled back. It is {now.position.mode}.")
    if now.state.offered:
        return refused(one, _EDITED)
    if now.world is None:
        return refused(one, f"The data plane does not answer: {now.sight.error}")
    if now.world.share or now.world.settled:
        return None  # the rollback is restored first
    return _go(now, one, Position(stage=Stage.PARALLEL), _why(one, "Restarted"))


# --- on and back ------------------------------------------------------------------------------


def _advance(now: Situation, one: Pending) -> Step | None:
    objection = _objection_to_advance(now, one)
    if objection:
        return refused(one, objection)
    to = now.next
    if to is None or now.world != now.wanted:
        return None  # what the position wants is restored first
    forced = "Forced" if one.command.force else "Advanced"
    return _go(now, one, to, _why_forced(now, one, forced))


def _objection_to_advance(now: Situation, one: Pending) -> str:
    """Why an `advance` is not carried out; empty if it is."""
    impossible = _impossible(now)
    if impossible or one.command.force:
        return impossible or _missing_reason(one)
    failed = now.failed()
    missing = [f"{gate.gate} has failed. {gate.text}" for gate in failed]
    # The command itself approves what the next stage waits for.
    missing += now.open_gates(besides=[now.start_gate, *(gate.gate for gate in failed)])
    early = _too_early(now)
    missing += [early] if early else []
    return _not_all(missing) if missing else ""


def _not_all(missing: list[str]) -> str:
    return f"Not everything passes: {' '.join(missing)}"


def _impossible(now: Situation) -> str:
    """What even force does not overcome."""
    healthy = now.new_is_healthy is True
    known = now.world is not None
    return " ".join(
        text for wrong, text in (
            (now.position.mode not in (Mode.RUNNING, Mode.PAUSED),
             f"It is {now.position.mode}. Use `retry`."),
            (now.next is None, "This is the last stage. Use `finish`."),
            (bool(now.state.offered), _EDITED),
            (not known, f"The data plane does not answer: {now.sight.error}"),
            (known and not healthy,
             "The new board is not known to be healthy. Even a forced step needs it."),
        ) if wrong
    )  # fmt: skip


def _too_early(now: Situation) -> str:
    """What of the cut-over is not over, before the old board's paths are given away."""
    if now.position.stage is not Stage.CUTOVER:
        return ""
    left = now.plan.warm - now.state.running(now.sight.clock)
    if left > 0:
        return f"The old board is kept warm for {left:,.0f} s more. Use --force to end that."
    return undrained(now)


def _missing_reason(one: Pending) -> str:
    missing = one.command.force and not one.command.reason.strip()
    return "A forced step needs a reason: --reason TEXT." if missing else ""


def _go(now: Situation, one: Pending, to: Position, why: str) -> Step | None:
    after = wanted(now.plan, to)
    objection = now.objection(after)
    if objection:
        return refused(one, objection)
    return now.act(
        Intended(
            before=now.world, after=after, why=why, to=to, cause=Cause.COMMAND,
            command=one.seq, readings=now.readings,
        )
    )  # fmt: skip


def _rollback(now: Situation, one: Pending) -> Step | None:
    if now.position.mode is Mode.ROLLED_BACK:
        return refused(one, "Everything is rolled back already.")
    why = _why(one, "Rolled back")
    return roll_back(now, why, Cause.COMMAND, one.seq, force=one.command.force)


def roll_back(
    now: Situation, why: str, cause: Cause, command: int | None = None, *, force: bool = False
) -> Act | None:
    """Move all users back, routes first; None, with an alarm, if the old board is not healthy."""
    left = 0.0 if force else _left_of_step(now)
    if left > 0:
        now.back_waits = f"Users go back step by step; the next step follows in {left:,.0f} s."
        now.why.append(now.back_waits)
        return None
    after = _step_back(now, force=force)
    objection = now.objection(after, force=force)
    if objection:
        now.back_waits = (
            f"{objection} Users stay where they are; a rollback is wanted: {why} To move them "
            "although it is not: frontrunner takeover rollback --force"
        )
        now.alarm("rollback-waits", now.back_waits)
        return None
    return now.act(
        Intended(
            before=now.world, after=after, why=why, to=now.with_mode(Mode.ROLLED_BACK),
            cause=cause, command=command, force=force, readings=now.readings,
        )
    )  # fmt: skip


def _step_back(now: Situation, *, force: bool) -> World:
    """The next world on the way back: all at once, or the next smaller share of the plan."""
    seen = now.world
    if force or seen is None or not now.plan.stage(now.position.stage).stepwise:
        return World()
    smaller = [one for one in now.plan.shares if one < seen.share]
    return World(share=smaller[-1]) if smaller else World()


def _left_of_step(now: Situation) -> float:
    """Seconds that a step of a stepwise rollback still has, so that the old board warms up."""
    intent = now.state.intent
    is_step = intent is not None and now.state.going_back is not None and intent.is_done
    if intent is None or not is_step or now.world != intent.record.after:
        return 0.0
    return intent.record.clock + STEP_BACK - now.sight.clock


# --- waiting ----------------------------------------------------------------------------------


def _pause(now: Situation, one: Pending) -> Step | None:
    if now.position.mode is not Mode.RUNNING:
        return refused(one, f"It is {now.position.mode} already.")
    paused = now.with_mode(Mode.PAUSED)
    return now.decided(paused, _why(one, "Paused"), Cause.COMMAND, one.seq)


def _resume(now: Situation, one: Pending) -> Step | None:
    if now.position.mode is not Mode.PAUSED:
        return refused(one, f"It is {now.position.mode}, not paused.")
    failed = [] if one.command.force else now.failed()
    if failed:
        why = " ".join(f"{gate.gate} has failed. {gate.text}" for gate in failed)
        return refused(one, f"{why} To overrule: --force --reason TEXT.")
    missing = _missing_reason(one)
    if missing:
        return refused(one, missing)
    running = now.with_mode(Mode.RUNNING)
    why = _why_forced(now, one, "Resumed")
    return now.decided(running, why, Cause.COMMAND, one.seq)


def _approval(now: Situation, one: Pending) -> Step | None:
    manual = now.manual
    if not now.is_active or not manual:
        return refused(one, "No manual gate waits here.")
    gate, approves = one.command.gate, one.command.verb is Verb.APPROVE
    if gate and gate not in manual:
        return refused(one, f"{gate!r} is not a manual gate here. There are: {', '.join(manual)}.")
    meant = [gate] if gate else now.waiting(manual) if approves else manual
    if not meant:
        return refused(one, f"No gate waits for an approval now. Name one of: {', '.join(manual)}.")
    text = f"{'Approved' if approves else 'Rejected'} {', '.join(meant)}"
    why = _why(one, text)
    return now.decided(now.position, why, Cause.COMMAND, one.seq, gates=tuple(meant))


def _accept(now: Situation, one: Pending) -> Step | None:
    if now.state.accepted > one.seq:
        return now.decided(now.position, _why(one, "Plan accepted"), Cause.PLAN, one.seq)
    if not now.state.offered:
        return refused(one, "The plan was not edited.")
    found = now.sight.found
    if found is None or now.sight.found_hash != now.state.offered:
        return refused(one, "The settings cannot be read, or changed again. Look at the plan.")
    return _accepted(now, one, found)


def _accepted(now: Situation, one: Pending, found: Plan) -> Step:
    objection = _objection_to_edit(now, found)
    if objection:
        return refused(one, objection)
    if now.position.stage is not Stage.SHIFTING or now.position.mode is Mode.ROLLED_BACK:
        return _in_force(now, found)
    share = wanted(parse_plan(now.state.plan_text), now.position).share
    steps = [step for step, one_ in enumerate(found.shares) if one_ <= share]
    if not steps:
        return refused(
            one,
            f"The smallest share of the edited plan, {found.shares[0] / 100:g}%, is above the "
            f"present {share / 100:g}%. Add a smaller one, or roll back first.",
        )
    return _in_force(now, found, steps[-1])


def _objection_to_edit(now: Situation, found: Plan) -> str:
    """Why an edited plan cannot be put in force here; empty if it can."""
    moving = now.moving
    return objection_to_edit(
        parse_plan(now.state.plan_text).hub,
        found.hub,
        moved=now.world is None or now.has_moved_users or (moving is not None and moving.share > 0),
        rolled_back=now.position.mode is Mode.ROLLED_BACK,
    )


_HOW: dict[Verb, Callable[[Situation, Pending], Step | None]] = {
    Verb.START: _start,
    Verb.ADVANCE: _advance,
    Verb.PAUSE: _pause,
    Verb.RESUME: _resume,
    Verb.APPROVE: _approval,
    Verb.REJECT: _approval,
    Verb.ROLLBACK: _rollback,
    Verb.RETRY: _retry,
    Verb.FINISH: _finish,
    Verb.ACCEPT: _accept,
}
