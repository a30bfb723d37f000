"""One request and its response, as the chain of middleware passes them along."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

from frontrunner.http.pages import PageRequest
from frontrunner.http.reply import Headers

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


_LONGEST_ID = 100


async def _no_body() -> MutableMapping[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


class Request:
    """The parts of a request that responses depend on."""

    __slots__ = (
        "accept",
        "encodings",
        "hosts",
        "http_version",
        "if_modified_since",
        "if_none_match",
        "if_range",
        "languages",
        "length",
        "method",
        "origin",
        "path",
        "query",
        "range",
        "receive",
        "scheme",
        "scope",
    )

    def __init__(self, scope: Scope, receive: Receive = _no_body) -> None:
        self.receive = receive
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope["query_string"]
        self.scheme: str = scope.get("scheme", "http")
        self.http_version: str = scope.get("http_version", "1.1")
        self.encodings = self.accept = self.languages = self.origin = self.length = b""
        self.hosts: list[bytes] = []
        self.if_none_match: str | None = None
        self.range: str | None = None
        self.if_range: str | None = None
        self.if_modified_since: str | None = None
        for name, value in scope["headers"]:
            if name in _READ:
                self._read(name, value)

    def _read(self, name: bytes, value: bytes) -> None:
        if name == b"host":
            self.hosts.append(value)
        elif name == b"accept-encoding":
            # A list may come in several lines.
            self.encodings = b"%b, %b" % (self.encodings, value) if self.encodings else value
        elif name == b"accept":
            self.accept = value
        elif name == b"accept-language":
            self.languages = value
        elif name == b"origin":
            self.origin = value
        elif name == b"content-length":
            self.length = value
        elif name == b"if-modified-since":
            self.if_modified_since = value.decode("latin-1")
        elif name == b"range":
            self.range = value.decode("latin-1")
        elif name == b"if-range":
            self.if_range = value.decode("latin-1")
        else:
            tags = value.decode("latin-1")
            self.if_none_match = f"{self.if_none_match}, {tags}" if self.if_none_match else tags

    @property
    def request_id(self) -> str | None:
        """What a proxy in front, such as the gateway, calls this request."""
        for name, value in self.scope["headers"]:
            if name == b"x-request-id":
                return str(value[:_LONGEST_ID].decode("latin-1"))
        return None

    @property
    def wants_html(self) -> bool:
        """Whether the client named HTML in its Accept header: a browser, not a program."""
        return b"text/html" in self.accept

    @property
    def page_request(self) -> PageRequest:
        """The parts of this request that pages may depend on."""
        host = self.hosts[0].decode("latin-1") if self.hosts else ""
        return PageRequest(
            self.path,
            self.query,
            self.languages.decode("latin-1"),
            self.wants_html,
            f"{self.scheme}://{host}",
        )


_READ = frozenset(
    {
        b"accept",
        b"accept-encoding",
        b"accept-language",
        b"content-length",
        b"host",
        b"if-modified-since",
        b"if-none-match",
        b"if-range",
        b"origin",
        b"range",
    }
)


class Response(NamedTuple):
    """What is sent back."""

    status: int
    headers: Headers
    body: bytes
    group: str
    """What the request is counted as."""
    stream: AsyncIterator[bytes] | None = None
    """Parts that follow the body, each sent as soon as it is there."""


Handler = Callable[[Request], Awaitable[Response]]


async def send_response(response: Response, is_head: bool, send: Send) -> int:
    """Send a response; returns the bytes of its body."""
    status, headers, body, _, stream = response
    await send({"type": "http.response.start", "status": status, "headers": headers})
    if stream is None or is_head:
        body = b"" if is_head else body
        await send({"type": "http.response.body", "body": body})
        return len(body)
    sent = 0
    async for part in stream:
        sent += len(part)
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
    return sent
