"""What to upload, what to point to, what to remove and what to download. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from pathlib import PurePosixPath
from typing import NamedTuple

from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.remote.model import (
    Entry,
    FileRef,
    Listing,
    Pointer,
    digest_of_key,
    listing_key,
    object_key,
)


class Found(NamedTuple):
    """One object of the store."""

    bytes: int
    modified: float
    """Seconds since the epoch, by the clock of the store."""


class Policy(NamedTuple):
    """What the store keeps."""

    keep: int
    grace: float
    """Seconds."""


class Move(Enum):
    """How the pointer changes."""

    WRITE = "write"
    SAME = "same"
    NEWER = "newer"
    """Another publisher wrote a later snapshot, which stays."""


def to_upload(
    listing: Listing, found: Mapping[str, Found], in_use: Collection[str], old: float
) -> list[FileRef]:
    """The files whose content the store does not have, each content once.

    An object that no current listing uses and that is from before `old` is written again: another
    publisher may be about to remove it.
    """
    wanted = {one.sha256: one for one in listing.files}
    return [
        one
        for digest, one in wanted.items()
        if (has := found.get(object_key(digest))) is None
        or has.bytes != one.bytes
        or (digest not in in_use and has.modified < old)
    ]


def next_pointer(
    before: Pointer | None, ours: Entry, checked_at: float | None, policy: Policy, now: float
) -> tuple[Move, Pointer]:
    """The pointer to write, or the one that stays."""
    if before is None:
        return Move.WRITE, Pointer(entries=(ours,), checked_at=checked_at)
    current = before.current
    if current.since > ours.since and current.snapshot != ours.snapshot:
        return Move.NEWER, before
    same_snapshot = current.snapshot == ours.snapshot
    if same_snapshot and before.checked_at is not None:
        checked_at = max(before.checked_at, checked_at or 0)
    if same_snapshot and (current.listing == ours.listing or current.since > ours.since):
        entries = before.entries
    else:
        others = tuple(one for one in before.entries if one.listing != ours.listing)
        entries = (ours, *others)
    fresh = Pointer(entries=kept(entries, policy, now), checked_at=checked_at)
    return (Move.SAME if fresh == before else Move.WRITE), fresh


def kept(entries: tuple[Entry, ...], policy: Policy, now: float) -> tuple[Entry, ...]:
    """The entries that stay: the newest, and those that were current within the grace time."""
    ended = [now, *(one.since for one in entries)]
    return tuple(
        one
        for place, one in enumerate(entries)
        if place < policy.keep or ended[place] > now - policy.grace
    )


def garbage(
    pointer: Pointer, listings: Iterable[Listing], found: Mapping[str, Found], before: float
) -> list[str]:
    """The keys that no entry of the pointer needs and that are from before a time.

    `listings` are those of all entries.
    """
    needed = {listing_key(one.listing) for one in pointer.entries}
    needed |= {object_key(file.sha256) for listing in listings for file in listing.files}
    return sorted(
        key
        for key, one in found.items()
        if digest_of_key(key) and key not in needed and one.modified < before
    )


_BESIDE = ("legacy/adopted.json", "moved.json")


def check_paths(listing: Listing) -> None:
    """Raises CorruptSnapshotError if a listing names a file that a server must not write."""
    for one in listing.files:
        if not is_allowed(one.path, listing.snapshot):
            raise CorruptSnapshotError(
                f"The listing of snapshot {listing.snapshot} in the store names {one.path!r}, "
                "which is not a file of a snapshot. Nothing was written."
            )


def is_allowed(path: str, snapshot: str) -> bool:
    """Whether a snapshot may bring a file at `path` of the home."""
    parts = path.split("/")
    if any(part in ("", "..") or part.startswith(".") for part in parts) or "\\" in path:
        return False
    below = (f"snapshots/{snapshot}/", f"legacy/calls/{snapshot}/", "past/timeline/")
    return path in _BESIDE or path.startswith(below)


def parts_of(listing: Listing) -> dict[str, list[FileRef]]:
    """The files by the folder that they are in."""
    found: dict[str, list[FileRef]] = {}
    for one in listing.files:
        found.setdefault(str(PurePosixPath(one.path).parent), []).append(one)
    return found
