"""The state of a take-over: a fold over the entries of its ledger. Pure.

Nothing else is remembered. A controller that starts reads all entries, asks the data plane what it
does, and so knows everything that the previous controller knew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from frontrunner.checks.gates import Verdict
from frontrunner.takeover.records import (
    Acted,
    Cause,
    Commanded,
    Decided,
    Entry,
    Intended,
    NewData,
    Observed,
    PlanChanged,
    Refused,
    Restarted,
    Verb,
)
from frontrunner.takeover.stages import Mode, Position

ALL = ""
"""The name under which an approval of all manual gates is kept if an entry does not name them."""


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A command that was not answered yet."""

    seq: int
    actor: str
    command: Commanded


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """The last change that the controller was about to make since its last decision."""

    seq: int
    record: Intended
    outcome: Acted | None = None
    """None if the ledger does not have it."""

    @property
    def is_done(self) -> bool:
        """Whether the data plane was seen to follow it."""
        outcome = self.outcome
        return outcome is not None and outcome.seen == self.record.after and not outcome.error

    @property
    def error(self) -> str:
        """Why it was not done; empty if that is not known."""
        return self.outcome.error if self.outcome else ""


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """The decision that set a mode in which it does not go on by itself."""

    seq: int
    at: float
    record: Decided


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Where a take-over is. Times named `at` are of the ledger, all others are of its clock."""

    position: Position = Position()
    plan: str = ""
    """Hash of the plan in force; empty before the start."""
    plan_text: str = ""
    """That plan as JSON."""
    accepted: int = 0
    """The record that put it in force."""
    offered: str = ""
    """Hash of the plan as it is now, if it was edited and not accepted."""

    at: float = 0.0
    """When the stage, or the step of shifting, began."""
    counts_at: float = 0.0
    """When the counts of the evidence began."""
    clock: float = 0.0
    """The latest time of the clock that the ledger has."""
    progressed: float = 0.0
    """The last decision."""
    ran: float = 0.0
    """Seconds in this step before the controller was last set running."""
    spent: float = 0.0
    """The same for the deadline, which restarts when a deadline's pause ends."""
    resumed: float = 0.0
    """When it was last set running."""
    cause: Cause | None = None
    """What made the last decision that changed the position."""
    stopped_by: Stop | None = None
    """The last decision that changed the position, unless it runs there."""

    pending: tuple[Pending, ...] = ()
    handled: int = 0
    """The last command that was answered."""
    intent: Intent | None = None
    going_back: Intended | None = None
    """A rollback that was begun and not yet seen to be done."""
    attempts: int = 0
    """How often the data plane refused since the last success."""
    approved: dict[str, bool] = {}
    """Manual gates that were approved or rejected in this step; see `ALL`."""
    excused: frozenset[str] = frozenset()
    """Gates that had failed when an operator forced a step: they do not undo it."""
    observed: dict[str, Verdict] = {}
    """The last verdict of each gate in this step."""
    old_code: str | None = None
    new_code: str | None = None
    old_data: str | None = None
    new_data: str | None = None
    last: int = 0
    """The last entry."""
    last_at: float = 0.0

    def running(self, clock: float) -> float:
        """Seconds that this step has been running."""
        return self.ran + self._since(clock)

    def against_deadline(self, clock: float) -> float:
        """Seconds that count against the deadline of this step."""
        return self.spent + self._since(clock)

    def approval(self, gate: str) -> bool | None:
        """Whether a manual gate was approved or rejected; None while it waits."""
        return self.approved.get(gate, self.approved.get(ALL))

    def _since(self, clock: float) -> float:
        return max(clock - self.resumed, 0.0) if self.position.mode is Mode.RUNNING else 0.0


def fold(entries: Iterable[Entry], state: State | None = None) -> State:
    """The state after some entries, from the beginning or from an earlier state."""
    found = state or State()
    for entry in entries:
        found = after(found, entry)
    return found


def after(state: State, entry: Entry) -> State:
    """The state after one more entry."""
    changed = _changed(state, entry)
    return msgspec.structs.replace(changed, last=entry.seq, last_at=entry.at)


def _changed(state: State, entry: Entry) -> State:
    how = _HOW.get(type(entry.record))
    return how(state, entry, entry.record) if how else state


def _commanded(state: State, entry: Entry, command: Commanded) -> State:
    new = Pending(seq=entry.seq, actor=entry.actor, command=command)
    return msgspec.structs.replace(state, pending=(*state.pending, new))


def _answered(state: State, seq: int) -> State:
    left = tuple(one for one in state.pending if one.seq != seq)
    handled = max(state.handled, seq)
    return msgspec.structs.replace(state, pending=left, handled=handled)


def _refused(state: State, _: Entry, refused: Refused) -> State:
    intent, seq = state.intent, refused.command
    given_up = intent is not None and intent.record.command == seq
    attempts = 0 if given_up else state.attempts
    return msgspec.structs.replace(
        _answered(state, seq), intent=None if given_up else intent, attempts=attempts
    )


