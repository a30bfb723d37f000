"""Answer a request that came before, byte for byte, without parsing it again.

A client that keeps its connection sends the same bytes for the same question. Once such a
request has been answered the ordinary way, its bytes are a key: the answer goes out as soon as
they are read. Parsing and building the head of the answer is most of what a server does for a
small request, and a quarter of what it does for a board.

What makes this safe: a key is the whole of one GET request of HTTP/1.1 with its headers, none of
which announces a body, a condition, another protocol or the end of the connection; it is looked up
only between two requests of a connection, when the last one is here to the last byte of its body
and answered; the answers belong to one snapshot and go when it goes; and a client that does not
read is left to the ordinary way, which waits for it.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, cast

from frontrunner.api.guard import GuardedProtocol
from frontrunner.api.metrics import Series
from frontrunner.api.reply import Form

if TYPE_CHECKING:
    from frontrunner.api.app import Application

RAW = "frontrunner.raw"
"""Where a request's bytes lie in its ASGI scope, if they may become a key."""
_MAX_KEY = 2048
_MAX_KEYS = 4096
_END = b"\r\n\r\n"
_NOT_PLAIN = re.compile(
    rb"\n(content-length|transfer-encoding|trailer|expect|upgrade|connection(?!: keep-alive\r)"
    rb"|[ \t])",
    re.IGNORECASE,
)
"""Headers after which more than an answer may follow, however they are spelled; folded lines."""


def may_be_key(data: bytes) -> bool:
    """Whether `data` is the whole of one plain GET request that keeps its connection."""
    return (
        len(data) <= _MAX_KEY
        and data.startswith(b"GET ")
        and data.find(_END) == len(data) - len(_END)
        and b" HTTP/1.1\r\n" in data
        and _NOT_PLAIN.search(data) is None
    )


class QuickAnswers:
    """The answers of one snapshot by the bytes that ask for them."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[Form, Series]] = {}
        self._heads: dict[Form, bytes] = {}
        self._defaults: list[tuple[bytes, bytes]] | None = None

    def learn(self, raw: bytes, form: Form, series: Series) -> None:
        """Remember that `raw` was answered with `form`."""
        if len(self._known) < _MAX_KEYS:
            self._known[raw] = (form, series)

    def find(self, raw: bytes) -> tuple[Form, Series] | None:
        """What answers `raw`."""
        return self._known.get(raw)

    def head(self, form: Form, defaults: list[tuple[bytes, bytes]]) -> bytes:
        """Status line and headers; `defaults` are the server's, new each second for the date."""
        if defaults is not self._defaults:
            self._heads.clear()
            self._defaults = defaults
        head = self._heads.get(form)
        if head is None:
            lines = b"".join(b"%b: %b\r\n" % pair for pair in (*defaults, *form.headers))
            head = self._heads[form] = b"HTTP/1.1 200 OK\r\n%b\r\n" % lines
        return head


class QuickProtocol(GuardedProtocol):
    """The guarded protocol, with a look at the whole request before it is parsed."""

    app: Application

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._last_quick = 0.0
        self._key: bytes | None = None

    def data_received(self, data: bytes) -> None:
        """Answer at once if these bytes are known and nothing is under way; else parse them."""
        between = self._begun == self._parsed == self._answered
        if between and not self.flow.write_paused:
            known = self.app.served.quick.find(data)
            if known is not None:
                self._send(*known)
                return
        self._key = bytes(data) if between and may_be_key(data) else None
        super().data_received(data)

    def _send(self, form: Form, series: Series) -> None:
        started = time.perf_counter()
        head = self.app.served.quick.head(form, self.server_state.default_headers)
        self.transport.writelines((head, form.body))
        self._last_quick = self.loop.time()
        self.server_state.total_requests += 1
        if self.timeout_keep_alive_task is None:
            self._wait_for_next(self.timeout_keep_alive)
        series.record(len(form.body), time.perf_counter() - started)

    def _wait_for_next(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection; one that was answered quickly meanwhile is not idle."""
        left = self._last_quick + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._wait_for_next(left)
        else:
            super().timeout_keep_alive_handler()

    def is_silent(self) -> bool:
        """Whether a client that began no request was not answered quickly either."""
        return not self._last_quick

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        if self._key is not None:
            cast(dict[str, Any], self.scope)[RAW] = self._key
