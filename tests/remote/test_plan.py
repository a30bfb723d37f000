"""What is uploaded, pointed to, kept and removed."""

from __future__ import annotations

import pytest

from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.remote.model import Entry, FileRef, Listing, Pointer, listing_key, object_key
from frontrunner.remote.plan import (
    Found,
    Move,
    Policy,
    check_paths,
    garbage,
    is_allowed,
    kept,
    next_pointer,
    to_upload,
)

A, B, C, D = (letter * 64 for letter in "abcd")
ONE, TWO, THREE = ("1" * 16, "2" * 16, "3" * 16)
POLICY = Policy(keep=2, grace=100.0)


def file(digest: str, size: int = 1, name: str = "score.npy") -> FileRef:
    return FileRef(f"snapshots/{ONE}/{name}", size, digest)


def entry(listing: str, snapshot: str, since: float) -> Entry:
    return Entry(listing, snapshot, since)


def test_each_content_that_is_missing_is_uploaded_once() -> None:
    listing = Listing(snapshot=ONE, files=(file(A), file(A, name="copy"), file(B), file(C, 5)))
    found = {object_key(B): Found(1, 50), object_key(C): Found(4, 50)}
    # C is there, but not whole.
    assert [one.sha256 for one in to_upload(listing, found, {B}, old=0)] == [A, C]


def test_what_another_publisher_may_be_about_to_remove_is_uploaded_again() -> None:
    listing = Listing(snapshot=ONE, files=(file(A), file(B), file(C)))
    found = {object_key(one): Found(1, age) for one, age in ((A, 10), (B, 10), (C, 90))}
    assert [one.sha256 for one in to_upload(listing, found, {A}, old=50)] == [B]


def test_the_first_pointer() -> None:
    ours = entry(A, ONE, 5)
    assert next_pointer(None, ours, 7.0, POLICY, 10) == (
        Move.WRITE,
        Pointer(entries=(ours,), checked_at=7.0),
    )


def test_a_later_snapshot_replaces_an_earlier_one() -> None:
    before = Pointer(entries=(entry(A, ONE, 5),), checked_at=6)
    move, pointer = next_pointer(before, entry(B, TWO, 8), None, POLICY, 10)
    assert move is Move.WRITE
    assert [one.snapshot for one in pointer.entries] == [TWO, ONE]
    assert pointer.checked_at is None


def test_an_earlier_snapshot_replaces_none() -> None:
    before = Pointer(entries=(entry(A, ONE, 9),))
    assert next_pointer(before, entry(B, TWO, 8), None, POLICY, 10) == (Move.NEWER, before)


def test_the_same_again_is_not_written() -> None:
    before = Pointer(entries=(entry(A, ONE, 5),), checked_at=6)
    assert next_pointer(before, entry(A, ONE, 5), 6, POLICY, 10)[0] is Move.SAME
    assert next_pointer(before, entry(A, ONE, 5), None, POLICY, 10)[0] is Move.SAME
    # Another machine that published the same later, and knows less of how fresh it is.
    assert next_pointer(before, entry(B, ONE, 4), 3, POLICY, 10)[0] is Move.SAME


def test_freshness_and_new_answers_of_the_same_snapshot_are_written() -> None:
    before = Pointer(entries=(entry(A, ONE, 5),), checked_at=6)
    move, pointer = next_pointer(before, entry(A, ONE, 5), 8, POLICY, 10)
    assert (move, pointer.checked_at, pointer.entries) == (Move.WRITE, 8, before.entries)
    move, pointer = next_pointer(before, entry(B, ONE, 5), 8, POLICY, 10)
    assert move is Move.WRITE
    assert pointer.current.listing == B


def test_a_snapshot_that_comes_back_is_named_once() -> None:
    before = Pointer(entries=(entry(B, TWO, 8), entry(A, ONE, 5)))
    _, pointer = next_pointer(before, entry(A, ONE, 9), None, POLICY, 10)
    assert pointer.entries == (entry(A, ONE, 9), entry(B, TWO, 8))


def test_grace_begins_when_a_snapshot_is_replaced() -> None:
    entries = (entry(C, THREE, 990), entry(B, TWO, 985), entry(A, ONE, 1))
    # The oldest was current until 985, however long ago it was published.
    assert kept(entries, POLICY, 1000) == entries
    assert kept(entries, POLICY, 1086) == entries[:2]


def test_only_old_objects_that_nothing_needs_are_removed() -> None:
    pointer = Pointer(entries=(entry(A, ONE, 5),))
    found = {
        listing_key(A): Found(1, 1),
        listing_key(B): Found(1, 1),
        object_key(A): Found(1, 1),
        object_key(B): Found(1, 1),
        object_key(C): Found(1, 99),
        "objects/README": Found(1, 1),
    }
    listings = [Listing(snapshot=ONE, files=(file(A),))]
    assert garbage(pointer, listings, found, before=50) == [listing_key(B), object_key(B)]


@pytest.mark.parametrize(
    "path",
    [
        "current",
        "frontrunner.toml",
        f"snapshots/{TWO}/score.npy",
        f"snapshots/{ONE}/../../frontrunner.toml",
        f"snapshots/{ONE}//score.npy",
        f"snapshots/{ONE}/.hidden",
        f"snapshots/{ONE}/a\\b",
        f"snapshots/{ONE}",
        f"/snapshots/{ONE}/score.npy",
        f"legacy/calls/{TWO}/calls.bin",
    ],
)
def test_a_listing_can_write_nowhere_else(path: str) -> None:
    assert not is_allowed(path, ONE)
    with pytest.raises(CorruptSnapshotError, match="Nothing was written"):
        check_paths(Listing(snapshot=ONE, files=(FileRef(path, 1, A),)))


@pytest.mark.parametrize(
    "path",
    [
        f"snapshots/{ONE}/answers/answers.bin",
        f"legacy/calls/{ONE}/calls.bin",
        "legacy/adopted.json",
        "moved.json",
        "past/timeline/timeline.index",
    ],
)
def test_what_a_server_needs_is_allowed(path: str) -> None:
    assert is_allowed(path, ONE)
