"""Which snapshots of the past are kept: all of a week, weekly for a year, monthly beyond.

Weeks and months are those of the calendar (UTC), so the last snapshot of a past month stays the
last one, and pruning every day keeps what pruning once a year would keep.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from frontrunner.base.durations import seconds
from frontrunner.base.snapshot_settings import SnapshotSettings


class Retention(NamedTuple):
    """For how many seconds snapshots are kept."""

    every: float
    """Every snapshot."""
    weekly: float
    """The last of each week."""
    monthly: float
    """The last of each month."""

    @classmethod
    def of(cls, settings: SnapshotSettings) -> Retention:
        """The rule that the settings give."""
        return cls(seconds(settings.every), seconds(settings.weekly), seconds(settings.monthly))


def kept(moments: Sequence[float], now: float, rule: Retention) -> set[int]:
    """The places of the moments (seconds since the epoch) that are kept, in any order.

    Moments in the future, such as after the clock was set back, are kept.
    """
    found = {n for n, at in enumerate(moments) if now - at <= rule.every}
    for bucket, length in ((_week, rule.weekly), (_month, rule.monthly)):
        found |= {n for n in _last_of_each(moments, bucket) if now - moments[n] <= length}
    return found


def _last_of_each(moments: Sequence[float], bucket: Callable[[float], Hashable]) -> set[int]:
    order = sorted(range(len(moments)), key=lambda n: (moments[n], n))
    return set({bucket(moments[n]): n for n in order}.values())


def _week(at: float) -> tuple[int, int]:
    year, week, _ = datetime.fromtimestamp(at, UTC).isocalendar()
    return year, week


def _month(at: float) -> tuple[int, int]:
    moment = datetime.fromtimestamp(at, UTC)
    return moment.year, moment.month
