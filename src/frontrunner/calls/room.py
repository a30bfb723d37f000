"""Room in memory for what clients send, shared by all of them."""

from __future__ import annotations

import asyncio
from collections import deque

from frontrunner.base.errors import FrontrunnerError


class NoRoomError(FrontrunnerError):
    """Others hold the room, and do not give it back."""


class Room:
    """Bytes that may be held at a time; who comes first is served first."""

    def __init__(self, size: int) -> None:
        self.free = size
        """Bytes that nobody holds."""
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def take(self, size: int, seconds: float) -> None:
        """Wait for room; raises NoRoomError where there is none in so many seconds."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        self._serve()
        try:
            await asyncio.wait_for(turn, seconds)
        except TimeoutError:
            self._serve()  # perhaps who waits behind needs less
            raise NoRoomError("Too many calls at once. Try again.") from None
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give(size)
            raise

    def give(self, size: int) -> None:
        """Give room back."""
        self.free += size
        self._serve()

    def _serve(self) -> None:
        while self._waiting and (self._waiting[0][1].done() or self._waiting[0][0] <= self.free):
            size, turn = self._waiting.popleft()
            if not turn.done():  # else its client has given up
                self.free -= size
                turn.set_result(None)
