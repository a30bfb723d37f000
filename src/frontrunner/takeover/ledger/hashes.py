"""The chain: each entry's hash covers its text, and its text has the hash of the entry before.

The text that is hashed has seven lines, each ended by a line feed, in UTF-8: seq, at, actor, plan,
token, record, previous. They are the columns of the table as they are stored, so that the hash can
be recomputed without this program:

    sqlite3 -separator $'\\n' ledger.db \\
      'SELECT seq, at, actor, plan, token, record, previous FROM ledger WHERE seq = 1' | sha256sum

No column may contain a line feed, so two different entries never have the same text. JSON escapes
line feeds, and `append` refuses them elsewhere.

A chain without a signature shows what was changed by mistake, by a damaged disk, or by somebody
who did not recompute every later hash. It cannot show that somebody with write access made the
whole chain again, or cut its end together with the mark of its length. A hash that was kept
elsewhere shows that too: see `known` of `check`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

import msgspec

from frontrunner.takeover.records import Entry, Record, Unknown

FIRST = "0" * 64
"""What the first entry has as the hash of the entry before."""


class Row(NamedTuple):
    """An entry as it is stored."""

    seq: int
    at: str
    """UTC with microseconds, such as `2025-11-25T22:07:01.123456Z`; sorts as time does."""
    actor: str
    plan: str
    token: int
    record: str
    """JSON."""
    previous: str
    hash: str


class Mark(NamedTuple):
    """The last entry that was written, kept apart from the entries."""

    seq: int
    hash: str


NOTHING = Mark(0, FIRST)
"""The mark of an empty ledger."""


class Fault(StrEnum):
    """What is wrong with a chain."""

    CHANGED = "changed"
    """The entry is not as it was written."""
    MISSING = "missing"
    """An entry before a later one is not there."""
    OUT_OF_ORDER = "out of order"
    """The entry is sound by itself and does not follow the one before."""
    CUT = "cut"
    """Entries at the end are not there."""
    ADDED = "added"
    """Entries at the end were not written by this program."""


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What recomputing a chain found."""

    entries: int
    """Sound entries before the first fault."""
    head: str
    """Hash of the last of them: to keep elsewhere, and to compare with later."""
    fault: Fault | None = None
    """None if the chain holds."""
    seq: int = 0
    """The entry with the fault; 0 without one."""
    text: str = ""
    """The finding in one sentence."""

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return self.fault is None


def text_of(row: Row) -> bytes:
    """What the hash of an entry covers."""
    return "".join(f"{value}\n" for value in row[:-1]).encode("utf-8", "surrogateescape")


def hash_of(row: Row) -> str:
    """SHA-256 of the text of an entry, in hexadecimal."""
    return sha256(text_of(row)).hexdigest()


def check(rows: Iterable[Row], mark: Mark, known: Mapping[int, str]) -> Verified:
    """Recompute a chain, entries in order of `seq`, and compare its end with the mark.

    `known` has hashes by `seq` that were kept elsewhere. Stops at the first fault.
    """
    last, at = NOTHING, ""
    for row in rows:
        fault, text = _fault(row, last, at, mark, known)
        if fault:
            seq = last.seq + 1 if fault is Fault.MISSING else row.seq
            return Verified(entries=last.seq, head=last.hash, fault=fault, seq=seq, text=text)
        last, at = Mark(row.seq, row.hash), row.at
    return _end(last, max([mark.seq, *known]))


def _fault(
    row: Row, last: Mark, at: str, mark: Mark, known: Mapping[int, str]
) -> tuple[Fault | None, str]:
    name, wanted = f"Entry {row.seq}", last.seq + 1
    faults = (
        (row.seq < wanted, Fault.OUT_OF_ORDER, f"{name} cannot be: numbers begin at 1."),
        (row.seq > wanted, Fault.MISSING, f"Entry {wanted} is missing; the next is {row.seq}."),
        (row.seq > mark.seq, Fault.ADDED, f"{name} is after the last one written, {mark.seq}."),
        (hash_of(row) != row.hash, Fault.CHANGED, f"{name} is not as it was written."),
        (row.previous != last.hash, Fault.OUT_OF_ORDER, f"{name} does not follow {last.seq}."),
        (row.at < at, Fault.OUT_OF_ORDER, f"{name} is older than the one before."),
        (
            row.seq == mark.seq and row.hash != mark.hash,
            Fault.CHANGED,
            f"{name} is not the last one written.",
        ),
        (
            known.get(row.seq, row.hash) != row.hash,
            Fault.CHANGED,
            f"{name} does not have the hash that was kept of it.",
        ),
    )
    return next(((fault, text) for is_so, fault, text in faults if is_so), (None, ""))


def _end(last: Mark, wanted: int) -> Verified:
    if last.seq >= wanted:
        return Verified(entries=last.seq, head=last.hash)
    seq = last.seq + 1
    text = f"Entries {seq} to {wanted} are missing at the end."
    return Verified(entries=last.seq, head=last.hash, fault=Fault.CUT, seq=seq, text=text)


# --- entries and rows -----------------------------------------------------------------------------


def time_text(at: float) -> str:
    """Seconds since the epoch as text. Raises ValueError outside of the years 1970 to 9999."""
    if not 0 <= at < _END:
        raise ValueError(f"{at} is not a time between 1970 and 9999")
    found = datetime.fromtimestamp(at, UTC)
    return found.strftime("%Y-%m-%dT%H:%M:%S.") + f"{found.microsecond:06}Z"


_END = 253_402_300_799.0
"""The last second of 9999."""


def row_of(values: Iterable[object]) -> Row:
    """A row as a database gives it. SQLite may hold any type in any column."""
    seq, at, actor, plan, token, record, previous, own = values
    return Row(
        _number(seq), _text(at), _text(actor), _text(plan),
        _number(token), _text(record), _text(previous), _text(own),
    )  # fmt: skip


def _number(value: object) -> int:
    """-1, which no entry has, for what is no number."""
    return value if isinstance(value, int) else -1


def _text(value: object) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


def entry_of(row: Row) -> Entry:
    """A stored entry as a value. What this version cannot read becomes an `Unknown` record."""
    return Entry(
        seq=row.seq,
        at=_seconds(row.at),
        actor=row.actor,
        plan=row.plan,
        token=row.token,
        record=_record(row.record),
        previous=row.previous,
        hash=row.hash,
    )


def _seconds(at: str) -> float:
    """0.0 for what is no time: `check` names such an entry, and the rest of it can be read."""
    try:
        return datetime.fromisoformat(at).timestamp()
    except ValueError:
        return 0.0


_records: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


class _Kind(msgspec.Struct):
    kind: str = ""


def _record(text: str) -> Record:
    try:
        found = _records.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return Unknown(name=_kind(text), text=text)
    return Unknown(name="unknown", text=text) if isinstance(found, Unknown) else found


def _kind(text: str) -> str:
    try:
        return msgspec.json.decode(text, type=_Kind).kind
    except (msgspec.DecodeError, ValueError, RecursionError):
        return ""
