"""Events: a call that was taken on, and its result, until a client fetches it."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from frontrunner.base.errors import FrontrunnerError, LegacyError
from frontrunner.calls.room import Room

_MOST_WAITING = 64
_MOST_BYTES = 64 * 1024 * 1024
"""Of results that wait to be fetched."""
_AT_ONCE = 2
"""Calls that are worked on: each uses a whole processor."""
BODIES = 256 * 1024 * 1024
"""Bytes of bodies that have arrived and are not answered."""
WORK = 320 * 1024 * 1024
"""Bytes of memory for what those bodies become when they are decoded and answered."""
_KEPT_SECONDS = 300.0
_KEPT_WHEN_FULL = 10.0
"""Seconds that a result is kept for its client while others find the queue full."""
_WEIGHT = 0.1
"""How much the newest call counts in the average time."""
log = logging.getLogger("frontrunner.server")


class QueueFullError(FrontrunnerError):
    """More results wait to be fetched than are kept."""


Dated = Sequence[tuple[bytes, bytes]]
"""`last-modified` as a header, or nothing."""


class Outcome(NamedTuple):
    """The result of a call."""

    data: bytes | None
    """JSON; None where it failed."""
    seconds: float


class Event(NamedTuple):
    """A call that was taken on."""

    id: str
    session: str
    began: float
    """By the monotonic clock."""
    outcome: asyncio.Task[Outcome]
    dated: Dated
    """The date of the snapshot that answers it, as a header; none if it is not known."""


class EventQueue:
    """The events of all sessions."""

    def __init__(self) -> None:
        self._events: dict[str, Event] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self.bodies = Room(BODIES)
        self.work = Room(WORK)
        self.average = 0.0
        """Seconds that a call takes, over the last ones."""

    def __len__(self) -> int:
        return len(self._events)

    def join(
        self,
        session: str,
        work: Callable[[], list[Any]],
        done: Callable[[], None] = lambda: None,
        dated: Dated = (),
    ) -> Event:
        """Take a call on, begin with it, and return its event; `done` is called when it was worked.

        Raises QueueFullError if too many results were never fetched. Those older than five minutes
        are dropped first; if the queue is full, also results that waited for ten seconds.
        """
        now = time.monotonic()
        self._let_go(now - _KEPT_SECONDS)
        if self._is_full():
            # Clients fetch at once. One that does not must not block the others.
            self._let_go(now - _KEPT_WHEN_FULL, only_done=True)
        if self._is_full():
            raise QueueFullError(
                f"Queue is full. Max size is {_MOST_WAITING} and size is {len(self._events)}."
            )
        event = Event(uuid.uuid4().hex, session, now, asyncio.create_task(self.run(work)), dated)
        event.outcome.add_done_callback(lambda _: done())
        self._events[event.id] = event
        return event

    def _let_go(self, before: float, *, only_done: bool = False) -> None:
        """Forget the events that began before a time, or only those with a result."""
        for event in list(self._events.values()):
            if event.began < before and (event.outcome.done() or not only_done):
                self.leave(event)

    def _is_full(self) -> bool:
        return len(self._events) >= _MOST_WAITING or self._kept() > _MOST_BYTES

    def _kept(self) -> int:
        """Bytes of results that wait to be fetched."""
        tasks = (one.outcome for one in self._events.values() if one.outcome.done())
        return sum(len(task.result().data or b"") for task in tasks if not task.exception())

    async def run(self, work: Callable[[], list[Any]]) -> Outcome:
        """Do the work in a thread, a few at a time."""
        async with self._turns:
            began = time.perf_counter()
            working = asyncio.to_thread(_worked, work)
            [made] = await asyncio.gather(working, return_exceptions=True)
            seconds = time.perf_counter() - began
        self.average += (seconds - self.average) * (_WEIGHT if self.average else 1.0)
        # As in the old board: any error ends its call, but not the session.
        if isinstance(made, BaseException):
            if not isinstance(made, LegacyError):
                log.error("an old call failed", exc_info=made)
            return Outcome(None, seconds)
        return Outcome(made, seconds)

    def find(self, event: str) -> Event | None:
        """An event by its name."""
        return self._events.get(event)

    def next_of(self, session: str) -> Event | None:
        """The oldest event of a session that was not fetched."""
        return next((one for one in self._events.values() if one.session == session), None)

    def leave(self, event: Event) -> None:
        """Forget an event, fetched or not."""
        self._events.pop(event.id, None)


def _worked(work: Callable[[], list[Any]]) -> bytes:
    """The result of the work as JSON, which takes a tenth of the memory."""
    return msgspec.json.encode(work())
