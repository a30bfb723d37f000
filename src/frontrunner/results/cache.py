"""Remember what was read from a folder, so that the next build reads only what changed.

A file counts as unchanged while its size, its inode, its modification time and its change time are
what they were. A program can set the modification time; only the system sets the change time. What
is kept are the result files that could be used; model_meta.json, run_settings.jsonl and files with
a mistake are few, and are read again every time.

Where the folder is a clone whose files are exactly those of a commit, git says what changed, and
the files are not looked at.

A checksum at the end tells if it is damaged: then all files are read, as if nothing were kept.
Otherwise one changed byte could publish a false score.
"""

from __future__ import annotations

import hashlib
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from frontrunner import __version__
from frontrunner.base.atomic import FileStamp, file_stamp, sweep, write_parts
from frontrunner.catalog import Catalog
from frontrunner.results.checkout import Difference
from frontrunner.results.chunk import Knowledge, knowledge_of
from frontrunner.results.files import Files
from frontrunner.results.formats import FileCell
from frontrunner.results.sources import MAX_DEPTH, Stamps

_FORMAT = 6
_TICK = 20_000_000
"""Nanoseconds: the clocks of file systems are coarse. A file that changed so shortly before it was
read can change again and keep its time."""

_ARRAY, _MAP, _BYTES = 0xDD, 0xDF, 0xC6
_AT_ONCE = 10_000
_CHECKSUM = 4
"""Bytes of it, after everything else."""
_UNSETTLED = -1
"""A change time that no file has, so that the file is read again."""


class _Memory(msgspec.Struct, array_like=True):
    """What was read; the arrays as their bytes."""

    format: int
    knowledge: str
    """Digest of the catalog's part that reading depends on."""
    tree: str
    others: list[str]
    paths: list[str]
    texts: list[str | None]
    cells: list[FileCell]
    arrays: dict[str, memoryview]


_KINDS = dict.fromkeys(
    ("folder", "task", "version", "dataset", "note", "rows", "row_cell"), np.int32
) | {
    "size": np.int64,
    "mtime_ns": np.int64,
    "ctime_ns": np.int64,
    "inode": np.int64,
    "measured": np.float64,
    "seconds": np.float64,
    "row_score": np.float64,
}


def knowledge_digest(known: Knowledge) -> str:
    """Changes when a file could be read differently than before, also by another release."""
    facts = [_FORMAT, __version__, known.tasks, sorted(known.folders), known.run_defaults]
    content = msgspec.json.encode(facts, order="deterministic")
    return hashlib.sha256(content).hexdigest()[:24]


class Known(NamedTuple):
    """What reading depends on, and its digest."""

    facts: Knowledge
    digest: str


def known_of(catalog: Catalog) -> Known:
    """What reading must know of a catalog."""
    facts = knowledge_of(catalog)
    return Known(facts, knowledge_digest(facts))


class Remembered(NamedTuple):
    """What was read of a folder."""

    files: Files
    tree: str = ""
    """Git's name of all that was in the folder; empty if git does not know each file of it."""
    others: Sequence[str] = ()
    """The paths of the files that are not in `files`; they are read each time."""


class Stored(NamedTuple):
    """What was read, as it lies on the disk."""

    stamp: FileStamp
    knowledge: str
    """Digest of the catalog's part that it was read with."""
    read: Remembered


def recall(
    path: Path, knowledge: str, begun: Future[Stored | None] | None = None
) -> Remembered | None:
    """What was read before; None if nothing was, or if files would be read otherwise now.

    `begun` is `load` of the path, begun before; it counts if the file is still the same.
    """
    found = begun.result() if begun else None
    if found is None or found.stamp != file_stamp(path):
        found = load(path)
    return found.read if found and found.knowledge == knowledge else None


def load(path: Path) -> Stored | None:
    """What is stored; None if nothing is, or if it is damaged or of another format."""
    stamp = file_stamp(path)
    try:
        stored = memoryview(path.read_bytes())
        content, checksum = stored[:-_CHECKSUM], stored[-_CHECKSUM:]
        if zlib.crc32(content).to_bytes(_CHECKSUM, "big") != checksum:
            return None
        kept = msgspec.msgpack.decode(content, type=_Memory)
        arrays: dict[str, NDArray[Any]] = {
            name: np.frombuffer(kept.arrays[name], dtype=kind) for name, kind in _KINDS.items()
        }
    except (OSError, msgspec.DecodeError, KeyError, ValueError):
        return None
    if stamp is None or kept.format != _FORMAT:
        return None
    files = Files(paths=kept.paths, texts=kept.texts, cells=kept.cells, **arrays)
    return Stored(stamp, kept.knowledge, Remembered(files, kept.tree, kept.others))


