"""A connection that takes no more than it should: in bytes, in time, and one request at a time.

uvicorn sets no limit of its own where it parses with httptools: a header that never ends fills the
memory, and a client that begins a request and falls silent keeps its connection for ever.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 64 * 1024
"""Bytes of a request's head, beyond what comes in one piece."""
MAX_REST = 1024 * 1024
"""Bytes of a body that nobody asked for, before its sender is hung up on."""
PATIENCE = 30.0
"""Seconds for a request to arrive whole."""
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/json\r\n"
    b"content-length: 39\r\nconnection: close\r\n\r\n"
    b'{"detail":"Request Headers Too Large."}'
)


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, with limits; it counts how far the requests have come."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._begun = 0
        self._headed = 0
        self._parsed = 0
        """Requests that have arrived to their last byte."""
        self._answered = 0
        self._begun_at = 0.0
        self._unfinished = 0
        """Bytes that came of a request since it was begun."""
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there; it must say something."""
        super().connection_made(transport)
        self._patience = self.loop.call_later(PATIENCE, self._look_for_progress)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        super().connection_lost(exc)

    def _look_for_progress(self) -> None:
        stuck = self._parsed < self._begun and self.loop.time() - self._begun_at >= PATIENCE
        if stuck or not self._begun:
            self.transport.close()
        else:
            self._patience = self.loop.call_later(PATIENCE, self._look_for_progress)

    def data_received(self, data: bytes) -> None:
        """Parse what came, unless it is more than a request may be."""
        super().data_received(data)
        if self._parsed == self._begun:
            self._unfinished = 0
            return
        self._unfinished += len(data)
        if self._headed < self._begun and self._unfinished > MAX_HEAD:
            if not self.transport.is_closing():
                self.transport.write(_TOO_LARGE)
                self.transport.close()
        elif self._answered == self._begun and self._unfinished > MAX_REST:
            self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins."""
        self._begun += 1
        self._begun_at = self.loop.time()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head is here."""
        self._headed += 1
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The whole of it is here."""
        self._parsed += 1
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """It has been answered."""
        self._answered += 1
        super().on_response_complete()

    def _unsupported_upgrade_warning(self) -> None:
        """Answer in the protocol that is spoken, and hang up: the parser reads no further here."""
        if self.cycle is not None:
            self.cycle.keep_alive = False
