"""Requests and answers of the old calls as ASGI messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import msgspec

from frontrunner.http.reply import Headers

if TYPE_CHECKING:
    from frontrunner.http.app import Receive, Scope, Send

LARGEST = 16 * 1024 * 1024
"""Bytes of a body; the 57 tables of the old board are three million."""
_SECONDS_TO_SEND = 20.0
"""Others may wait for the room that a body takes; a proxy in front keeps slow senders away."""


class HttpError(Exception):
    """A request that is answered with an error status."""

    def __init__(self, status: int, content: dict[str, object] | str) -> None:
        super().__init__(status)
        self.status = status
        is_text = isinstance(content, str)
        self.body = content.encode() if isinstance(content, str) else msgspec.json.encode(content)
        self.media_type = "text/plain; charset=utf-8" if is_text else "application/json"


class Request:
    """The parts of a request that answers depend on."""

    def __init__(self, scope: Scope) -> None:
        self.method: str = scope["method"]
        path: str = scope["path"]
        self.path = path.removesuffix("/") or "/"
        self.query = dict(parse_qsl(scope["query_string"].decode("latin-1"), True))
        headers = dict(scope["headers"])
        self.encodings: bytes = headers.get(b"accept-encoding", b"")
        self.if_none_match: str = headers.get(b"if-none-match", b"").decode("latin-1")
        length: bytes = headers.get(b"content-length", b"")
        self.size = int(length) if length.isdigit() else LARGEST
        """Bytes of the body, at most."""


async def read_body(receive: Receive, seconds: float = _SECONDS_TO_SEND) -> bytes:
    """The whole body of a request.

    Raises HttpError where it is larger than anybody needs, or does not come in time.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _body(receive)
    except TimeoutError:
        raise HttpError(408, {"detail": "The body did not come in time."}) from None


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > LARGEST:
            raise too_large()
        parts.append(part)
        more = bool(message.get("more_body"))
    return b"".join(parts)


def too_large() -> HttpError:
    """What a body is answered that is larger than anybody needs."""
    return HttpError(413, {"detail": f"The body is larger than {LARGEST} bytes."})


async def respond(send: Send, status: int, body: bytes, headers: Headers) -> None:
    """Send an answer that is whole."""
    if status != 304 and not any(name == b"content-length" for name, _ in headers):
        headers = [*headers, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def stream(send: Send, parts: AsyncIterator[bytes], headers: Headers) -> None:
    """Send an answer part by part, as each is there."""
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    async for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
