"""The ASGI application.

A request passes one chain of middleware (`chain.py`) and is then answered by the first that takes
its path: what is ready to be sent, the old calls, the routes of the API, documents, pages.
A new snapshot replaces the old one between two requests: a request holds the one that it began
with, so no response mixes two snapshots.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Protocol

from frontrunner.answers.bodies import Bodies
from frontrunner.answers.service import Service
from frontrunner.base import traces
from frontrunner.base.errors import CorruptSnapshotError, UnknownNameError, UsageError
from frontrunner.http import chain, documents, earlier, icon_reply
from frontrunner.http.metrics import MEDIA_TYPE, Metrics
from frontrunner.http.pages import Page, Pages
from frontrunner.http.params import BadQueryError
from frontrunner.http.plain import not_allowed, plain, problem
from frontrunner.http.pools import BusyError, Pools
from frontrunner.http.program import program
from frontrunner.http.query import Query
from frontrunner.http.reply import Policy, Reply
from frontrunner.http.request import Receive, Request, Response, Scope, Send, send_response
from frontrunner.http.routes import ROUTES, Match, compile_routes
from frontrunner.http.served import Ready, Served, respond
from frontrunner.http.snapshot_file import send_file
from frontrunner.snapshot.answers import JSON, Encoded
from frontrunner.snapshot.reader import Snapshot

log = logging.getLogger("frontrunner.server")
_find_route = compile_routes(ROUTES)
_METHODS = ("GET", "HEAD")
_VARY_ACCEPT = (b"vary", b"accept")


class Part(Protocol):
    """Answers some paths before the API and the pages do: the old calls, the likes."""

    def takes(self, path: str) -> bool:
        """Whether it may answer a path."""

    async def answer(self, request: Request, served: Served) -> Response | None:
        """Answer a request from what is served; None leaves it to the API and the pages."""


class Application:
    """Serves one snapshot after another."""

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        max_age: int = 14400,
        origins: tuple[str, ...] = ("*",),
        pages: Pages | None = None,
        calls: Part | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self._pages = pages
        self._calls = calls
        self.likes: Part | None = None
        """Answers what belongs to the likes of the board, if visitors can like it."""
        self.metrics = metrics or Metrics()
        self._max_age = max_age
        self._pools = Pools()
        self.gate: chain.Gate | None = None
        """Answers first: whether the server is ready, and that nothing can be served."""
        handler = chain.gated(chain.limited(self._answer, self._refuse), lambda: self.gate)
        handler = chain.shared(chain.hosted(handler), origins, self._methods)
        handler = chain.counted(handler, self.metrics)
        if traces.are_on():
            handler = chain.traced(handler)
        self._handle = handler
        self.use(snapshot)

    def log_requests(self) -> None:
        """Log every request from now on."""
        self._handle = chain.logged(self._handle)

    def use(self, snapshot: Snapshot, checked_at: float | None = None) -> None:
        """Serve `snapshot` from the next request on.

        `checked_at` is when the sources last gave it, in seconds since the epoch.
        """
        self._use(Service(snapshot, checked_at))

    def renew(self, *, with_answers: bool, checked_at: float | None) -> None:
        """Serve the same snapshot, whose answers were prepared or sources checked meanwhile.

        What was read of it and made of it is kept, so it must be intact.
        """
        self._use(self.served.service.again(with_answers=with_answers, checked_at=checked_at))

    def _use(self, service: Service) -> None:
        snapshot, checked_at = service.snapshot, service.checked_at
        policy = Policy(max(snapshot.built_at, checked_at or 0), self._max_age)
        self.served = Served(service, policy)
        self.metrics.serve(snapshot, checked_at)

    @property
    def idle(self) -> bool:
        """Whether no answer is being made."""
        return self._pools.idle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            request = Request(scope, receive)
            await send_response(await self._handle(request), request.method == "HEAD", send)
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send)

    async def answer_relayed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an old call that another process of this server took and counts."""
        request, served = Request(scope, receive), self.served
        response = None
        if self._calls is not None:
            response = await self._calls.answer(request, served)
        if response is None:
            response = Response(*problem(404, "Not Found"), "<old calls>")
        await send_response(response, request.method == "HEAD", send)

    def _methods(self, path: str) -> bytes:
        posted = any(one is not None and one.takes(path) for one in (self._calls, self.likes))
        return b"GET, HEAD, POST, OPTIONS" if posted else b"GET, HEAD, OPTIONS"

    async def _answer(self, request: Request) -> Response:
        served = self.served
        if not request.query and request.method in _METHODS:
            ready = served.ready.find((request.path,))
            if ready is not None:
                return await self._respond(*ready, request)
        for part in (self._calls, self.likes):
            if part is not None and part.takes(request.path):
                answered = await part.answer(request, served)
                if answered is not None:
                    return answered
        match = _find_route(request.path)
        try:
            if match is not None:
                return await self._routed(served, request, match)
            return await self._other(served, request)
        except BusyError as error:
            return await self._refuse(request, 503, str(error))

    async def _respond(self, reply: Reply, group: str, request: Request) -> Response:
        if reply.chosen(request.encodings) is not None:
            return respond(reply, request, group)
        return await self._pools.of(request.query).run(respond, reply, request, group)

    async def _routed(self, served: Served, request: Request, match: Match) -> Response:
        route, name = match
        if request.method not in _METHODS:
            return Response(*not_allowed(), route.group)
        try:
            if route.file:
                _asked(match, served, request.query)
                return await send_file(served, route.file, route.media_type, request, route.group)
            reply = await self._pools.of(request.query).run(_replied, match, served, request)
        except (BadQueryError, UsageError, CorruptSnapshotError) as error:
            if isinstance(error, CorruptSnapshotError):
                log.error("%s could not be answered: %s", request.path, error, extra=_id(request))
            return Response(*problem(*_explained(error)), route.group)
        if route.selects:
            self.metrics.select(route.selects, name)
        if not request.query and not route.selects:
            served.ready.put((request.path,), Ready(reply, route.group))
        return await self._respond(reply, route.group, request)

    async def _other(self, served: Served, request: Request) -> Response:
        """Health, metrics, documentation, icons, pages: everything but the API's answers."""
        found = await self._found(served, request)
        if found is None:
            status, headers, body = problem(404, "Not Found")
            return Response(status, [*headers, _VARY_ACCEPT], body, "<unmatched>")
        if request.method not in _METHODS and found.status != 404:
            return Response(*not_allowed(), found.group)
        return found

    async def _found(self, served: Served, request: Request) -> Response | None:
        path = request.path
        if path == "/metrics":
            body = await self._pools.fixed.run(self.metrics.render)
            return Response(200, plain(MEDIA_TYPE, body), body, path)
        if path == "/health":
            own = [*plain(JSON, documents.HEALTH), (b"x-frontrunner-version", program())]
            return Response(200, own, documents.HEALTH, path)
        if path.startswith("/v1/icon/"):
            return await self._icon(served, path.removeprefix("/v1/icon/"))
        document = documents.find(path)
        # With pages, the description for people is one of them.
        if document is not None and not (path == "/docs" and self._pages is not None):
            page = Page(document, path, documents.headers(path))
            reply = served.page(page) if page.headers else served.reply(document)
            return await self._respond(reply, path, request)
        return await self._page(served, request)

    async def _page(self, served: Served, request: Request) -> Response | None:
        if self._pages is None or request.path.startswith("/v1/"):
            return None
        pool, service = self._pools.of(request.query), served.service
        making = pool.run(self._pages.find, service, request.page_request)
        [made] = await asyncio.gather(making, return_exceptions=True)
        if isinstance(made, Exception) and request.wants_html and not isinstance(made, BusyError):
            log.error("%s could not be made", request.path, exc_info=made, extra=_id(request))
            return await self._refuse(request, 500, "")
        if isinstance(made, BaseException):
            raise made
        return None if made is None else await self._page_response(served, made, request)

    async def _page_response(self, served: Served, page: Page, request: Request) -> Response:
        reply = served.page(page)
        if page.status == 200:
            return await self._respond(reply, page.group, request)
        form = await self._pools.fixed.run(reply.form, request.encodings)
        # Programs get an error as JSON where browsers get a page.
        return Response(page.status, [*form.headers, _VARY_ACCEPT], form.body, page.group)

    async def _refuse(self, request: Request, status: int, why: str) -> Response:
        """Say why a request is not answered: on a page for browsers, in JSON for programs."""
        group = "<refused>" if status < 500 else "<failed>"
        if self._pages is None or not request.wants_html or request.path.startswith("/v1/"):
            code, headers, body = problem(status, why)
            retry = [(b"retry-after", b"30")] if status == 503 else []
            return Response(code, [*headers, *retry, _VARY_ACCEPT], body, group)
        path = request.path if len(request.path) <= chain.MAX_PATH else "/"
        asked = request.page_request._replace(path=path, query=b"")
        page = await asyncio.to_thread(self._pages.failed, self.served.service, asked, status, why)
        return await self._page_response(self.served, page, request)

    async def _icon(self, served: Served, name: str) -> Response:
        group = "/v1/icon"
        try:
            bench = await asyncio.to_thread(served.service.find_benchmark_or_alias, name)
        except UnknownNameError as error:
            return Response(*problem(404, str(error)), group)
        if not bench.icon:
            return Response(*problem(404, f"{name} has no icon"), group)
        if not bench.icon.lower().startswith(("http://", "https://")):
            return Response(*problem(404, f"{name} icon is not a URL"), group)
        icon = icon_reply.find(served.service.snapshot, bench.icon)
        if icon is None:
            return Response(*problem(404, f"The build could not get the icon of {name}"), group)
        return Response(200, icon.headers, icon.body, group)


