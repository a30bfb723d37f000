"""The time of a controller: it never steps and never runs backwards."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Two readings of one monotonic clock.

    `at` is the time of day for people: the wall clock at the start, or the last time of the ledger
    if that is later, and from there on what the monotonic clock says. `elapsed` counts the seconds
    that a controller has watched, and goes on where the one before stopped. Durations are counted
    on it, so a step of the wall clock neither shortens nor prolongs a stage.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._monotonic = monotonic
        self._begin = monotonic()
        self._at = now()
        self._elapsed = 0.0

    def anchor(self, at: float, elapsed: float) -> None:
        """Go on from the last times that a controller wrote down; only when a lease begins."""
        self._begin, self._at, self._elapsed = self._monotonic(), max(self._now(), at), elapsed

    def at(self) -> float:
        """Seconds since the epoch."""
        return self._at + self._passed()

    def elapsed(self) -> float:
        """Seconds that a controller has watched this take-over."""
        return self._elapsed + self._passed()

    def _passed(self) -> float:
        return max(self._monotonic() - self._begin, 0.0)
