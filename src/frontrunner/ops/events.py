"""What happened to a home: an append-only log of typed events, `events.jsonl`.

One JSON object a line, with its kind in `event` and its time in `at`. The docstrings below are
the reference: docs/events.md is generated from them. A kind is never renamed and a field never
changes its meaning; new ones may be added.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import get_args

import msgspec

from frontrunner.base.atomic import append_line
from frontrunner.base.home import Home
from frontrunner.snapshot.manifest import Seconds


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    at: Seconds = msgspec.field(default_factory=time.time)
    """When it happened, in seconds since the epoch."""


class Built(_Event, frozen=True, tag="built"):
    """A build wrote a snapshot, or found that the same one exists."""

    snapshot: str
    """The name of the snapshot."""
    rows: int
    """Score rows in it."""
    files_rejected: int
    """Result files that were rejected."""


class BuildFailed(_Event, frozen=True, tag="build-failed"):
    """A build ended with an error. The published snapshot did not change."""

    reason: str
    """The error, as the command printed it."""


class Published(_Event, frozen=True, tag="published"):
    """A snapshot became current."""

    snapshot: str
    """The name of the snapshot."""
    previous: str | None
    """The snapshot that was current before; null for the first."""


class RolledBack(_Event, frozen=True, tag="rolled-back"):
    """An earlier snapshot became current again."""

    snapshot: str
    """The name of the snapshot that is current now."""
    previous: str | None
    """The snapshot that was current before."""


class Held(_Event, frozen=True, tag="held"):
    """A snapshot was built but not published."""

    snapshot: str
    """The name of the snapshot."""
    reason: str = ""
    """Why: the command was run with --no-publish, or what the guards found."""


class Accepted(_Event, frozen=True, tag="accepted"):
    """A person published a snapshot that guards had held."""

    snapshot: str
    """The name of the snapshot."""
    by: str
    """Who accepted it."""
    reason: str
    """The reason that the person gave."""
    guards: tuple[str, ...]
    """The guards that had held it."""


class Prepared(_Event, frozen=True, tag="prepared"):
    """The answers of a snapshot were prepared."""

    snapshot: str
    """The name of the snapshot."""


class Unprepared(_Event, frozen=True, tag="unprepared"):
    """The answers of a snapshot could not be prepared; servers compute each on request."""

    snapshot: str
    """The name of the snapshot."""
    reason: str
    """The error, as the command printed it."""


class Pruned(_Event, frozen=True, tag="pruned"):
    """Old snapshots were removed."""

    snapshots: tuple[str, ...]
    """Their names, oldest first."""


class Adopted(_Event, frozen=True, tag="adopted"):
    """The configuration of an old board was adopted, so its calls are answered."""

    boards: int
    """Boards in the configuration."""


Event = (
    Built
    | BuildFailed
    | Published
    | RolledBack
    | Held
    | Accepted
    | Prepared
    | Unprepared
    | Pruned
    | Adopted
)
"""Everything that is logged."""

KINDS: tuple[type[_Event], ...] = get_args(Event)
"""The kinds of events, in the order of docs/events.md."""


def record(home: Home, event: Event) -> None:
    """Append an event to the log of a home. Raises OSError if it cannot be written."""
    append_line(home.events, msgspec.json.encode(event))


def read_events(home: Home) -> Iterator[Event]:
    """The events of a home, oldest first.

    A line that a crash cut off, or of a kind that this version does not know, is left out.
    Raises OSError if the log cannot be read.
    """
    if not home.events.exists():
        return
    for line in home.events.read_bytes().splitlines():
        try:
            event: Event = msgspec.json.decode(line, type=Event)
        except (ValueError, RecursionError):
            continue
        yield event
