"""Visitors of a rehearsal, each with a browser of its own: evidence for gates on traffic."""

from __future__ import annotations

import itertools
import threading

from frontrunner.base.errors import NetworkError
from frontrunner.net.client import Limits, get

_LIMITS = Limits(seconds=20.0, size=16 * 1024 * 1024, redirects=3, private=True)
_AT_ONCE = 6


class Visitors:
    """Threads that open a page again and again until the block ends."""

    def __init__(self, url: str) -> None:
        self._url, self._numbers = url, itertools.count()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, name="visitor", daemon=True) for _ in range(_AT_ONCE)
        ]

    def __enter__(self) -> Visitors:
        """Begin."""
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._stop.set()
        for one in self._threads:
            one.join(60)

    def _run(self) -> None:
        while not self._stop.wait(0.02):
            try:
                get(self._url, _LIMITS, {"User-Agent": f"one of many {next(self._numbers)}"})
            except NetworkError:  # the observer notes gaps
                continue
