"""What a command would do now, without doing it."""

from __future__ import annotations

import msgspec

from frontrunner.base.errors import GatewayError
from frontrunner.takeover.fold import Pending, State, fold
from frontrunner.takeover.machine import decide
from frontrunner.takeover.plan import Plan, parse_plan, plan_hash, plan_text
from frontrunner.takeover.plane import Reality, Side
from frontrunner.takeover.records import Commanded, Decided, Entry, Reading, Refused
from frontrunner.takeover.situation import Act, Append, Sight
from frontrunner.takeover.stages import World
from frontrunner.takeover.surroundings import Parts

_MOST_RECORDS = 20
"""Records that the controller may write before it answers a command; it needs one or two."""
_RECENT = 60.0
"""Seconds for which a look of the controller tells what holds now."""


def preview(parts: Parts, state: State, command: Commanded) -> str:
    """What the controller would do for a command, in a sentence. Raises FrontrunnerError.

    What it would write down first, whatever the command, is taken as written.
    """
    found = parts.find_plan()
    plan = parse_plan(state.plan_text) if state.plan_text else found
    reality, error = _read(parts)
    sight = Sight(
        clock=state.clock,
        reality=reality,
        error=error,
        old=Side(healthy=parts.plane.old_is_healthy()),
        old_asked=True,
        readings=_readings(parts, state, plan, reality),
        found=found,
        found_hash=plan_hash(found),
    )
    given = _as_if_given(state, command, found)
    step = decide(given, plan, sight)
    for _ in range(_MOST_RECORDS):
        if not isinstance(step, Append) or _answers(step, given):
            break
        # Such as the decision that a killed controller had no time to write down.
        counts, given = given.counts_at, fold([_entry(given, step)], given)
        if given.counts_at != counts:  # what was measured before is void
            sight = msgspec.structs.replace(sight, readings=_readings(parts, given, plan, reality))
        step = decide(given, plan, sight)
    if isinstance(step, Act):
        return f"It would change the data plane: {_plain(step.intent.after)}. {step.intent.why}"
    if isinstance(step, Append) and isinstance(step.record, Refused):
        return f"It would be refused: {step.record.why}"
    if isinstance(step, Append) and isinstance(step.record, Decided):
        return f"It would be at {step.record.after}, and the data plane stays as it is."
    if isinstance(step, Append):
        return "The controller has something else to write down first. Try again."
    return f"It would wait: {step.why}"


def _answers(step: Append, state: State) -> bool:
    """Whether a record answers the command that is given."""
    record = step.record
    return isinstance(record, Decided | Refused) and record.command == state.pending[-1].seq


def _entry(state: State, step: Append) -> Entry:
    """A record as the next entry of the ledger, after that of the command."""
    seq = max(state.last, state.pending[-1].seq) + 1
    return Entry(
        seq=seq, at=state.last_at, actor="controller", plan=state.plan, token=0,
        record=step.record, previous="", hash="",
    )  # fmt: skip


def _readings(
    parts: Parts, state: State, plan: Plan, reality: Reality | None
) -> tuple[Reading, ...]:
    """What the controller measured just now; only it has asked both boards and run the checks."""
    look = parts.last_look()
    is_of_now = look is not None and look.position == state.position
    if look is not None and is_of_now and abs(parts.clock.at() - look.at) < _RECENT:
        return look.readings
    return tuple(parts.judge.readings(state, plan, reality))


def _read(parts: Parts) -> tuple[Reality | None, str]:
    try:
        return parts.plane.read(), ""
    except (GatewayError, OSError) as failure:
        return None, str(failure)


def _as_if_given(state: State, command: Commanded, found: Plan) -> State:
    """The state with this command alone, and everything written down that comes before it."""
    pending = Pending(seq=state.last + 1, actor="this user", command=command)
    planned = not state.plan
    return msgspec.structs.replace(
        state,
        pending=(pending,),
        plan=plan_hash(found) if planned else state.plan,
        plan_text=plan_text(found) if planned else state.plan_text,
    )


def _plain(world: World) -> str:
    keeps = "with the new board" if world.settled else "with the old board"
    return (
        f"{world.share / 100:g}% of the visitors on the new board, {world.shadow / 100:g}% of the "
        f"reads compared, banner {'on' if world.banner else 'off'}, the old board's paths {keeps}"
    )
