"""Counts the traffic of a gateway whose log its controller cannot read, window by window.

The log is read when a controller asks. Counts are in memory and bounded. They are lost when the
process ends, and the next process is another epoch.
"""

from __future__ import annotations

import math
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from frontrunner.gateway.log_position import LogReader
from frontrunner.gateway.logs import RequestLine
from frontrunner.gateway.traffic_rows import Cursor, SideRow, TrafficRow
from frontrunner.gateway.traffic_units import LATE, STEP_BACK, Counted, counted, joined

_SETTLED = 1.0
"""Seconds after a change of the share in which Envoy's threads may still follow the old routes."""
_UNDER_WAY = 120.0
"""Seconds after which every request that began before a change has been logged."""
_MOST_KEPT = 8 * 1024 * 1024
"""Bytes of all rows that are kept; the oldest go first."""
_MOST_SENT = 512 * 1024
"""Bytes of the rows of one answer, if it has more than one."""


class TrafficTold(msgspec.Struct, frozen=True, kw_only=True):
    """`Traffic`, with rows that are encoded already."""

    epoch: str
    at: float
    last: int
    rows: tuple[msgspec.Raw, ...]
    behind: bool


class _Kept(NamedTuple):
    number: int
    row: bytes


class _Period(NamedTuple):
    """A time in which Envoy followed one state."""

    generation: int
    share: int
    begun: float
    known_at: float
    """On a clock that cannot be set."""


class _Open:
    """The window that is counted now."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.units: dict[bool, dict[int, tuple[int, float]]] = {False: {}, True: {}}
        self.unfollowed = {False: 0, True: 0}
        self.wrong = self.read = self.unread = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to report."""
        return not (any(self.units.values()) or any(self.unfollowed.values()))

    def add(self, one: Counted, share: int, seconds: float) -> None:
        """Count one request."""
        if one.bucket is None:
            self.unfollowed[one.is_new] += 1
            return
        self.wrong += one.is_new != (one.bucket < share)
        units, after = self.units[one.is_new], one.start - self.index * seconds
        unit, first = units.get(one.bucket, (0, after))
        units[one.bucket] = joined(unit, one.unit), round(min(first, after), 3)

    def side(self, *, is_new: bool) -> SideRow:
        """What a board did."""
        return SideRow(units=self.units[is_new], unfollowed=self.unfollowed[is_new])


class Counting:
    """The rows of a gateway. May be used by several threads."""

    def __init__(
        self,
        log: Path,
        seconds: float,
        clock: Callable[[], float] = time.time,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """Count what is logged from the first look on, in windows of so many seconds."""
        self._log, self._seconds = log, seconds
        self._clock, self._elapsed = clock, elapsed
        self._lock = threading.Lock()
        self._decode = msgspec.json.Decoder(RequestLine).decode
        self._begin()

    def _begin(self) -> None:
        self.epoch = secrets.token_hex(8)
        self._reader: LogReader | None = None
        self._period: _Period | None = None
        self._seen_at = self._caught_up = -math.inf
        self._open = _Open(-1)
        self._rows: deque[_Kept] = deque()
        self._last = self._bytes = 0

    def look(self, generation: int, share: int) -> None:
        """Count what was logged since; Envoy follows this state. Raises OSError.

        Call it before and after each change: requests between two looks with different states are
        counted for neither.
        """
        with self._lock:
            now, period = self._clock(), self._period
            if self._reader is None:
                self._reader = LogReader.at_end(self._log)
            if period is None or period.generation != generation:
                self._read(until=self._seen_at)
                self._close(self._open.index)
                self._period = _Period(generation, share, now + _SETTLED, self._elapsed())
            self._read()
            self._seen_at = now
            if self._reader is None or self._reader.behind:
                return
            self._caught_up = self._elapsed()
            if now >= self._end_of_open() + LATE:
                self._close(self._open.index + 1)

    def after(self, cursor: Cursor) -> bytes:
        """The answer to a controller that has stored the rows up to a cursor, as JSON.

        There must have been a look.
        """
        with self._lock:
            known = cursor.number if cursor.epoch == self.epoch else 0
            rows: list[msgspec.Raw] = []
            size = 0
            for number, row in self._rows:
                if number <= known:
                    continue
                size += len(row)
                if rows and size > _MOST_SENT:
                    break
                rows.append(msgspec.Raw(row))
            told = TrafficTold(
                epoch=self.epoch, at=self._seen_at, last=self._last, rows=tuple(rows),
                behind=self._reader is not None and self._reader.behind,
            )  # fmt: skip
            return msgspec.json.encode(told)

    def _read(self, until: float = math.inf) -> None:
        """Count lines of requests that began in this period, up to a time."""
        reader, period = self._reader, self._period
        if reader is None or period is None:
            return
        # A clock that was set back must hide nothing for long.
        is_old = self._caught_up - period.known_at > _UNDER_WAY
        begun = 0.0 if is_old else period.begun
        for line in reader.lines():
            self._open.read += 1
            try:
                one = counted(self._decode(line), begun)
            except ValueError:  # which msgspec's errors are, and those of UTF-8
                self._open.unread += 1
                continue
            if one is not None and one.start <= until:
                if one.bucket is not None or self._open.index < 0:
                    self._move_to(one.end)
                self._open.add(one, period.share, self._seconds)
        if reader.lost:
            self._begin()

    def _move_to(self, end: float) -> None:
        """Open the window of a line. Late lines count in the open one."""
        index = math.floor(end / self._seconds)
        if index > self._open.index or index < self._open.index - STEP_BACK:
            self._close(index)

    def _end_of_open(self) -> float:
        return (self._open.index + 1) * self._seconds if self._open.index >= 0 else math.inf

    def _close(self, following: int) -> None:
        """End the open window, and keep its row if it has anything to report; open another one."""
        done, period = self._open, self._period
        self._open = _Open(following)
        if period is None or done.is_empty:
            self._open.read, self._open.unread = done.read, done.unread
            return
        self._last += 1
        row = msgspec.json.encode(
            TrafficRow(
                number=self._last, generation=period.generation, share=period.share,
                at=done.index * self._seconds, old=done.side(is_new=False),
                new=done.side(is_new=True), wrong=done.wrong, read=done.read, unread=done.unread,
            )
        )  # fmt: skip
        self._rows.append(_Kept(self._last, row))
        self._bytes += len(row)
        while self._bytes > _MOST_KEPT and len(self._rows) > 1:
            self._bytes -= len(self._rows.popleft().row)
