"""Proxies the new board of a rehearsal and spoils its answers on command.

    python -m frontrunner.takeover.rehearsal.saboteur PORT TARGET_PORT

It reads orders from standard input, one mode a line, and answers each with the same line once it
holds. It ends with the program that started it. Everything but the spoiled answers is passed on as
it comes: requests whole, answers in the parts in which the board sends them.
"""

from __future__ import annotations

import asyncio
import sys
from enum import StrEnum

import httptools

from frontrunner.takeover.rehearsal import falsify

SLOW = 1.2
"""Seconds by which a slow board is late: longer than a page may take, shorter than a time-out."""


class Harm(StrEnum):
    """What is wrong with the new board."""

    NONE = "none"
    SLOW = "slow"
    ERRORS = "errors"
    RESETS = "resets"
    WRONG = "wrong"
    EMPTY = "empty"
    STALE = "stale"


_CHANGES = {
    Harm.WRONG: falsify.wrong_numbers,
    Harm.EMPTY: falsify.empty,
    Harm.STALE: falsify.stale,
}
_ERROR = b"broken for a rehearsal\n"
_FIVE_HUNDRED = (
    b"HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/plain\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(_ERROR), _ERROR)
)
_LOST = (b"content-length", b"transfer-encoding", b"etag", b"content-encoding")


class Orders:
    """The harm of now."""

    def __init__(self) -> None:
        self.harm = Harm.NONE


class _Front(asyncio.Protocol):
    """One connection of Envoy, with a connection to the board of its own."""

    def __init__(self, orders: Orders, port: int) -> None:
        self._orders, self._port = orders, port
        self._back: _Back | None = None
        self._request = bytearray()
        self._parser = httptools.HttpRequestParser(self)
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def connection_lost(self, error: Exception | None) -> None:
        if self._back is not None:
            self._back.close()
        for task in self._tasks:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        self._request += data
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.transport.abort()

    def on_message_complete(self) -> None:
        request, self._request = bytes(self._request), bytearray()
        self._parser = httptools.HttpRequestParser(self)
        task = asyncio.get_running_loop().create_task(self._pass_on(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, request: bytes) -> None:
        harm = self._orders.harm
        if harm is Harm.ERRORS:
            self.transport.write(_FIVE_HUNDRED)
            return
        if harm is Harm.RESETS:
            self.transport.abort()
            return
        if harm is Harm.SLOW:
            await asyncio.sleep(SLOW)
        if self._back is None or self._back.is_closed:
            loop = asyncio.get_running_loop()
            try:
                _, self._back = await loop.create_connection(
                    lambda: _Back(self.transport), "127.0.0.1", self._port
                )
            except OSError:
                self.transport.abort()
                return
        self._back.send(request, harm)


class _Back(asyncio.Protocol):
    """One connection to the board."""

    def __init__(self, front: asyncio.Transport) -> None:
        self.is_closed = False
        self._front = front
        self._harm = Harm.NONE

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def connection_lost(self, error: Exception | None) -> None:
        """An answer that was cut is cut for Envoy, too; so is a connection that was idle."""
        self.is_closed = True
        self._front.abort()

    def close(self) -> None:
        """Close at once."""
        self.is_closed = True
        self._transport.abort()

    def send(self, request: bytes, harm: Harm) -> None:
        """Send a request; its answer is spoiled if the harm changes answers."""
        self._harm = harm
        if harm in _CHANGES:
            self._headers: list[tuple[bytes, bytes]] = []
            self._parts: list[bytes] = []
            self._parser = httptools.HttpResponseParser(self)
            request = _plain(request)
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        if self._harm not in _CHANGES:
            self._front.write(data)
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.close()
            self._front.abort()

    # --- what the parser calls while answers are changed ----------------------------------------

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.lower(), value))

    def on_body(self, part: bytes) -> None:
        self._parts.append(part)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        body = b"".join(self._parts)
        self._front.write(spoiled(self._harm, status, self._headers, body))


def _plain(request: bytes) -> bytes:
    """The request without what would bring a compressed answer, or none."""
    head, end, body = request.partition(b"\r\n\r\n")
    refused = (b"accept-encoding:", b"if-none-match:", b"if-modified-since:", b"range:")
    lines = [one for one in head.split(b"\r\n") if not one.lower().startswith(refused)]
    return b"\r\n".join(lines) + end + body


def spoiled(harm: Harm, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> bytes:
    """The bytes of an answer after the harm was done."""
    kind = next((value for name, value in headers if name == b"content-type"), b"").decode()
    if status == 200:
        body = _CHANGES[harm](kind.partition(";")[0].strip(), body)
    if harm is Harm.STALE:
        headers = [
            (name, falsify.stale_header(value) if name == b"last-modified" else value)
            for name, value in headers
        ]
    kept = [name + b": " + value for name, value in headers if name not in _LOST]
    lines = [b"HTTP/1.1 %d Rehearsed" % status, *kept]
    if status not in (204, 304):
        lines.append(b"content-length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def _serve(port: int, target: int) -> None:
    loop, orders = asyncio.get_running_loop(), Orders()
    server = await loop.create_server(lambda: _Front(orders, target), "127.0.0.1", port)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := (await reader.readline()).decode().strip():
        orders.harm = Harm(line)
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    server.close()


def main() -> None:
    """Serve until standard input ends."""
    import uvloop  # noqa: PLC0415 -- not on every system

    uvloop.run(_serve(int(sys.argv[1]), int(sys.argv[2])))


if __name__ == "__main__":
    main()
