"""The share of the gateway over time, as it was read back from Envoy. Pure.

Between two readings that differ, the moment of the change is not known, so both hold. The same is
true of an answer that was under way while the share changed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple


class Split(NamedTuple):
    """Who gets the new board."""

    share: int
    """Buckets below it, of 10,000."""
    settled: bool = False


class Shares:
    """What was read, in order."""

    def __init__(self) -> None:
        self._at: list[float] = []
        self._read: list[Split] = []
        self.changes: list[tuple[float, Split]] = []
        """When each new value was read first."""

    def note(self, at: float, split: Split) -> None:
        """Add a reading; `at` is in seconds, and never before the last."""
        if not self._read or self._read[-1] != split:
            self.changes.append((at, split))
        elif len(self._read) > 1 and self._read[-2] == split:
            self._at[-1] = at  # the middle of a time without change says nothing
            return
        self._at.append(at)
        self._read.append(split)

    @property
    def now(self) -> Split:
        """The last reading; a share of 0 before the first."""
        return self._read[-1] if self._read else Split(0)

    @property
    def until(self) -> float:
        """When the last reading was; 0 before the first."""
        return self._at[-1] if self._at else 0.0

    def between(self, start: float, end: float) -> frozenset[Split]:
        """Everything that may have held at some moment from `start` to `end`."""
        first = max(bisect_right(self._at, start) - 1, 0)
        last = bisect_left(self._at, end)
        return frozenset(self._read[first : last + 1])


def expected(bucket: int, choice: str, split: Split) -> str:
    """The side that a visitor is to get: `old` or `new`."""
    if split.settled:
        return "new"
    if choice:
        return choice
    return "new" if bucket < split.share else "old"
