"""Copy a published snapshot to object storage: its files first, then one small pointer."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import NamedTuple

from frontrunner.base.errors import CorruptSnapshotError, SnapshotError, StoreError
from frontrunner.remote.bucket import Bucket, Read
from frontrunner.remote.contents import Opened, listing_of, open_contents
from frontrunner.remote.model import (
    LISTINGS,
    OBJECTS,
    POINTER,
    Entry,
    Listing,
    Pointer,
    checked_listing,
    decoded,
    encoded,
    listing_key,
    object_key,
)
from frontrunner.remote.plan import Move, Policy, garbage, next_pointer, to_upload
from frontrunner.snapshot.freshness import read_checked_at
from frontrunner.snapshot.store import Store, remedy, whole_damage

_TRIES = 5


class Pushed(NamedTuple):
    """What a push did."""

    snapshot: str
    files: int
    uploaded: int
    uploaded_bytes: int
    removed: int
    pointed: bool
    """Whether the pointer changed."""


def push(
    bucket: Bucket, store: Store, policy: Policy, clock: Callable[[], float] = time.time
) -> Pushed:
    """Copy the current snapshot of a home to the store, and make it current there.

    It may be killed at any instant: servers follow the pointer, which is written last. Raises
    StoreError if the store rejects it or has a later snapshot, SnapshotError if the
    snapshot is damaged, UnknownNameError if none is published.
    """
    snapshot = store.current()
    problems = whole_damage(snapshot)
    if problems:
        raise SnapshotError(
            f"Snapshot {snapshot.id} is damaged and was not copied to {bucket.address}: "
            f"{problems[0]}. {remedy(problems)}"
        )
    with ExitStack() as stack:
        opened = open_contents(store.at, snapshot.id, stack)
        listing = listing_of(snapshot.id, opened)
        body = encoded(listing)
        since = _published_at(store, snapshot.id)
        ours = Entry(hashlib.sha256(body).hexdigest(), snapshot.id, since)
        sent = _upload(bucket, opened, listing, policy, clock())
        bucket.write(listing_key(ours.listing), body)
    checked_at = read_checked_at(store.at, snapshot.id)
    pointed, pointer = _point(bucket, ours, checked_at, policy, clock)
    removed = prune(bucket, pointer, policy, clock()) if pointed else 0
    size = sum(one.ref.bytes for one in sent)
    return Pushed(snapshot.id, len(opened), len(sent), size, removed, pointed)


def _published_at(store: Store, snapshot: str) -> float:
    """When it was published; never before the publish before it, if the clock was set back."""
    latest, found = 0.0, None
    for event in store.history():
        latest = max(latest, event.at)
        if event.snapshot == snapshot:
            found = latest
    return store.current().built_at if found is None else found


def read_pointer(bucket: Bucket) -> tuple[Pointer | None, str | None]:
    """The pointer and its tag; both None if nothing was published yet.

    Raises StoreError, and CorruptSnapshotError if it cannot be read.
    """
    try:
        found = bucket.read(POINTER)
    except FileNotFoundError:
        return None, None
    return (None, None) if found is None else (decoded(found.body, Pointer, POINTER), found.tag)


def _upload(
    bucket: Bucket, opened: list[Opened], listing: Listing, policy: Policy, now: float
) -> list[Opened]:
    before, _ = read_pointer(bucket)
    # What is about to leave the pointer may be removed by another publisher meanwhile.
    safe = before.entries[: max(policy.keep - 1, 1)] if before else ()
    in_use = {
        file.sha256 for entry in safe for file in getattr(_listing(bucket, entry), "files", ())
    }
    found = bucket.found(OBJECTS)
    wanted = {one.sha256 for one in to_upload(listing, found, in_use, now - policy.grace / 2)}
    sent = []
    for one in opened:
        if one.ref.sha256 in wanted:
            wanted.discard(one.ref.sha256)
            bucket.write(object_key(one.ref.sha256), one.file)
            sent.append(one)
    return sent


def _listing(bucket: Bucket, entry: Entry) -> Listing | None:
    """The listing of an entry; None if no server can use it either."""
    try:
        found = bucket.read(listing_key(entry.listing))
        return None if found is None else checked_listing(found.body, entry)
    except (FileNotFoundError, CorruptSnapshotError):
        return None


def _point(
    bucket: Bucket,
    ours: Entry,
    checked_at: float | None,
    policy: Policy,
    clock: Callable[[], float],
) -> tuple[bool, Pointer]:
    for _ in range(_TRIES):
        before, tag = read_pointer(bucket)
        move, pointer = next_pointer(before, ours, checked_at, policy, clock())
        if move is Move.NEWER:
            raise StoreError(
                f"The store {bucket.address} has snapshot {pointer.current.snapshot}, which was "
                f"published after {ours.snapshot}. It was not replaced. To go back to an "
                "earlier one, roll back on the machine that published it, or publish again here."
            )
        if move is Move.SAME or bucket.replace(POINTER, encoded(pointer), tag):
            return move is Move.WRITE, pointer
    raise StoreError(
        f"Other publishers keep changing {POINTER} in {bucket.address}. Nothing was made current. "
        "Let one machine publish, and run: frontrunner store push"
    )


def prune(bucket: Bucket, pointer: Pointer, policy: Policy, now: float) -> int:
    """Remove what no kept entry needs, after the grace time; how many objects.

    Raises StoreError if the store does not answer; nothing that is needed is removed then.
    """
    listings = []
    for entry in pointer.entries:
        listing = _listing(bucket, entry)
        if listing is not None:
            listings.append(listing)
    found = bucket.found(LISTINGS) | bucket.found(OBJECTS)
    gone = garbage(pointer, listings, found, now - policy.grace)
    bucket.delete(gone)
    return len(gone)


def read_current(bucket: Bucket, tag: str | None) -> tuple[Pointer, Read] | None:
    """The pointer if it changed since `tag`, else None.

    Raises StoreError if there is none yet or the store does not answer, CorruptSnapshotError if it
    cannot be read.
    """
    try:
        found = bucket.read(POINTER, tag)
    except FileNotFoundError:
        raise StoreError(
            f"Nothing is published in {bucket.address}. On the machine that builds the board, run: "
            f"frontrunner store push --store {bucket.address}"
        ) from None
    return None if found is None else (decoded(found.body, Pointer, POINTER), found)
