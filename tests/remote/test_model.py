"""What was stored is read back, and anything else is named as damage."""

from __future__ import annotations

import hashlib

import pytest

from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.remote.model import (
    Entry,
    FileRef,
    Listing,
    Pointer,
    checked_listing,
    decoded,
    digest_of_key,
    encoded,
    listing_key,
    object_key,
)

NAME, DIGEST = "1" * 16, "a" * 64
LISTING = Listing(snapshot=NAME, files=(FileRef(f"snapshots/{NAME}/x", 1, DIGEST),))


def entry_of(listing: Listing) -> Entry:
    return Entry(hashlib.sha256(encoded(listing)).hexdigest(), listing.snapshot, 1.0)


def test_both_come_back() -> None:
    pointer = Pointer(entries=(entry_of(LISTING),), checked_at=2.0)
    assert decoded(encoded(pointer), Pointer, "current.json") == pointer
    assert checked_listing(encoded(LISTING), entry_of(LISTING)) == LISTING


def test_another_listing_than_was_promised_is_damage() -> None:
    with pytest.raises(CorruptSnapshotError, match="has been changed"):
        checked_listing(encoded(LISTING) + b" ", entry_of(LISTING))
    other = Entry(entry_of(LISTING).listing, "2" * 16, 1.0)
    with pytest.raises(CorruptSnapshotError, match="is not of snapshot"):
        checked_listing(encoded(LISTING), other)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"entries": []}',
        b'{"entries": [["../../x", "1111111111111111", 1]]}',
        b"[" * 100_000,
    ],
)
def test_a_pointer_that_is_none_is_damage(body: bytes) -> None:
    with pytest.raises(CorruptSnapshotError, match="cannot be read"):
        decoded(body, Pointer, "current.json")


def test_a_later_format_asks_for_the_same_version_everywhere() -> None:
    later = encoded(Pointer(format=2, entries=(entry_of(LISTING),)))
    with pytest.raises(CorruptSnapshotError, match="same version"):
        decoded(later, Pointer, "current.json")


def test_keys_name_their_content() -> None:
    assert digest_of_key(object_key(DIGEST)) == digest_of_key(listing_key(DIGEST)) == DIGEST
    assert digest_of_key("objects/README") is None
