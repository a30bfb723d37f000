"""All users at once, in a thread with an event loop of its own, until they are stopped."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count

from frontrunner.base.errors import TakeoverError
from frontrunner.takeover.rehearsal.asked import Grounds
from frontrunner.takeover.rehearsal.book import Book
from frontrunner.takeover.rehearsal.drive import Client, Pace
from frontrunner.takeover.rehearsal.flips import SidesSeen
from frontrunner.takeover.rehearsal.habits import VISITS
from frontrunner.takeover.rehearsal.population import Kind, Visitor, crowd, visitor
from frontrunner.takeover.stages import FULL

CLIENTS = 48
"""Connections that carry the crowd."""
USERS = 20_000
FEW = {Kind.PAGE: 2, Kind.CLIENT: 2, Kind.WATCHER: 12, Kind.WRITER: 1}
"""Tasks of their own for what takes long on the old board, and the seconds between two visits."""
_REST = {Kind.PAGE: 0.4, Kind.CLIENT: 0.4, Kind.WATCHER: 0.5, Kind.WRITER: 5.0}
_OLD_PAGES = frozenset({Kind.PAGE, Kind.CLIENT, Kind.WATCHER})
_FIRST_OF_FEW = 8_000_000
_STOPPING = 45.0


class Throng:
    """The traffic of one rehearsal."""

    def __init__(self, grounds: Grounds, salt: str, rate: float, seed: int = 10) -> None:
        """`rate` is how many requests the crowd sends in a second at most."""
        self.book, self.seen = Book(), SidesSeen()
        self._grounds, self._salt, self._rate, self._seed = grounds, salt, rate, seed
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(1, "users")
        self._running: Future[None] | None = None

    def start(self) -> None:
        """Send requests from now on."""
        self._running = self._pool.submit(self._run)

    def stop(self) -> None:
        """Let the visits under way end. Raises the error that ended the traffic early, if any."""
        self._stop.set()
        if self._running is not None:
            self._running.result(_STOPPING)
        self._pool.shutdown()

    def check(self) -> None:
        """Raises what ended the traffic, if something did."""
        if self._running is not None and self._running.done():
            self._running.result()
            raise TakeoverError("The rehearsal's users stopped. This is a bug in Frontrunner.")

    def _run(self) -> None:
        import uvloop  # noqa: PLC0415 -- not on every system

        uvloop.run(self._all())

    async def _all(self) -> None:
        everybody = crowd(USERS, self._salt, self._seed)
        groups = [everybody[at::CLIENTS] for at in range(CLIENTS)]
        async with asyncio.TaskGroup() as tasks:
            for number, group in enumerate(groups):
                tasks.create_task(self._client(number, group))
            for number, kind in enumerate(kind for kind, size in FEW.items() for _ in range(size)):
                tasks.create_task(self._few(kind, number))

    @contextlib.contextmanager
    def _new_client(self, number: int) -> Iterator[Client]:
        client = Client(self._grounds, self.book, self.seen, self._seed * 1000 + number)
        try:
            yield client
        finally:
            client.close()

    async def _client(self, number: int, group: list[Visitor]) -> None:
        """Carry the users of a group by turns."""
        pace = Pace(CLIENTS / self._rate)
        with self._new_client(number) as client:
            while not self._stop.is_set():
                who = client.draw.choice(group)
                before = client.asked
                await VISITS[who.kind](client, who)
                await pace.after(client.asked - before)

    async def _few(self, kind: Kind, number: int) -> None:
        """New users of one kind, one after another."""
        with self._new_client(CLIENTS + number) as client:
            for turn in count():
                await asyncio.sleep(_REST[kind])
                if self._stop.is_set():
                    return
                if kind in _OLD_PAGES and self.seen.shares.now.share == FULL:
                    continue  # the old board's users have been asked to leave
                who = visitor(_FIRST_OF_FEW + number * 100_000 + turn, kind, self._salt)
                await VISITS[kind](client, who)
