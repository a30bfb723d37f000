"""The report of a take-over, made from its ledger alone. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from frontrunner.takeover.fold import State, after
from frontrunner.takeover.ledger.hashes import Verified
from frontrunner.takeover.plan import parse_plan, wanted
from frontrunner.takeover.records import (
    Acted,
    Commanded,
    Decided,
    Entry,
    Intended,
    Noted,
    PlanChanged,
    Reading,
    Refused,
    Restarted,
)
from frontrunner.takeover.stages import Position


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The take-over went from one position to another, and why."""

    seq: int
    at: float
    before: Position
    after: Position
    share: int
    """Of 10,000 visitors, after it."""
    cause: str
    why: str
    actor: str
    """The actor of the command; `controller` if there was none."""
    watched: float
    """Seconds that controllers had watched by then."""
    readings: tuple[Reading, ...]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A command, and what came of it."""

    seq: int
    at: float
    actor: str
    verb: str
    reason: str
    force: bool
    was_refused: bool | None
    """None if it got no answer."""
    answer: str


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Anything else that a reader should know."""

    seq: int
    at: float
    kind: str
    """The topic of a note such as `alarm` or `lease`, or `analysis-restarted`, `plan-changed`,
    `refused-write`."""
    text: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole take-over."""

    position: Position
    began: float | None
    """Seconds since the epoch; None before the start."""
    ended: float
    """The last entry."""
    plan: str
    entries: int
    writes: int
    """Changes of the data plane that were intended."""
    chain: Verified
    decisions: tuple[Decision, ...]
    commands: tuple[Asked, ...]
    events: tuple[Event, ...]


def report_of(entries: Iterable[Entry], chain: Verified) -> Report:
    """The report of a whole ledger, entries in order."""
    state, writes = State(), 0
    decisions: list[Decision] = []
    commands: dict[int, Asked] = {}
    events: list[Event] = []
    for entry in entries:
        state = after(state, entry)
        record = entry.record
        writes += isinstance(record, Intended)
        if isinstance(record, Commanded):
            commands[entry.seq] = _asked(entry, record)
        if isinstance(record, Decided | Refused) and record.command in commands:
            commands[record.command] = _answered(commands[record.command], record)
        if isinstance(record, Decided):
            asked = commands.get(record.command or 0)
            decisions.append(_decision(state, entry, record, asked.actor if asked else entry.actor))
        event = _event(entry)
        events += [event] if event else []
    return Report(
        position=state.position,
        began=decisions[0].at if decisions else None,
        ended=state.last_at,
        plan=state.plan,
        entries=state.last,
        writes=writes,
        chain=chain,
        decisions=tuple(decisions),
        commands=tuple(commands.values()),
        events=tuple(events),
    )


def _decision(state: State, entry: Entry, decided: Decided, actor: str) -> Decision:
    plan = parse_plan(state.plan_text) if state.plan_text else None
    return Decision(
        seq=entry.seq,
        at=entry.at,
        before=decided.before,
        after=decided.after,
        share=wanted(plan, decided.after).share if plan else 0,
        cause=decided.cause,
        why=decided.why,
        actor=actor,
        watched=decided.clock,
        readings=decided.readings,
    )


def _asked(entry: Entry, command: Commanded) -> Asked:
    return Asked(
        seq=entry.seq,
        at=entry.at,
        actor=entry.actor,
        verb=f"{command.verb} {command.gate}".strip(),
        reason=command.reason,
        force=command.force,
        was_refused=None,
        answer="",
    )


def _answered(asked: Asked, record: Decided | Refused) -> Asked:
    refused = isinstance(record, Refused)
    return msgspec.structs.replace(asked, was_refused=refused, answer=record.why)


def _event(entry: Entry) -> Event | None:
    match entry.record:
        case Noted(topic=topic, text=text):
            kind = topic
        case Restarted(why=why):
            kind, text = "analysis-restarted", f"The counts start again. {why}"
        case PlanChanged(found=plan, accepted=accepted):
            how = "is in force" if accepted else "was found and is not accepted"
            kind, text = "plan-changed", f"The plan {plan[:12]} {how}."
        case Acted(error=error) if error:
            kind, text = "refused-write", error
        case _:
            return None
    return Event(seq=entry.seq, at=entry.at, kind=kind, text=text)
