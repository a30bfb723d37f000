"""Memory for what clients send, shared by all of them."""

from __future__ import annotations

import asyncio
from collections import deque

from frontrunner.base.errors import FrontrunnerError


class NoRoomError(FrontrunnerError):
    """Other calls hold the memory, and do not give it back in time."""


class Room:
    """Bytes that may be held at a time, given out in the order of asking."""

    def __init__(self, size: int) -> None:
        self.size = size
        """Bytes altogether."""
        self.free = size
        """Bytes that are not held."""
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def take(self, size: int, seconds: float) -> None:
        """Wait for `size` bytes. Raises NoRoomError if they are not free within `seconds`."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        self._serve()
        try:
            await asyncio.wait_for(turn, seconds)
        except TimeoutError:
            self._serve()  # the next in line may need less
            raise NoRoomError("Too many calls at once. Try again.") from None
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give(size)
            raise

    def give(self, size: int) -> None:
        """Give bytes back."""
        self.free += size
        self._serve()

    def _serve(self) -> None:
        while self._waiting and (self._waiting[0][1].done() or self._waiting[0][0] <= self.free):
            size, turn = self._waiting.popleft()
            if not turn.done():  # otherwise its client has given up
                self.free -= size
                turn.set_result(None)
