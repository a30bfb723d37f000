"""Prepared answers: bodies with their compressed forms, in files that a server reads parts of.

An answer is known by a key such as `benchmarks/BEIR/scores`. This module knows nothing of URLs and
HTTP. The files are not mapped into memory: the system ends a process that
touches a part of a map whose file was cut off since.
"""

from __future__ import annotations

import hashlib
import os
import weakref
from collections.abc import Iterable, Sequence
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
    """The digest of a body. SHA-256, which processors have built in: a request may be waiting."""
    return hashlib.sha256(body).hexdigest()[:24]


class Levels(NamedTuple):
    """How hard to compress in each way."""

    gzip: int
    brotli: int
    zstd: int


QUICK = Levels(6, 5, 3)
"""For thousands of answers at once: a few percent of size are given for build time."""
DENSE = Levels(9, 9, 12)
"""For a page that a reader waits for: some milliseconds for a tenth of its size."""
DENSEST = Levels(12, 11, 19)
"""For files that are compressed once and sent for as long as their release."""


def encode(answer: Answer, levels: Levels = QUICK) -> Encoded:
    """Compress an answer in each way.

    gzip uses libdeflate: as small as zlib's level 6 in half the time.
    """
    body = answer.body
    if len(body) < _WORTH_COMPRESSING:
        return Encoded(answer.media_type, body_tag(body), body)
    return Encoded(
        answer.media_type,
        body_tag(body),
        body,
        bytes(deflate.gzip_compress(body, levels.gzip)),
        brotli.compress(body, quality=levels.brotli),
        zstandard.ZstdCompressor(level=levels.zstd).compress(body),
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
            del encoded, body  # before the next is made, which may be as large
    add_file(folder / f"{name}.index", msgspec.msgpack.encode(entries))


class AnswerPack:
    """Answers with their compressed forms, read from an open file."""

    def __init__(self, folder: Path, name: str) -> None:
        """Raises CorruptSnapshotError if the index cannot be read."""
        index = folder / f"{name}.index"
        try:
            self._entries = msgspec.msgpack.decode(index.read_bytes(), type=dict[str, _Entry])
            self._file = os.open(folder / f"{name}.bin", os.O_RDONLY)
        except (OSError, ValueError, RecursionError) as error:
            raise CorruptSnapshotError(
                f"{index} cannot be read: {error}. Run: frontrunner verify"
            ) from error
        self._closed = weakref.finalize(self, os.close, self._file)

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def keys(self) -> Iterable[str]:
        """The keys of all answers."""
        return self._entries.keys()

    def get(self, key: str) -> Encoded | None:
        """The answer in all its forms; None if none was prepared, or the file was cut off since."""
        entry = self._entries.get(key)
        parts = None if entry is None else self._parts(entry.spans)
        if entry is None or parts is None:
            return None
        identity, *others = parts
        zstd = others[-1]
        if zstd and not identity:
            identity = zstandard.ZstdDecompressor().decompress(zstd)
        return Encoded(entry.media_type, entry.tag, identity, *(body or None for body in others))

    def body(self, key: str) -> bytes | None:
        """The answer as it is without compression, or None if it was not prepared.

        An answer that is kept compressed alone is not found here.
        """
        entry = self._entries.get(key)
        parts = None if entry is None else self._parts(entry.spans[:1])
        return None if parts is None else parts[0]

    def _parts(self, spans: Sequence[tuple[int, int]]) -> list[bytes] | None:
        """What is in the file at `spans`; None if it is not that long."""
        begin, end = min(at for at, _ in spans), max(at + length for at, length in spans)
        if not 0 <= begin <= end <= os.fstat(self._file).st_size:
            return None
        # One read: the forms of an answer are contiguous.
        whole = os.pread(self._file, end - begin, begin)
        parts = [whole[at - begin : at - begin + length] for at, length in spans]
        return parts if [len(part) for part in parts] == [length for _, length in spans] else None

    def close(self) -> None:
        """Close the file; the pack cannot be used after."""
        self._closed()
        self._file = -1  # its number may be another file's next
