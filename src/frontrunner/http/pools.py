"""Threads that make answers, apart from the event loop that sends them.

Requests with a query have a pool of their own: they can be made costly, and must not stop the pages
and answers that everybody asks for.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from frontrunner.base.errors import FrontrunnerError

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


class BusyError(FrontrunnerError):
    """An answer could not be made in time, or too many others wait."""


class Pool:
    """A few threads, with a limit on how much waits for them and for how long."""

    def __init__(self, threads: int, most: int, seconds: float) -> None:
        """At most `most` calls at a time; each must be done within `seconds` of being asked for."""
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="frontrunner")
        self._most = most
        self._seconds = seconds
        self._under_way = 0
        self._lock = threading.Lock()

    @property
    def idle(self) -> bool:
        """Whether nothing is being made."""
        return not self._under_way

    async def run(
        self, work: Callable[_Given, _Made], *args: _Given.args, **kwargs: _Given.kwargs
    ) -> _Made:
        """What `work` returns or raises. Raises BusyError if it is not done in time.

        Work that has begun cannot be stopped: its thread counts as taken until it is done.
        """
        if self._under_way >= self._most:
            raise BusyError("Too many requests of this kind at once. Try again in a minute.")
        with self._lock:
            self._under_way += 1
        future = self._executor.submit(work, *args, **kwargs)
        future.add_done_callback(self._count_down)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._seconds)
        except TimeoutError:
            if future.done() and not future.cancelled():
                return future.result()  # the work itself raised it, or was done just in time
            raise BusyError(
                f"The answer took longer than {self._seconds:g} seconds. Ask for less."
            ) from None

    def _count_down(self, _: Future[_Made]) -> None:
        with self._lock:
            self._under_way -= 1


class Pools:
    """The pools of one server process."""

    def __init__(self) -> None:
        self.fixed = Pool(threads=4, most=1024, seconds=60.0)
        """For what has no query: there are only so many of these, and they are cached."""
        self.asked = Pool(threads=2, most=64, seconds=10.0)
        """For what has a query."""

    @property
    def idle(self) -> bool:
        """Whether nothing is being made."""
        return self.fixed.idle and self.asked.idle

    def of(self, query: bytes) -> Pool:
        """The pool for a request with this query."""
        return self.asked if query else self.fixed
