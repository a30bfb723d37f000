"""A connection that takes no more than it should: in bytes, in time, and one request at a time.

uvicorn sets no such limits itself: a header that never ends fills the memory, a client that begins
a request and falls silent keeps its connection for ever, and so does one that never reads its
response. Those are cut off. When the server stops, a connection finishes its requests in progress.
"""

from __future__ import annotations

import asyncio
import resource
from functools import cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 64 * 1024
"""Bytes of a request's head, beyond what comes in one piece."""
MAX_REST = 1024 * 1024
"""Bytes of a body that nothing reads, before its sender is disconnected."""
PATIENCE = 30.0
"""Seconds for a request to arrive whole, and for a client that does not read."""
SLOWEST = 1024
"""Bytes a second that a client must read of a response."""
LINGER = 1.0
"""Seconds that an idle connection stays open when the server stops: a request may be coming."""
MAX_CONNECTIONS = 8192
"""Connections of one process; beyond that, the one that was idle longest is closed."""
_OTHER_FILES = 192
"""Open files that a server needs beyond its connections."""
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/json\r\n"
    b"content-length: 39\r\nconnection: close\r\n\r\n"
    b'{"detail":"Request Headers Too Large."}'
)


@cache
def most_connections() -> int:
    """How many connections this process holds: as many as it may open files, and no more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + _OTHER_FILES
    if soft < wanted:
        soft = min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(16, min(MAX_CONNECTIONS, soft - _OTHER_FILES))


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, with limits; it counts how far the requests have come."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._begun = 0
        self._headed = 0
        self._parsed = 0
        """Requests that have arrived to their last byte."""
        self._answered = 0
        self._moved_at = 0.0
        """When a request began or was answered last."""
        self._unfinished = 0
        """Bytes that came of a request since it was begun."""
        self._seen = (0, 0)
        """At the last look: requests answered, and bytes that the client had not read."""
        self._stopping = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client connects; it must send a request."""
        super().connection_made(transport)
        self._moved_at = self.loop.time()
        self._look_again()
        if len(self.connections) > most_connections():
            guarded = [one for one in self.connections if isinstance(one, GuardedProtocol)]
            min(guarded, key=lambda one: one.moved_at).transport.abort()

    @property
    def moved_at(self) -> float:
        """When a request began or was answered last, by the loop's clock."""
        return self._moved_at

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        super().connection_lost(exc)

    def _look_again(self) -> None:
        self._timer = self.loop.call_later(PATIENCE / 2, self._look)

    def _look(self) -> None:
        """Cut off a client that neither sends nor reads."""
        waited = self.loop.time() - self._moved_at >= PATIENCE
        is_silent = waited and (self._parsed < self._begun or not self._begun)
        answered, before = self._seen
        unread = self.transport.get_write_buffer_size()
        self._seen = self._answered, unread
        # Another response is written only if the client read most of the one before.
        is_same = answered == self._answered and before > 0 and unread > 0
        if is_silent or (is_same and before - unread < SLOWEST * PATIENCE / 2):
            self.transport.abort()
        else:
            self._look_again()

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
        self._moved_at = self.loop.time()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head is here."""
        self._headed += 1
        super().on_headers_complete()
        # Before 0.53 uvicorn compares the header as it came.
        if self.cycle is not None and (self._stopping or not self.parser.should_keep_alive()):
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """The whole of it is here."""
        self._parsed += 1
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """It has been answered."""
        self._answered += 1
        self._moved_at = self.loop.time()
        super().on_response_complete()

    def shutdown(self) -> None:
        """The server stops: answer requests in progress or about to arrive, then close."""
        self._stopping = True
        if self._answered < self._headed:
            super().shutdown()
        else:
            self.loop.call_later(LINGER, self._close_if_idle)

    def _close_if_idle(self) -> None:
        if self._answered == self._headed:
            self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Answer in the protocol that is spoken, and close: the parser reads no further here."""
        if self.cycle is not None:
            self.cycle.keep_alive = False
