"""Old calls that one server process passes on to the process whose queue all of them share.

What is prepared is answered here. A call, its result and the state of the queue are asked for over
a Unix socket, in HTTP, and passed back as they come.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from urllib.parse import quote

import httptools

from frontrunner.calls.entry import Calls
from frontrunner.http.plain import problem
from frontrunner.http.reply import Headers
from frontrunner.http.request import Request, Response
from frontrunner.http.served import Served

_GROUP = "<old calls>"
_QUEUED = ("/call/", "/queue/", "/api/", "/run/")
_PART = 64 * 1024
_OF_THE_CONNECTION = frozenset({b"connection", b"date", b"transfer-encoding", b"server"})


class RelayedCalls:
    """The old calls of one home, whose queue is in another process."""

    def __init__(self, calls: Calls, socket: Path) -> None:
        self._calls = calls
        self._socket = socket

    def takes(self, path: str) -> bool:
        """Whether a path belongs to the old calls."""
        return self._calls.takes(path)

    async def answer(self, request: Request, served: Served) -> Response | None:
        """Answer a call; None if no old board was adopted."""
        if not self._calls.is_adopted(served.service.snapshot.id):
            return None
        if request.method != "POST" and not request.path.startswith(_QUEUED):
            return await self._calls.answer(request, served)
        try:
            return await _ask(self._socket, request)
        except (OSError, httptools.HttpParserError):
            detail = "The process that answers calls is being restarted. Try again."
            return Response(*problem(503, detail), _GROUP)


async def _ask(socket: Path, request: Request) -> Response:
    """Pass a request on.

    Raises OSError if no process answers, HttpParserError if the answer is not HTTP.
    """
    reader, writer = await asyncio.open_unix_connection(str(socket))
    sending = asyncio.create_task(_send(writer, request))
    answer = _Answer()
    async with AsyncExitStack() as held:
        held.push_async_callback(_end, writer, sending)
        while not answer.has_head:
            part = await reader.read(_PART)
            if not part:
                raise ConnectionResetError
            answer.feed(part)
        parts = None
        if request.method != "HEAD":  # whose parts are never asked for
            parts = _parts(answer, reader, held.pop_all())
    return Response(answer.status, answer.headers, b"", _GROUP, parts)


async def _parts(
    answer: _Answer, reader: asyncio.StreamReader, held: AsyncExitStack
) -> AsyncIterator[bytes]:
    async with held:
        while True:
            body = answer.taken()
            if body:
                yield body
            if answer.is_whole:
                return
            part = await reader.read(_PART)
            if not part:
                raise ConnectionResetError
            answer.feed(part)


async def _end(writer: asyncio.StreamWriter, sending: asyncio.Task[None]) -> None:
    writer.close()
    sending.cancel()
    with suppress(asyncio.CancelledError, OSError):
        await sending


async def _send(writer: asyncio.StreamWriter, request: Request) -> None:
    """Write the request as it comes; an answer may come before all of it was sent."""
    target = quote(request.path).encode() + (b"?" + request.query if request.query else b"")
    announced = request.length if request.length.isdigit() else b""
    head = [
        b"%b %b HTTP/1.1" % (request.method.encode(), target),
        b"host: calls",
        b"connection: close",
        b"accept-encoding: " + request.encodings,
    ]
    if request.method == "POST":
        head.append(b"content-length: " + announced if announced else b"transfer-encoding: chunked")
    writer.write(b"\r\n".join((*head, b"", b"")))
    if request.method == "POST":
        await _send_body(writer, request, is_chunked=not announced)


async def _send_body(writer: asyncio.StreamWriter, request: Request, *, is_chunked: bool) -> None:
    more = True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            writer.close()
            return
        body: bytes = message.get("body", b"")
        more = bool(message.get("more_body"))
        if body:
            writer.write(b"%x\r\n%b\r\n" % (len(body), body) if is_chunked else body)
        if is_chunked and not more:
            writer.write(b"0\r\n\r\n")
        await writer.drain()


class _Answer:
    """A response as it arrives."""

    def __init__(self) -> None:
        self.headers: Headers = []
        self.has_head = self.is_whole = False
        self.status = 0
        self._parts: list[bytes] = []
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, part: bytes) -> None:
        """Parse what came."""
        self._parser.feed_data(part)

    def taken(self) -> bytes:
        """What came of the body since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)

    # --- what the parser calls ------------------------------------------------------------------

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        if name.lower() not in _OF_THE_CONNECTION:
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """The head has arrived."""
        self.status = self._parser.get_status_code()
        self.has_head = True

    def on_body(self, body: bytes) -> None:
        """A part of the body has arrived."""
        self._parts.append(body)

    def on_message_complete(self) -> None:
        """The whole body has arrived."""
        self.is_whole = True
