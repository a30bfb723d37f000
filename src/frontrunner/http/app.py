"""The ASGI application.

Two ways lead to an answer. What was prepared when the snapshot was built is found by its path
in a dictionary and sent as it lies on disk; everything else goes through the table of routes.
A new snapshot replaces the old one between two requests: a request holds the one that it began
with, so nobody sees half of two.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl

from starlette.datastructures import QueryParams

from frontrunner.answers.service import Service
from frontrunner.base.errors import CorruptSnapshotError, UnknownNameError, UsageError
from frontrunner.http import documents, icons
from frontrunner.http.metrics import MEDIA_TYPE, Metrics, Series
from frontrunner.http.pages import Page, PagePolicy, PageRequest, Pages
from frontrunner.http.params import BadQueryError
from frontrunner.http.plain import not_allowed, plain, problem
from frontrunner.http.reply import Headers, Policy, Reply
from frontrunner.http.routes import ROUTES, Match, compile_routes
from frontrunner.snapshot.answers import JSON, Encoded
from frontrunner.snapshot.reader import Snapshot

log = logging.getLogger("frontrunner.server")
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_find_route = compile_routes(ROUTES)
_HELD_BYTES = 96 * 1024 * 1024
"""Bodies that are kept ready, before compression; a whole board is one or two MB."""
_METHODS = ("GET", "HEAD")
_CONDITIONS = frozenset({b"if-none-match", b"if-modified-since"})


class Asked:
    """The parts of a request that answers depend on."""

    __slots__ = (
        "accept",
        "encodings",
        "host",
        "if_modified_since",
        "if_none_match",
        "languages",
        "method",
        "path",
        "query",
        "scheme",
    )

    def __init__(self, scope: Scope) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope["query_string"]
        self.scheme: str = scope.get("scheme", "http")
        self.encodings = self.accept = self.languages = self.host = b""
        self.if_none_match: str | None = None
        self.if_modified_since: str | None = None
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                self.encodings = _joined(self.encodings, value)
            elif name == b"if-none-match":
                # A list may come in several lines.
                tags = value.decode("latin-1")
                self.if_none_match = f"{self.if_none_match}, {tags}" if self.if_none_match else tags
            elif name == b"if-modified-since":
                self.if_modified_since = value.decode("latin-1")
            elif name == b"accept":
                self.accept = value
            elif name == b"accept-language":
                self.languages = value
            elif name == b"host":
                self.host = value

    @property
    def page_request(self) -> PageRequest:
        """What the makers of pages are told of this request."""
        return PageRequest(
            self.path,
            self.query,
            self.languages.decode("latin-1"),
            b"text/html" in self.accept,
            f"{self.scheme}://{self.host.decode('latin-1')}",
        )


def _joined(before: bytes, value: bytes) -> bytes:
    """A list that comes in several lines, as one."""
    return b"%b, %b" % (before, value) if before else value


class Ready(NamedTuple):
    """The reply to a path, with where its requests are counted."""

    reply: Reply
    group: str
    series: Series


class Served:
    """One snapshot being served: its service, and the replies that are ready."""

    def __init__(self, snapshot: Snapshot, policy: Policy) -> None:
        self.service = Service(snapshot)
        self.prepared = snapshot.prepared is not None
        """Whether its answers were prepared when serving began; replies made before are larger."""
        self.policy = policy
        self.ready: dict[str, Ready] = {}
        """Path -> what answers a request without a query."""
        self.replies: dict[str, Reply] = {}
        """Digest of a body -> its reply, so that each is compressed once."""
        self._held = 0

    def page(self, page: Page) -> Reply:
        """The reply that sends `page`; its forms were made with it, so this is cheap."""
        return Reply(page.answer, PagePolicy(self.policy.last_modified, page.headers))

    def reply(self, answer: Encoded) -> Reply:
        """The reply that sends `answer`."""
        key = f"{answer.media_type} {answer.tag}"
        found = self.replies.get(key)
        if found is None:
            self._held += len(answer.identity)
            if self._held > _HELD_BYTES:
                self._forget(len(answer.identity))
            found = self.replies[key] = Reply(answer, self.policy)
        return found

    def _forget(self, held: int) -> None:
        """Let go of what was ready. It is made again when it is asked for again."""
        self._held = held
        self.replies.clear()
        self.ready.clear()


class OldCalls(Protocol):
    """Calls that were made for another board, answered beside the API."""

    def takes(self, path: str) -> bool:
        """Whether a path belongs to them."""

    async def answer(
        self, scope: Scope, receive: Receive, send: Send, policy: Policy, snapshot: str
    ) -> bool:
        """Answer a request while `snapshot` is served; False where they are not answered."""


class Application:
    """Serves one snapshot after another."""

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        max_age: int = 14400,
        origins: tuple[str, ...] = ("*",),
        pages: Pages | None = None,
        calls: OldCalls | None = None,
    ) -> None:
        self._pages = pages
        self._calls = calls
        self.metrics = Metrics()
        self._max_age = max_age
        self._origins = origins
        self._any_origin = "*" in origins
        self._icons = icons.Icons()
        self.use(snapshot)

    def use(self, snapshot: Snapshot) -> None:
        """Serve `snapshot` from the next request on."""
        policy = Policy(snapshot.built_at, self._max_age, self._any_origin)
        self.served = Served(snapshot, policy)
        self.metrics.serve(snapshot)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            if not await self._quickly(scope, send) and not await self._old(scope, receive, send):
                await self._http(scope, send)
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send)

    async def _quickly(self, scope: Scope, send: Send) -> bool:
        """Send what is ready, if a plain GET asks for it. Most requests end here."""
        if scope["query_string"] or scope["method"] != "GET":
            return False
        served = self.served
        ready = served.ready.get(scope["path"])
        if ready is None or not self._any_origin:
            return False
        started = time.perf_counter()
        encodings = b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                encodings = _joined(encodings, value)
            elif name in _CONDITIONS:
                return False
        form = ready.reply.quick_form(encodings)
        if form is None:
            return False
        await send({"type": "http.response.start", "status": 200, "headers": form.headers})
        seconds = time.perf_counter() - started
        await send({"type": "http.response.body", "body": form.body})
        ready.series.record(len(form.body), seconds)
        return True

    async def _old(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Answer a call made for an older board."""
        if self._calls is None or not self._calls.takes(scope["path"]):
            return False
        served, started = self.served, time.perf_counter()
        size, status = 0, 0

        async def counted(message: MutableMapping[str, Any]) -> None:
            nonlocal size, status
            size += len(message.get("body", b""))
            status = message.get("status", status)
            await send(message)

        snapshot = served.service.snapshot.id
        if not await self._calls.answer(scope, receive, counted, served.policy, snapshot):
            return False
        seconds = time.perf_counter() - started
        self.metrics.series(scope["method"], "<old calls>", status).record(size, seconds)
        return True

    async def _http(self, scope: Scope, send: Send) -> None:
        started = time.perf_counter()
        served, asked = self.served, Asked(scope)
        status, headers, body, group = await self._answer(served, asked)
        if not self._any_origin:
            headers = [*headers, *self._cors(scope)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        seconds = time.perf_counter() - started
        if asked.method == "HEAD":
            body = b""
        await send({"type": "http.response.body", "body": body})
        self.metrics.series(asked.method, group, status).record(len(body), seconds)

    async def _answer(self, served: Served, asked: Asked) -> tuple[int, Headers, bytes, str]:
        ready = served.ready.get(asked.path) if not asked.query else None
        if ready is not None and asked.method in ("GET", "HEAD"):
            return (*_send(ready.reply, asked), ready.group)
        if asked.method == "OPTIONS":
            return 204, self._preflight(), b"", "<preflight>"
        match = _find_route(asked.path)
        if match is None:
            return await self._beside(served, asked)
        if asked.method not in _METHODS:
            return (*not_allowed(served.policy), match.route.group)
        return (*await self._routed(served, asked, match), match.route.group)

    async def _routed(
        self, served: Served, asked: Asked, match: Match
    ) -> tuple[int, Headers, bytes]:
        route, name = match
        try:
            query = QueryParams(parse_qsl(asked.query.decode("latin-1"), keep_blank_values=True))
            if query.get("snapshot", served.service.snapshot.id) != served.service.snapshot.id:
                return problem(410, _other_snapshot(served), served.policy)
            answer = await asyncio.to_thread(route.make, served.service, name, query)
        except BadQueryError as error:
            return problem(422, error.detail, served.policy)
        except UnknownNameError as error:
            return problem(404, str(error), served.policy)
        except UsageError as error:
            return problem(422, str(error), served.policy)
        except CorruptSnapshotError as error:
            log.error("%s could not be answered: %s", asked.path, error)
            return problem(
                500, "The snapshot is damaged; the server's log says more.", served.policy
            )
        if route.selects:
            self.metrics.select(route.selects, name)
        reply = served.reply(answer)
        if not asked.query and not route.selects:
            series = self.metrics.series("GET", route.group, 200)
            served.ready[asked.path] = Ready(reply, route.group, series)
        return await asyncio.to_thread(_send, reply, asked)

    async def _beside(self, served: Served, asked: Asked) -> tuple[int, Headers, bytes, str]:
        """Health, metrics, documentation, icons: what is not an answer about the board."""
        found = await self._found_beside(served, asked)
        if found is None:
            return (*problem(404, "Not Found", served.policy), "<unmatched>")
        if asked.method not in _METHODS and found[0] != 404:
            return (*not_allowed(served.policy), found[-1])
        return found

    async def _found_beside(
        self, served: Served, asked: Asked
    ) -> tuple[int, Headers, bytes, str] | None:
        if asked.path == "/metrics":
            body = await asyncio.to_thread(self.metrics.render)
            headers = [*plain(MEDIA_TYPE, body), *served.policy.sharing]
            return 200, headers, body, "/metrics"
        if asked.path == "/health":
            headers = [*plain(JSON, documents.HEALTH), *served.policy.sharing]
            return 200, headers, documents.HEALTH, "/health"
        if asked.path.startswith("/v1/icon/"):
            name = asked.path.removeprefix("/v1/icon/")
            return (*await self._icon(served, name), "/v1/icon")
        document = documents.find(asked.path)
        if document is not None:
            page = Page(document, asked.path, documents.headers(asked.path))
            reply = served.page(page) if page.headers else served.reply(document)
            return (*_send(reply, asked), asked.path)
        return await self._page(served, asked)

    async def _page(self, served: Served, asked: Asked) -> tuple[int, Headers, bytes, str] | None:
        if self._pages is None or asked.path.startswith("/v1/"):
            return None
        page = await self._make_page(self._pages, served.service, asked.page_request)
        if page is None:
            return None
        reply = served.page(page)
        if page.status == 200:
            return (*await asyncio.to_thread(_send, reply, asked), page.group)
        form = await asyncio.to_thread(reply.form, asked.encodings)
        return page.status, form.headers, form.body, page.group

    async def _make_page(self, pages: Pages, service: Service, request: PageRequest) -> Page | None:
        """The page; one that says so where a mistake of ours keeps it from being made."""
        making = asyncio.to_thread(pages.find, service, request)
        [made] = await asyncio.gather(making, return_exceptions=True)
        if isinstance(made, Exception) and request.wants_html:
            log.error("%s could not be made", request.path, exc_info=made)
            return await asyncio.to_thread(pages.failed, service, request)
        if isinstance(made, BaseException):
            raise made
        return made

    async def _icon(self, served: Served, name: str) -> tuple[int, Headers, bytes]:
        try:
            bench = await asyncio.to_thread(served.service.find_benchmark_or_alias, name)
        except UnknownNameError as error:
            return problem(404, str(error), served.policy)
        if not bench.icon:
            return problem(404, f"{name} has no icon", served.policy)
        if not bench.icon.lower().startswith(("http://", "https://")):
            return problem(404, f"{name} icon is not a URL", served.policy)
        icon = await self._icons.get(bench.icon)
        if icon is None:
            return problem(502, "Upstream icon fetch failed", served.policy)
        return 200, [*icon.headers, *served.policy.sharing], icon.body

    def _cors(self, scope: Scope) -> Headers:
        origin = next((value for name, value in scope["headers"] if name == b"origin"), b"")
        headers = [(b"vary", b"origin")]
        if origin.decode("latin-1") in self._origins:
            headers += [
                (b"access-control-allow-origin", origin),
                (b"access-control-expose-headers", b"ETag"),
            ]
        return headers

    def _preflight(self) -> Headers:
        allow = [
            (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
            (b"access-control-allow-headers", b"*"),
            (b"access-control-max-age", b"86400"),
            (b"allow", b"GET, HEAD, OPTIONS"),
        ]
        if self._any_origin:
            allow.append((b"access-control-allow-origin", b"*"))
        return allow


def _other_snapshot(served: Served) -> str:
    """What a page is told whose snapshot is no longer served: it loads itself again."""
    return f"Another snapshot is served now: {served.service.snapshot.id}. Load the page again."


def _send(reply: Reply, asked: Asked) -> tuple[int, Headers, bytes]:
    form = reply.form(asked.encodings)
    if (asked.if_none_match or asked.if_modified_since) and reply.is_fresh(
        form, asked.if_none_match, asked.if_modified_since
    ):
        return 304, form.not_modified, b""
    return 200, form.headers, form.body


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
