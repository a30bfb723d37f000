"""Count the messages of visitors in a thread of their own, since the database may block."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from frontrunner.base.errors import FrontrunnerError

log = logging.getLogger("frontrunner.takeover")
_EVERY = 10.0
"""Seconds between two counts."""
_OLD = 120.0
"""Seconds after which a count is not known any more."""


NOT_YET = "The messages of visitors are being counted."
"""A count was begun and has not ended; a database may take its time."""


class Counted(NamedTuple):
    """How many messages there are."""

    number: int | None
    """None if it is not known."""
    unknown: str = ""
    """Why it is not known; empty if it is."""


class Complaints:
    """The last count, which a thread brings. Calling it never waits."""

    def __init__(
        self,
        count: Callable[[float], int],
        every: float = _EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`count` gives the messages since a time; it may wait, and raise a FrontrunnerError."""
        self._count, self._every, self._clock = count, every, clock
        self._known: tuple[float, int, float] | None = None
        """Since when was counted, how many, and the time of the count."""
        self._asked, self._tried = math.nan, -math.inf
        self._error = ""
        """Why the last count failed."""
        self._thread: threading.Thread | None = None

    def __call__(self, since: float) -> Counted:
        """The messages since a time, or why they are not known."""
        now, known = self._clock(), self._known
        is_due = since != self._asked or now - self._tried >= self._every
        if is_due and not self._is_busy():
            self._asked, self._tried = since, now
            self._thread = threading.Thread(target=self._bring, args=(since,), daemon=True)
            self._thread.start()
        if known is None or known[0] != since or now - known[2] > _OLD:
            return Counted(None, self._error or NOT_YET)
        return Counted(known[1])

    def _is_busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _bring(self, since: float) -> None:
        try:
            self._known = since, self._count(since), self._clock()
            self._error = ""
        except FrontrunnerError as error:
            self._error = f"The messages of visitors could not be read: {error}"
            log.warning("messages of visitors could not be counted: %s", error)
