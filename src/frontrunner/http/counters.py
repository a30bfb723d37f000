"""Numbers that several server processes count, each in memory of its own that all can read.

A segment is anonymous shared memory, made before the processes are forked. Only one process writes
to it, so no lock is needed; a process that replaces a dead one goes on counting in its segment.
"""

from __future__ import annotations

import logging
import mmap
import struct
from array import array
from collections.abc import Iterator, Sequence
from operator import add
from typing import TYPE_CHECKING

log = logging.getLogger("frontrunner.server")
Labels = tuple[str, ...]
if TYPE_CHECKING:
    Values = memoryview[float]
_SIZE = 4 * 1024 * 1024
"""Bytes of a segment. Pages that are not written take no memory."""
_USED = struct.Struct("<Q")
_RECORD = struct.Struct("<HHI")
"""Length of the labels, number of values, and padding; then the labels and the values."""
_SEPARATOR = "\0"


def new_segment() -> mmap.mmap:
    """An empty segment."""
    segment = mmap.mmap(-1, _SIZE)
    _USED.pack_into(segment, 0, _USED.size)
    return segment


def _records(segment: mmap.mmap) -> Iterator[tuple[Labels, Values]]:
    """The labels and values of each record."""
    view = memoryview(segment)
    [used] = _USED.unpack_from(segment, 0)
    at = _USED.size
    while at < used:
        length, count, _ = _RECORD.unpack_from(segment, at)
        text = at + _RECORD.size
        values = text + _padded(length)
        at = values + 8 * count
        labels = bytes(view[text : text + length]).decode(errors="surrogatepass").split(_SEPARATOR)
        yield tuple(labels), view[values:at].cast("d")


def _padded(length: int) -> int:
    return -(-length // 8) * 8


class Counters:
    """The counters of this process, and the sums over all processes."""

    def __init__(self, segments: Sequence[mmap.mmap], own: int) -> None:
        """`own` is the place of this process's segment among the `segments` of all."""
        self._segments = segments
        self._own = segments[own]
        self._values = dict(_records(self._own))

    def values(self, labels: Labels, count: int) -> Values:
        """The `count` numbers of some labels, zero at first; write to them to count."""
        found = self._values.get(labels)
        if found is None:
            found = self._values[labels] = self._add(labels, count)
        return found

    def _add(self, labels: Labels, count: int) -> Values:
        text = _SEPARATOR.join(labels).encode(errors="surrogatepass")
        [at] = _USED.unpack_from(self._own, 0)
        begin = at + _RECORD.size
        values = begin + _padded(len(text))
        end = values + 8 * count
        if end > _SIZE or len(text) > 0xFFFF:
            log.error("no memory to count %s in", labels)
            return memoryview(array("d", bytes(8 * count)))
        _RECORD.pack_into(self._own, at, len(text), count, 0)
        self._own[begin : begin + len(text)] = text
        # Last, so that no reader sees half a record.
        _USED.pack_into(self._own, 0, end)
        return memoryview(self._own)[values:end].cast("d")

    def totals(self) -> dict[Labels, list[float]]:
        """The numbers of all processes, added up."""
        found: dict[Labels, list[float]] = {}
        for segment in self._segments:
            for labels, values in _records(segment):
                before = found.get(labels)
                added = list(map(float, values))
                found[labels] = added if before is None else list(map(add, before, added))
        return found