def _intended(state: State, entry: Entry, intended: Intended) -> State:
    is_back = intended.to is not None and intended.to.mode is Mode.ROLLED_BACK
    return msgspec.structs.replace(
        state,
        intent=Intent(seq=entry.seq, record=intended),
        going_back=intended if is_back else state.going_back,
    )


def _acted(state: State, _: Entry, acted: Acted) -> State:
    intent = state.intent
    if intent is None or intent.seq != acted.intent:
        return state
    done = acted.seen == intent.record.after and not acted.error
    interrupted = not done and not acted.error
    attempts = 0 if done else state.attempts + bool(acted.error)
    kept = None if interrupted else msgspec.structs.replace(intent, outcome=acted)
    return msgspec.structs.replace(state, intent=kept, attempts=attempts)


def _decided(state: State, entry: Entry, decided: Decided) -> State:
    replace = msgspec.structs.replace
    before, now, clock = state.position, decided.after, max(decided.clock, state.clock)
    forced = _is_forced(state, decided)
    state = _approvals(state, decided)
    if decided.command is not None:
        state = _answered(state, decided.command)
    since = state._since(clock)
    found = replace(
        state,
        position=now,
        clock=clock,
        progressed=clock,
        cause=state.cause if before == now else decided.cause,
        ran=state.ran + since,
        spent=0.0 if _is_new_deadline(state, now) else state.spent + since,
        resumed=clock,
    )
    if before == now:  # an approval, or an accepted plan: what is under way goes on
        return found
    stop = Stop(seq=entry.seq, at=entry.at, record=decided)
    found = replace(
        found,
        intent=None,
        going_back=None,
        attempts=0,
        stopped_by=None if now.mode is Mode.RUNNING else stop,
    )
    if (before.stage, before.step) != (now.stage, now.step) or _is_retry(before, now):
        found = replace(
            found, at=entry.at, counts_at=entry.at, ran=0.0, spent=0.0, approved={}, observed={}
        )
    if forced and now.mode is Mode.RUNNING:
        failed = {one.gate for one in decided.readings if one.verdict is Verdict.FAILED}
        found = replace(found, excused=found.excused | failed)
    return found


def _is_forced(state: State, decided: Decided) -> bool:
    """Whether it answers a command with `--force`, which has its actor and its reason."""
    return any(one.seq == decided.command and one.command.force for one in state.pending)


def _is_new_deadline(state: State, now: Position) -> bool:
    """Whether what a deadline has paused goes on."""
    was_paused = state.position.mode is Mode.PAUSED and now.mode is Mode.RUNNING
    return was_paused and state.cause is Cause.DEADLINE


def _is_retry(before: Position, now: Position) -> bool:
    return before.mode is Mode.ROLLED_BACK and now.mode is Mode.RUNNING


def _approvals(state: State, decided: Decided) -> State:
    for one in state.pending:
        verb = one.command.verb
        if one.seq == decided.command and verb in (Verb.APPROVE, Verb.REJECT):
            given = verb is Verb.APPROVE
            approved = state.approved
            if one.command.gate == ALL and not decided.gates:  # entries of earlier versions
                approved = {}
            names = decided.gates or (one.command.gate,)
            approved = {**approved, **dict.fromkeys(names, given)}
            return msgspec.structs.replace(state, approved=approved)
    return state


def _observed(state: State, _: Entry, record: Observed) -> State:
    gate, verdict = record.reading.gate, record.reading.verdict
    excused = state.excused if verdict is Verdict.FAILED else state.excused - {gate}
    observed = {**state.observed, gate: verdict}
    return msgspec.structs.replace(state, observed=observed, excused=excused)


def _new_data(state: State, _: Entry, new: NewData) -> State:
    if new.side == "old":
        return msgspec.structs.replace(state, old_data=new.data)
    return msgspec.structs.replace(state, new_data=new.data)


def _restarted(state: State, entry: Entry, restarted: Restarted) -> State:
    clock = max(restarted.clock, state.clock)
    return msgspec.structs.replace(
        state,
        counts_at=entry.at,
        clock=clock,
        ran=0.0,
        # The deadline is not reset: two alternating versions would postpone it forever.
        spent=state.spent + state._since(clock),
        resumed=clock,
        approved={},
        excused=frozenset(),
        observed={},
        old_code=restarted.old_code or state.old_code,
        new_code=restarted.new_code or state.new_code,
    )


def _plan_changed(state: State, entry: Entry, changed: PlanChanged) -> State:
    replace = msgspec.structs.replace
    if not changed.accepted:
        return replace(state, offered=changed.found)
    position = state.position
    if changed.step is not None:
        position = replace(position, step=changed.step)
    return replace(
        state,
        position=position,
        plan=changed.found,
        plan_text=changed.plan or state.plan_text,
        accepted=entry.seq,
        offered="",
    )


_HOW: dict[type, Callable[[State, Entry, Any], State]] = {
    Commanded: _commanded,
    Refused: _refused,
    Decided: _decided,
    Intended: _intended,
    Acted: _acted,
    Observed: _observed,
    Restarted: _restarted,
    NewData: _new_data,
    PlanChanged: _plan_changed,
}
"""What each kind of record changes; the others change nothing."""