class _OtherSnapshotError(UsageError):
    """A page asks about a snapshot that is no longer served."""


def _id(request: Request) -> dict[str, str | None]:
    """What a line of the log says of a request."""
    return {"request_id": request.request_id}


def _replied(match: Match, served: Served, request: Request) -> Reply:
    """The reply of a route, with the encoding that the client wants. Raises as `_made` does."""
    reply = served.reply(_made(match, served, request.query))
    reply.form(request.encodings)
    return reply


def _made(match: Match, served: Served, query: bytes) -> Encoded:
    """The answer of a route. Raises as `_asked` does."""
    bodies, parsed = _asked(match, served, query)
    return match.route.make(bodies, match.name, parsed)


def _asked(match: Match, served: Served, query: bytes) -> tuple[Bodies, Query]:
    """What a route answers from, and its query. Raises BadQueryError if that cannot be read."""
    try:
        parsed = Query(query)
    except ValueError as error:
        raise BadQueryError(f"The query cannot be read: {error}") from None
    current, wanted = served.service.snapshot.id, parsed.get("snapshot")
    bodies = served.bodies
    if wanted not in (None, current):
        if not match.route.path.startswith(earlier.PATHS):
            raise _OtherSnapshotError(
                f"Another snapshot is served now: {current}. Load the page again, or leave out "
                "snapshot=. Only /v1/benchmarks and /v1/models answer from earlier snapshots."
            )
        bodies = served.earlier.find(str(wanted)) or bodies
    return bodies, parsed


def _explained(
    error: BadQueryError | UsageError | CorruptSnapshotError,
) -> tuple[int, str | list[dict[str, Any]]]:
    """The status and the words for an answer that could not be given."""
    if isinstance(error, BadQueryError):
        return 422, error.detail
    if isinstance(error, CorruptSnapshotError):
        return 500, "The snapshot is damaged. The server's log has the details."
    statuses = {UnknownNameError: 404, _OtherSnapshotError: 410}
    return statuses.get(type(error), 422), str(error)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
