"""Entries of the ledger and moments of time, in words. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from frontrunner.takeover.console.naming import mode_words, named, percent
from frontrunner.takeover.notices import reading_line
from frontrunner.takeover.records import (
    Acted,
    Commanded,
    Decided,
    Intended,
    NewData,
    Noted,
    Observed,
    PlanChanged,
    Record,
    Refused,
    Restarted,
    StepBegun,
    StepEnded,
    Unknown,
)
from frontrunner.takeover.stages import Mode, Position, World


def kind(record: Record) -> str:
    """The kind of a record, as the ledger has it."""
    return str(record.__struct_config__.tag)


def phrase(record: Record) -> str:  # noqa: C901, PLR0911, PLR0912 -- one for each kind
    """What a record says, in one line and without its readings."""
    match record:
        case Commanded():
            about = f" {record.gate}" if record.gate else ""
            forced = " without waiting for the gates" if record.force else ""
            return f"{record.verb.capitalize()}{about}{forced}{_because(record.reason)}"
        case Decided():
            after = position(record.after)
            same = record.before == record.after
            return record.why if same else f"{position(record.before)} → {after}. {record.why}"
        case Refused():
            return f"Command {record.command} was refused. {record.why}"
        case Intended():
            return f"About to set {world(record.after)}. {record.why}"
        case Acted():
            seen = "could not be read back" if record.seen is None else world(record.seen)
            failed = f" Error: {record.error}" if record.error else ""
            return f"After {record.intent}: {seen}.{failed}"
        case StepBegun():
            return f"Step {record.step}: {record.title}"
        case StepEnded():
            how = f"failed. {record.error}" if record.error else "is done"
            return f"Step {record.step} {how}"
        case Observed():
            return reading_line(record.reading)
        case Restarted():
            return f"The counts start again. {record.why}"
        case NewData():
            return f"The {record.side} board has new data: {record.data}"
        case PlanChanged():
            how = "was accepted" if record.accepted else "was edited and is not accepted"
            return f"The plan {record.found[:12]} {how}"
        case Noted():
            return f"{record.topic}: {record.text}"
        case Unknown():
            return f"{record.name or 'a record'} of a later version: {record.text[:300]}"


def position(found: Position) -> str:
    """A position with its mode, if that is not `running`."""
    mode = "" if found.mode is Mode.RUNNING else f" ({mode_words(found.mode)})"
    return f"{named(found, None)}{mode}"


def world(found: World) -> str:
    """What the data plane does."""
    names = ("banner", "settled", "parallel", "broken")
    flags = [name for name in names if getattr(found, name)]
    return ", ".join(
        [f"share {percent(found.share)}", f"comparing {percent(found.shadow)}", *flags]
    )


def _because(reason: str) -> str:
    return f". Reason: {reason}" if reason else ""


# --- time -----------------------------------------------------------------------------------------


def moment(at: float) -> str:
    """A moment to the second, in UTC."""
    return _utc(at).strftime("%Y-%m-%d %H:%M:%S")


def iso(at: float) -> str:
    """A moment as `time` elements want it."""
    return _utc(at).strftime("%Y-%m-%dT%H:%M:%SZ")


_END = 253_402_300_799.0
"""The last second of the year 9999."""


def _utc(at: float) -> datetime:
    return datetime.fromtimestamp(min(max(at, 0.0), _END) if at == at else 0.0, UTC)


_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def span(seconds: float) -> str:
    """A length of time in its two largest units, such as `2 days 3 hours`."""
    left = max(0, round(seconds))
    parts: list[str] = []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count or parts:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}" if count else "")
    return " ".join(part for part in parts[:2] if part) or "0 seconds"
