"""Read the bodies of old calls, with limits on size, time and total memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from frontrunner.calls.room import NoRoomError, Room
from frontrunner.http.request import Receive

LARGEST = 16 * 1024 * 1024
"""Bytes of a body; the 57 tables of the old board are three million."""
SECONDS = 20.0
"""For a body to arrive; a proxy in front keeps slow senders away."""
PATIENCE = 60.0
"""Seconds that a call waits for memory."""
_PART_PATIENCE = 15.0
"""Seconds that a part of a body waits for memory."""
_PER_VALUE = 96
"""Bytes of memory that a value takes at most once it is decoded, beyond its text."""


class HttpError(Exception):
    """A request that is answered with an error status."""

    def __init__(self, status: int, content: dict[str, object] | str) -> None:
        super().__init__(status)
        self.status = status
        is_text = isinstance(content, str)
        self.body = content.encode() if isinstance(content, str) else msgspec.json.encode(content)
        self.media_type = "text/plain; charset=utf-8" if is_text else "application/json"


class Loan:
    """Memory that a call holds in a room, given back once."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.size = 0

    async def take(self, size: int, seconds: float) -> None:
        """Hold more. Raises HttpError if others hold it for so many seconds."""
        try:
            await self._room.take(size, seconds)
        except NoRoomError as error:
            raise HttpError(503, {"detail": str(error)}) from None
        self.size += size

    def give(self) -> None:
        """Give everything back."""
        size, self.size = self.size, 0
        if size:
            self._room.give(size)


@asynccontextmanager
async def body_of(receive: Receive, room: Room, announced: bytes) -> AsyncIterator[bytes]:
    """The body of a request, which holds memory only for what has arrived.

    Raises HttpError if it is too large, does not arrive in time, or there is no memory for it.
    """
    if announced.isdigit() and int(announced) > LARGEST:
        raise too_large()
    loan = Loan(room)
    try:
        async with asyncio.timeout(SECONDS):
            body = await _read(receive, loan)
        yield body
    except TimeoutError:
        raise HttpError(408, {"detail": "The body did not arrive in time."}) from None
    finally:
        loan.give()


async def _read(receive: Receive, loan: Loan) -> bytes:
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HttpError(400, {"detail": "The client went away."})
        part: bytes = message.get("body", b"")
        if loan.size + len(part) > LARGEST:
            raise too_large()
        if part:
            await loan.take(len(part), _PART_PATIENCE)
            parts.append(part)
        more = bool(message.get("more_body"))
    return b"".join(parts)


def cost(body: bytes) -> int:
    """Bytes of memory that decoding a body and answering the call takes at most.

    Before each value is a comma, a colon or an opening bracket, so counting those bounds their
    number. An object takes the memory of three other values.
    """
    values = body.count(b",") + body.count(b"[") + 3 * body.count(b"{")
    return 3 * len(body) + _PER_VALUE * (values + 1)


def too_large() -> HttpError:
    """The response to a body that is larger than any the old board's page sent."""
    return HttpError(413, {"detail": f"The body is larger than {LARGEST} bytes."})
