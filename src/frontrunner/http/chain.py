"""What every request passes through, whatever answers it: counting, sharing, the host, limits.

Each link takes the handler behind it and returns one that does a little more. One chain serves the
API, the pages and the old calls, so all of them have the same limits and the same headers.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable

from frontrunner.base import traces
from frontrunner.http import query
from frontrunner.http.metrics import Metrics, Series
from frontrunner.http.plain import problem
from frontrunner.http.reply import Headers
from frontrunner.http.request import Handler, Request, Response

log = logging.getLogger("frontrunner.server")
MAX_PATH = 1024
"""Characters of a path, decoded. Names of models, tasks and boards have at most 500."""
_NOSNIFF = (b"x-content-type-options", b"nosniff")
_EXPOSED = (b"access-control-expose-headers", b"ETag, Accept-Ranges, Content-Range")
_ALLOW_ORIGIN = b"access-control-allow-origin"
_OF_PAGES = ("/_assets/", "/favicon.ico")
"""Files of pages, whose headers no program of another origin reads: a cold visit asks for five."""


def counted(handler: Handler, metrics: Metrics) -> Handler:
    """Count every request with its size and the time until its response began."""

    async def handle(request: Request) -> Response:
        began = time.perf_counter()
        response = await handler(request)
        seconds = time.perf_counter() - began
        status, headers, body, group, stream = response
        series = metrics.series(request.method, group, status)
        series.record(0 if request.method == "HEAD" else len(body), seconds)
        if stream is None:
            return response
        return Response(status, headers, body, group, _sized(stream, series))

    return handle


def logged(handler: Handler) -> Handler:
    """Log every request."""

    async def handle(request: Request) -> Response:
        began = time.perf_counter()
        response = await handler(request)
        seconds = round(time.perf_counter() - began, 6)
        log.info("%s %s: %d", request.method, request.path, response.status, extra={
            "event": "request", "method": request.method, "path": request.path,
            "status": response.status, "group": response.group, "bytes": len(response.body),
            "seconds": seconds, "request_id": request.request_id,
        })  # fmt: skip
        return response

    return handle


def traced(handler: Handler) -> Handler:
    """Make a span of every request, below the one that the client names in `traceparent`."""

    async def handle(request: Request) -> Response:
        with traces.of_request(request.method, request.path, request.scope["headers"]) as say:
            response = await handler(request)
            say(response.status, response.group)
            return response

    return handle


async def _sized(parts: AsyncIterator[bytes], series: Series) -> AsyncIterator[bytes]:
    async for part in parts:
        series.add(len(part))
        yield part


def shared(handler: Handler, origins: tuple[str, ...], methods: Callable[[str], bytes]) -> Handler:
    """Say which pages of other origins may read a response, and answer their preflights.

    `origins` are the origins whose pages may read; `*` means every origin. `methods` gives the
    methods that a path takes.
    """
    everyone: Headers = [_NOSNIFF, (_ALLOW_ORIGIN, b"*")]
    allowed = frozenset(origin.encode("latin-1", "replace") for origin in origins)

    def headers(request: Request) -> Headers:
        if b"*" in allowed:
            return everyone if request.path.startswith(_OF_PAGES) else [*everyone, _EXPOSED]
        common = [_NOSNIFF, (b"vary", b"origin")]
        if request.origin in allowed:
            common += [(_ALLOW_ORIGIN, request.origin), _EXPOSED]
        return common

    async def handle(request: Request) -> Response:
        if request.method == "OPTIONS":
            preflight = [*_preflight(methods(request.path)), *headers(request)]
            return Response(204, preflight, b"", "<preflight>")
        status, own, body, group, stream = await handler(request)
        return Response(status, own + headers(request), body, group, stream)

    return handle


def _preflight(methods: bytes) -> Headers:
    return [
        (b"access-control-allow-methods", methods),
        (b"access-control-allow-headers", b"*"),
        (b"access-control-max-age", b"86400"),
        (b"allow", methods),
    ]


def hosted(handler: Handler) -> Handler:
    """Reject a request with several hosts, or with none where HTTP/1.1 wants one (RFC 9112)."""

    async def handle(request: Request) -> Response:
        count = len(request.hosts)
        if count > 1 or (count == 0 and request.http_version == "1.1"):
            return Response(*problem(400, "Send exactly one Host header."), "<refused>")
        return await handler(request)

    return handle


Gate = Callable[[Request], Response | None]
"""Answers in place of everything behind it, or lets a request pass with None."""


def gated(handler: Handler, gate: Callable[[], Gate | None]) -> Handler:
    """Let a gate answer first, if there is one."""

    async def handle(request: Request) -> Response:
        current = gate()
        stopped = current(request) if current is not None else None
        return stopped if stopped is not None else await handler(request)

    return handle


Refuse = Callable[[Request, int, str], Awaitable[Response]]
"""Responds with a status and the reason."""


def limited(handler: Handler, refuse: Refuse) -> Handler:
    """Reject addresses that are longer than any of ours, before anything reads them."""

    async def handle(request: Request) -> Response:
        if len(request.query) > query.MAX_BYTES or len(request.path) > MAX_PATH:
            detail = (
                f"The address is too long: at most {MAX_PATH:,} characters of path "
                f"and {query.MAX_BYTES:,} bytes of query."
            )
            return await refuse(request, 414, detail)
        return await handler(request)

    return handle
