"""Prepared answers: bodies with their compressed forms, in files that a server maps.

An answer is known by a key such as `benchmarks/BEIR/scores`. What asks for it and how it
travels is not known here.
"""

from __future__ import annotations

import hashlib
import mmap
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import brotli
import deflate
import msgspec
import zstandard

from frontrunner.base.atomic import add_file, new_file
from frontrunner.base.errors import CorruptSnapshotError

_WORTH_COMPRESSING = 256
JSON = "application/json"


class Answer(NamedTuple):
    """A prepared body."""

    key: str
    body: bytes
    media_type: str = JSON


class Encoded(NamedTuple):
    """A body in every form that a client may accept; equal bytes on every replica."""

    media_type: str
    tag: str
    """A digest of the body, for entity tags."""
    identity: bytes
    gzip: bytes | None = None
    brotli: bytes | None = None
    zstd: bytes | None = None


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    media_type: str
    tag: str
    spans: tuple[tuple[int, int], ...]
    """Offset and length of the identity, gzip, brotli and zstd forms."""


def body_tag(body: bytes) -> str:
    """The digest of a body. SHA-256, since processors have it built in: somebody may be waiting."""
    return hashlib.sha256(body).hexdigest()[:24]


def encode(answer: Answer) -> Encoded:
    """Compress an answer in each way; levels trade a few percent of size for build time.

    gzip by libdeflate: as small as zlib's level 6 in half the time.
    """
    body = answer.body
    if len(body) < _WORTH_COMPRESSING:
        return Encoded(answer.media_type, body_tag(body), body)
    return Encoded(
        answer.media_type,
        body_tag(body),
        body,
        bytes(deflate.gzip_compress(body, 6)),
        brotli.compress(body, quality=5),
        zstandard.ZstdCompressor(level=3).compress(body),
    )


def compressed_only(media_type: str, zstd: bytes) -> Encoded:
    """A body that is kept compressed alone, because it is large and seldom asked for."""
    return Encoded(media_type, body_tag(zstd), b"", None, None, zstd)


def write_pack(folder: Path, name: str, answers: Iterable[tuple[str, Encoded]]) -> None:
    """Write answers to `folder`, in the order given, as `name.bin` and `name.index`."""
    entries: dict[str, _Entry] = {}
    with new_file(folder / f"{name}.bin") as file:
        for key, encoded in answers:
            spans = []
            for body in encoded[2:]:
                spans.append((file.tell(), len(body or b"")))
                file.write(body or b"")
            entries[key] = _Entry(encoded.media_type, encoded.tag, tuple(spans))
    add_file(folder / f"{name}.index", msgspec.msgpack.encode(entries))


class AnswerPack:
    """Answers with their compressed forms, read from a memory map."""

    def __init__(self, folder: Path, name: str) -> None:
        """Raises CorruptSnapshotError where the index cannot be read."""
        index = folder / f"{name}.index"
        try:
            self._entries = msgspec.msgpack.decode(index.read_bytes(), type=dict[str, _Entry])
            self._map = _mapped(folder / f"{name}.bin")
        except (OSError, ValueError, RecursionError) as error:
            raise CorruptSnapshotError(
                f"{index} cannot be read: {error}. Run: frontrunner verify"
            ) from error

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def keys(self) -> Iterable[str]:
        """The keys of all answers."""
        return self._entries.keys()

    def get(self, key: str) -> Encoded | None:
        """The answer in all its forms, or None where none was prepared."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        identity, *others = (self._map[at : at + length] for at, length in entry.spans)
        zstd = others[-1]
        if zstd and not identity:
            identity = zstandard.ZstdDecompressor().decompress(zstd)
        return Encoded(entry.media_type, entry.tag, identity, *(body or None for body in others))

    def body(self, key: str) -> bytes | None:
        """The answer as it is without compression, or None if it was not prepared.

        An answer that is kept compressed alone is not found here.
        """
        entry = self._entries.get(key)
        if entry is None:
            return None
        at, length = entry.spans[0]
        return self._map[at : at + length]

    def close(self) -> None:
        """Give the map back; the pack cannot be used after."""
        if isinstance(self._map, mmap.mmap):
            self._map.close()


def _mapped(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return b""  # nothing in it cannot be mapped
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
