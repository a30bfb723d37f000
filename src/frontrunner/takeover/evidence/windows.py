"""Count units from log lines: the board asked first, failures, and slow first pages.

Pure but for its own state, which is plain data and can be stored at any time. A unit is a bucket
in a window. Windows follow the times of the lines, so it does not matter when they are read.

Only requests whose side the bucket decides are counted. Those of visitors who chose a board, or
for paths that belong to one, say nothing about a fair comparison.
"""

from __future__ import annotations

import math

import msgspec

from frontrunner.gateway.buckets import BUCKETS
from frontrunner.gateway.logs import RequestLine
from frontrunner.gateway.traffic_rows import TrafficRow
from frontrunner.gateway.traffic_units import FAILED, LATE, STEP_BACK, counted, joined
from frontrunner.takeover.evidence.facts import SideCounts, Split
from frontrunner.takeover.evidence.sequential import Regression, added

_ENDED = 30.0
"""Seconds after which nearly all requests that began have ended and are logged, on either side."""
_ENDED_WINDOWS = 3
"""The same in windows, if that is less."""
_ENOUGH = 200
"""Pages of the old side after which its p95 is frozen."""


class SideState(msgspec.Struct, kw_only=True):
    """One side: what ended windows gave, and the units of the open one."""

    units: int = 0
    failed: int = 0
    timed: int = 0
    slow: int = 0
    unfollowed: int = 0
    seen: bytearray = msgspec.field(default_factory=lambda: bytearray(BUCKETS // 8))
    """A bit for each bucket that was seen here, by a request that began long enough ago."""
    waiting: dict[int, float] = {}
    """Buckets that were seen by later requests, with the time at which the first of them began."""
    open: dict[int, int] = {}

    def counts(self) -> SideCounts:
        """The counts as evidence."""
        return SideCounts(
            units=self.units,
            failed=self.failed,
            timed=self.timed,
            slow=self.slow,
            unfollowed=self.unfollowed,
        )

    def saw(self, bucket: int, start: float) -> None:
        """Note a bucket, which counts once enough time has passed since the request began."""
        if not self.seen[bucket >> 3] & 1 << (bucket & 7):
            self.waiting[bucket] = min(start, self.waiting.get(bucket, start))

    def count_begun(self, since: float, until: float) -> None:
        """Count the buckets of requests that did not begin between these times."""
        ended = [one for one, start in self.waiting.items() if not since < start <= until]
        for bucket in ended:
            del self.waiting[bucket]
            self.seen[bucket >> 3] |= 1 << (bucket & 7)

    def distinct(self) -> int:
        """Distinct buckets that were seen."""
        return int.from_bytes(self.seen).bit_count()


class Stretch(msgspec.Struct, kw_only=True):
    """Windows in a row until both sides had a unit, for one of the two comparisons."""

    new: int = 0
    old: int = 0
    new_hits: int = 0
    old_hits: int = 0

    def grow(self, new: tuple[int, int], old: tuple[int, int]) -> None:
        """Add a window: units and hits of each side."""
        self.new += new[0]
        self.new_hits += new[1]
        self.old += old[0]
        self.old_hits += old[1]

    def is_complete(self) -> bool:
        """Whether both sides can be compared."""
        return self.new > 0 and self.old > 0


class Windows(msgspec.Struct, kw_only=True):
    """Everything that was counted since an analysis began."""

    share: int
    """Buckets below it belong to the new side."""
    seconds: float
    """Length of a window."""
    begun: float
    """Requests that began before are not counted: another share may have decided their side."""
    old: SideState = msgspec.field(default_factory=SideState)
    new: SideState = msgspec.field(default_factory=SideState)
    wrong: int = 0
    failing: Regression = Regression()
    slowing: Regression = Regression()
    failing_stretch: Stretch = msgspec.field(default_factory=Stretch)
    slowing_stretch: Stretch = msgspec.field(default_factory=Stretch)
    index: int = -1
    """The open window, in window lengths since the epoch."""
    page_times: list[int] = []
    """Milliseconds of the old side's first pages, until their p95 is frozen."""
    slow_over_ms: float | None = None
    never_slow_ms: float = 100.0
    """A page below this time is never slow, however fast the old side is."""

    def split(self) -> Split:
        """The distinct buckets as evidence."""
        return Split(
            old=self.old.distinct(),
            new=self.new.distinct(),
            share=self.share,
            wrong=self.wrong,
        )

    def add(self, line: RequestLine) -> None:
        """Count one request. Raises ValueError if the line has no time or no bucket."""
        one = counted(line, self.begun)
        if one is None:
            return
        side = self.new if one.is_new else self.old
        if one.bucket is None:
            side.unfollowed += 1
            return
        self.wrong += one.is_new != (one.bucket < self.share)
        self._move_to(one.end)
        side.saw(one.bucket, one.start)
        side.open[one.bucket] = joined(side.open.get(one.bucket, 0), one.unit)

    def add_row(self, row: TrafficRow) -> None:
        """Count what a gateway counted in a window of its own, which is not longer than these."""
        if row.share != self.share:
            return
        self._move_to(row.at)
        is_whole = row.at >= self.begun
        self.wrong += row.wrong * is_whole
        for side, given in ((self.old, row.old), (self.new, row.new)):
            side.unfollowed += given.unfollowed * is_whole
            for bucket, (unit, after) in given.units.items():
                if row.at + after >= self.begun:
                    side.saw(bucket, row.at + after)
                    side.open[bucket] = joined(side.open.get(bucket, 0), unit)

    def end_before(self, now: float) -> None:
        """End the open window if its time is over, so that it counts although no line follows.

        A request is logged when it ends, so those of a slow side are logged later. The buckets of
        both sides count only by requests that are old enough to have ended on either. A time in
        the future is one of before the clock was set back.
        """
        recent = min(_ENDED, _ENDED_WINDOWS * self.seconds)
        for side in (self.old, self.new):
            side.count_begun(now - recent, now + recent)
        if self.index >= 0 and now >= (self.index + 1) * self.seconds + LATE:
            self._end()
            self.index += 1

    def _move_to(self, end: float) -> None:
        """Open the window of a line. Late lines count in the open one."""
        index = math.floor(end / self.seconds)
        if index > self.index or index < self.index - STEP_BACK:
            self._end()
            self.index = index

    def _end(self) -> None:
        """Count the units of the open window."""
        if not self.old.open and not self.new.open:
            return
        failed = [_counted(side.open, failed=True) for side in (self.new, self.old)]
        self.failing_stretch.grow(*failed)
        self.failing, self.failing_stretch = _continued(self.failing, self.failing_stretch)
        for side, (units, hits) in zip((self.new, self.old), failed, strict=True):
            side.units += units
            side.failed += hits
        if self.slow_over_ms is None:
            self._learn_p95()
        else:
            self._count_slow(self.slow_over_ms)
        self.new.open, self.old.open = {}, {}

    def _count_slow(self, limit: float) -> None:
        slow = [_counted(side.open, over=limit) for side in (self.new, self.old)]
        self.slowing_stretch.grow(*slow)
        self.slowing, self.slowing_stretch = _continued(self.slowing, self.slowing_stretch)
        for side, (timed, hits) in zip((self.new, self.old), slow, strict=True):
            side.timed += timed
            side.slow += hits

    def _learn_p95(self) -> None:
        """Collect the old side's pages; the ones that give the p95 are not compared with it."""
        self.page_times += [(unit >> 1) - 1 for unit in self.old.open.values() if unit > FAILED]
        if len(self.page_times) >= _ENOUGH:
            times = sorted(self.page_times)
            p95 = times[math.ceil(0.95 * len(times)) - 1]
            self.slow_over_ms, self.page_times = max(float(p95), self.never_slow_ms), []


def _counted(units: dict[int, int], *, failed: bool = False, over: float = 0.0) -> tuple[int, int]:
    """Units and those that failed; or timed units and those that took longer than `over`."""
    if failed:
        return len(units), sum(unit & FAILED for unit in units.values())
    times = [(unit >> 1) - 1 for unit in units.values() if unit > FAILED]
    return len(times), sum(time > over for time in times)


def _continued(so_far: Regression, stretch: Stretch) -> tuple[Regression, Stretch]:
    if not stretch.is_complete():
        return so_far, stretch
    new = added(so_far, stretch.new, stretch.old, stretch.new_hits, stretch.old_hits)
    return new, Stretch()
