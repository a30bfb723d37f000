"""One connection that is kept, for a client that measures: bytes of a request in, its answer out.

It costs a tenth of what a full client costs, so that the client is not what is measured. It follows
no redirect, keeps no cookie and never asks twice: its user does, and counts it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

import httptools

from frontrunner.base.errors import NetworkError

OnBody = Callable[[bytes], None]


class CutError(NetworkError):
    """The connection ended before the answer did, or could not be opened."""


class RawAnswer(NamedTuple):
    """An answer as it came."""

    status: int
    headers: list[tuple[bytes, bytes]]
    """Names in lower case, in the order in which they came."""
    body: bytes
    """Empty if the parts of the body were passed on as they came."""

    def header(self, name: bytes) -> bytes:
        """The first header of a name; empty if there is none."""
        return next((value for key, value in self.headers if key == name), b"")


class Link:
    """A connection to one address; it is opened when it is needed. One request at a time."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._wire: _Wire | None = None

    async def ask(self, request: bytes, seconds: float, on_body: OnBody | None = None) -> RawAnswer:
        """Send a request and wait for its whole answer, at most some seconds.

        `on_body` gets the parts of the body as they come. Raises CutError if the connection ends
        before, TimeoutError if the time is up; the connection is closed then.
        """
        async with asyncio.timeout(seconds):
            try:
                wire = self._wire
                if wire is None or wire.is_closed:
                    wire = self._wire = await self._open()
                answer = await wire.ask(request, on_body)
            except OSError as error:
                self.close()
                raise CutError(str(error) or repr(error)) from error
            except (CutError, asyncio.CancelledError):
                self.close()
                raise
        if not wire.may_go_on:
            self.close()
        return answer

    async def is_open(self) -> bool:
        """Whether the connection is open; if it is not, it is opened if that is possible."""
        if self._wire is None or self._wire.is_closed:
            try:
                self._wire = await self._open()
            except OSError:
                self._wire = None
        return self._wire is not None

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._wire is not None:
            self._wire.abort()
        self._wire = None

    async def _open(self) -> _Wire:
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_connection(_Wire, self._host, self._port)
        return wire


class _Wire(asyncio.Protocol):
    """Reads answers from one connection. The methods `on_...` are called by the parser."""

    def __init__(self) -> None:
        self.is_closed = False
        self.may_go_on = True
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[RawAnswer] | None = None

    # --- what its user calls ------------------------------------------------------------------

    def ask(self, request: bytes, on_body: OnBody | None) -> asyncio.Future[RawAnswer]:
        """Send a request; the answer comes with the future."""
        self._waiting = asyncio.get_running_loop().create_future()
        self._parser = httptools.HttpResponseParser(self)
        self._headers: list[tuple[bytes, bytes]] = []
        self._parts: list[bytes] = []
        self._on_body = on_body or self._parts.append
        if self._transport is None or self.is_closed:
            self._fail(CutError("the connection was closed"))
        else:
            self._transport.write(request)
        return self._waiting

    def abort(self) -> None:
        """Close at once."""
        self.is_closed = True
        if self._transport is not None:
            self._transport.abort()

    # --- what the loop calls ------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio.Transport.
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        if self._waiting is None or self._waiting.done():
            self.abort()  # an answer that nothing asked for
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(CutError(f"not HTTP: {error}"))

    def connection_lost(self, error: Exception | None) -> None:
        self.is_closed = True
        self._fail(CutError(str(error or "the connection was closed")))

    def _fail(self, error: CutError) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)

    # --- what the parser calls ----------------------------------------------------------------

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.lower(), value))

    def on_body(self, part: bytes) -> None:
        self._on_body(part)

    def on_message_complete(self) -> None:
        self.may_go_on = self._parser.should_keep_alive()
        answer = RawAnswer(self._parser.get_status_code(), self._headers, b"".join(self._parts))
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(answer)