def remember(path: Path, knowledge: str, read: Remembered, began: int) -> None:
    """Store what was read for the next time, which reads everything if it cannot be stored.

    `began` is when reading began, in nanoseconds since the epoch.
    """
    changed_at = read.files.ctime_ns
    settled = np.where(changed_at < began - _TICK, changed_at, _UNSETTLED)
    read = read._replace(files=read.files._replace(ctime_ns=settled))
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent)
        write_parts(path, _with_checksum(_stored(knowledge, read)))


def _with_checksum(parts: Iterable[bytes | memoryview]) -> Iterator[bytes | memoryview]:
    checksum = 0
    for part in parts:
        checksum = zlib.crc32(part, checksum)
        yield part
    yield checksum.to_bytes(_CHECKSUM, "big")


def _stored(knowledge: str, read: Remembered) -> Iterator[bytes | memoryview]:
    """A `_Memory`, part by part: as a whole it takes as much memory as what was read."""
    files, fields = read.files, (_FORMAT, knowledge, read.tree)
    yield _header(_ARRAY, len(_Memory.__struct_fields__))
    yield from map(msgspec.msgpack.encode, fields)
    yield from _list(read.others)
    yield from _list(files.paths)
    yield from _list(files.texts)
    yield from _list(files.cells)
    yield _header(_MAP, len(_KINDS))
    for name, kind in _KINDS.items():
        content = np.ascontiguousarray(getattr(files, name), dtype=kind).data.cast("B")
        yield msgspec.msgpack.encode(name)
        yield _header(_BYTES, len(content))
        yield content


def _list(values: Sequence[object]) -> Iterator[bytes]:
    yield _header(_ARRAY, len(values))
    for begin in range(0, len(values), _AT_ONCE):
        some = values[begin : begin + _AT_ONCE]
        # Without its own header, which has one byte for up to 15 entries and three for more.
        yield msgspec.msgpack.encode(some)[1 if len(some) < 16 else 3 :]


def _header(kind: int, length: int) -> bytes:
    """How MessagePack begins a list, a map or bytes of so many entries: with 32 bits of length."""
    return bytes([kind]) + length.to_bytes(4, "big")


def unchanged(files: Files, now: Iterable[Stamps]) -> tuple[NDArray[np.bool_], list[str]]:
    """Which of `files` are unchanged, and the paths that must be read; both sorted by path.

    `now` are the stamps of all files, part by part, sorted by path.
    """
    kept = np.zeros(len(files.paths), dtype=bool)
    changed: list[str] = []
    for part in now:
        begin, end = _span(files.paths, part.joined)
        known = files.paths[begin:end]
        # Mostly no file came or went: then nothing is looked up, and no path taken by itself.
        paths, place = known, np.arange(begin, end)
        if "\0".join(known) != part.joined:
            number = dict(zip(known, range(begin, end), strict=True))
            paths = part.paths
            place = np.fromiter(map(number.get, paths, repeat(-1)), np.int64, len(paths))
        same = place >= 0
        if known:
            for name in ("size", "mtime_ns", "ctime_ns", "inode"):
                same &= getattr(files, name)[place] == np.array(getattr(part, name))
        kept[place[same]] = True
        changed += [paths[number] for number in np.flatnonzero(~same).tolist()]
    return kept, changed


def unchanged_in(read: Remembered, found: Difference) -> tuple[NDArray[np.bool_], list[str]] | None:
    """As `unchanged`, where git says what changed; None if a file is in too deep a folder, which is
    reported by a look at the folders.
    """
    paths = read.files.paths
    kept = np.ones(len(paths), dtype=bool)
    for path in (*found.changed, *found.gone):
        if path.count("/") > MAX_DEPTH:
            return None
        kept[bisect_left(paths, path) : bisect_right(paths, path)] = False
    # A file beside the folders of models is not read.
    changed = {path for path in found.changed if "/" in path}
    return kept, sorted(changed.union(read.others).difference(found.gone))


def _span(paths: list[str], joined: str) -> tuple[int, int]:
    """Where in `paths` the first and the last of some others are, or would be."""
    first = joined[: joined.find("\0")] if "\0" in joined else joined
    last = joined[joined.rfind("\0") + 1 :]
    return bisect_left(paths, first), bisect_right(paths, last)
