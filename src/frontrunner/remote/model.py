"""What is stored besides the files of a snapshot: the listing and the pointer."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, TypeVar

import msgspec

from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.snapshot.manifest import Seconds

FORMAT = 1
POINTER = "current.json"
OBJECTS = "objects/"
LISTINGS = "listings/"
_HEX = re.compile(r"[0-9a-f]{64}")
_Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
_Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8,64}$")]
T = TypeVar("T", bound="Pointer | Listing")


class FileRef(msgspec.Struct, frozen=True, order=True):
    """One file: its path in the home, and its content."""

    path: str
    bytes: Annotated[int, msgspec.Meta(ge=0)]
    sha256: _Digest


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """The files that a server needs for one snapshot."""

    format: int = FORMAT
    snapshot: _Id
    files: tuple[FileRef, ...]


class Entry(msgspec.Struct, frozen=True):
    """A listing, and since when it is or was current."""

    listing: _Digest
    snapshot: _Id
    since: Seconds


class Pointer(msgspec.Struct, frozen=True, kw_only=True):
    """What is current, and what was before, the newest first."""

    format: int = FORMAT
    entries: Annotated[tuple[Entry, ...], msgspec.Meta(min_length=1)]
    checked_at: Seconds | None = None
    """When the sources last gave the current snapshot."""

    @property
    def current(self) -> Entry:
        """The entry that servers follow."""
        return self.entries[0]


def object_key(digest: str) -> str:
    """Where the content with this SHA-256 is."""
    return f"{OBJECTS}{digest}"


def listing_key(digest: str) -> str:
    """Where the listing with this SHA-256 is."""
    return f"{LISTINGS}{digest}.json"


def digest_of_key(key: str) -> str | None:
    """The SHA-256 in a key of a listing or an object; None for any other key."""
    name = key.rpartition("/")[2].removesuffix(".json")
    return name if _HEX.fullmatch(name) else None


def encoded(value: Listing | Pointer) -> bytes:
    """The bytes that are stored."""
    return msgspec.json.encode(value)


def decoded(body: bytes, kind: type[T], key: str) -> T:
    """A listing or pointer that was stored at `key`; raises CorruptSnapshotError."""
    try:
        found = msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CorruptSnapshotError(
            f"{key} in the store cannot be read: {error}. Publish again: frontrunner store push"
        ) from error
    if found.format != FORMAT:
        raise CorruptSnapshotError(
            f"{key} in the store has format {found.format}; this frontrunner reads {FORMAT}. "
            "Install the same version on the publisher and on the servers."
        )
    return found


def checked_listing(body: bytes, entry: Entry) -> Listing:
    """The listing of an entry; raises CorruptSnapshotError unless its bytes are those promised."""
    key = listing_key(entry.listing)
    if hashlib.sha256(body).hexdigest() != entry.listing:
        raise CorruptSnapshotError(
            f"{key} in the store has been changed. Publish again: frontrunner store push"
        )
    listing = decoded(body, Listing, key)
    if listing.snapshot != entry.snapshot:
        raise CorruptSnapshotError(f"{key} in the store is not of snapshot {entry.snapshot}.")
    return listing
