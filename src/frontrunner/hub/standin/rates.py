"""How many calls an account may make, and the headers that say so."""

from __future__ import annotations

import math
from collections import Counter

from frontrunner.hub.standin.exchange import Ask, RefusedError

WINDOW = 300.0
"""Seconds."""


class Rates:
    """Counts calls by account in fixed windows."""

    def __init__(self, most: int) -> None:
        """Allow `most` calls in a window; 0 means any number."""
        self._most = most
        self._window = -1
        self._counts: Counter[str] = Counter()

    def count(self, ask: Ask, now: float) -> tuple[tuple[str, str], ...]:
        """Count a call; the headers of its answer. Raises RefusedError if it is one too many."""
        if self._most:
            if self._window != now // WINDOW:
                self._window, self._counts = int(now // WINDOW), Counter()
            self._counts[ask.actor] += 1
            if self._counts[ask.actor] > self._most:
                raise RefusedError(429, "We had to rate limit you.")
        return self.headers(ask, now)

    def headers(self, ask: Ask, now: float) -> tuple[tuple[str, str], ...]:
        """How many calls are left, and for how long."""
        if not self._most:
            return ()
        left = max(self._most - self._counts[ask.actor], 0)
        wait = math.ceil(WINDOW - now % WINDOW)
        policy = f'"fixed window";"api";q={self._most};w={int(WINDOW)}'
        return (("RateLimit", f'"api";r={left};t={wait}'), ("RateLimit-Policy", policy))
