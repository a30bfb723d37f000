"""The likes of a board that is not on the Hub: `/likes`, as a page and as JSON.

One for each visitor, by a cookie that holds no identifier. A limit for each network and for all
together keeps programs from adding many; it counts in memory, by a hash that ends with the process.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from frontrunner.answers.service import Service
from frontrunner.base.errors import LikesError
from frontrunner.base.limit import Limit
from frontrunner.http.plain import plain
from frontrunner.http.reply import Headers
from frontrunner.http.request import Request, Response
from frontrunner.http.served import Served
from frontrunner.snapshot.answers import JSON
from frontrunner.web.like_counts import LikeCounts, read_imported
from frontrunner.web.site import Site
from frontrunner.web.visit import Shown, Visit

PATH = "/likes"
COOKIE = "frontrunner-liked"
_DAY = 86_400.0
_OF_NETWORK = 10
"""Likes of one network a day: a school or an office has one address."""
_OF_ALL = 2_000
"""Likes a day in all."""
_YEAR = 31_536_000
_LATER = (b"retry-after", b"30")
log = logging.getLogger("frontrunner.server")


class _Done(NamedTuple):
    """What became of a request."""

    status: int = 200
    said: str = ""
    """The key of what to say."""
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Likes:
    """Answers `/likes`."""

    def __init__(
        self,
        counts: LikeCounts,
        imported: Path,
        site: Site,
        limits: tuple[Limit, Limit] | None = None,
    ) -> None:
        """`imported` is the file with the starting count; there may be none."""
        self._counts = counts
        self._imported = imported
        self._site = site
        self._network, self._all = limits or (
            Limit(most=_OF_NETWORK, seconds=_DAY),
            Limit(most=_OF_ALL, seconds=_DAY),
        )

    def takes(self, path: str) -> bool:
        """Whether a path belongs to the likes."""
        return path == PATH

    async def answer(self, request: Request, served: Served) -> Response:
        """The count; for POST, one more."""
        headers = _headers(request.scope)
        liked = COOKIE in headers.get("cookie", "")
        done = _Done()
        if request.method == "POST":
            done = await self._taken(request, headers, liked=liked)
        elif request.method not in ("GET", "HEAD"):
            done = _Done(405, "likes.not_here", ((b"allow", b"GET, HEAD, POST, OPTIONS"),))
        counted = request.method == "POST" and done.status == 200
        try:
            facts = await asyncio.to_thread(self._facts)
        except LikesError as error:
            log.error("likes cannot be read: %s", error)
            facts = {}
            if not done.said:  # else the request has its answer, such as that the like counts
                done = _Done(503, "likes.later", (_LATER,))
        facts |= {"said": done.said, "liked": liked or counted}
        return self._shown(request, served.service, done, facts, counted)

    async def _taken(self, request: Request, headers: Mapping[str, str], *, liked: bool) -> _Done:
        if not _same_site(headers):
            return _Done(403, "likes.not_here")
        if liked:
            return _Done(200, "likes.once")
        network = _network(request.scope, headers)
        for limit, client in ((self._network, network), (self._all, "")):
            if not limit.allows(client):
                wait = math.ceil(limit.wait(client))
                return _Done(429, "likes.later", ((b"retry-after", b"%d" % wait),))
        try:
            await asyncio.to_thread(self._counts.add)
        except LikesError as error:
            log.error("a like was lost: %s", error)
            return _Done(503, "likes.later", (_LATER,))
        return _Done(200, "likes.thanks")

    def _facts(self) -> dict[str, Any]:
        own, imported = self._counts.total(), read_imported(self._imported)
        before = imported.likes if imported else 0
        return {"likes": own + before, "own": own, "imported": imported}

    def _shown(
        self, request: Request, service: Service, done: _Done, facts: dict[str, Any], cookie: bool
    ) -> Response:
        status, _, own_headers = done
        headers: Headers = [(b"cache-control", b"no-store"), (b"vary", b"accept, accept-language")]
        headers += own_headers
        if cookie:
            secure = b"; Secure" if _is_https(request.scope) else b""
            value = f"{COOKIE}=1; Max-Age={_YEAR}; Path={PATH}; HttpOnly; SameSite=Lax".encode()
            headers.append((b"set-cookie", value + secure))
        if not request.wants_html:
            names = ("likes", "own", "imported")
            body = msgspec.json.encode({key: facts[key] for key in names if key in facts})
            return Response(status, [*plain(JSON, body), *headers], body, PATH)

        def shown(visit: Visit) -> Shown:
            title = visit.t("likes.title")
            return Shown("likes.html", title, facts, visit.t("likes.lead"), status=status)

        page = self._site.own_page(service, request.page_request, shown)
        own = [pair for pair in page.headers if pair[0] not in (b"cache-control", b"vary")]
        body = page.answer.identity
        kind = "text/html; charset=utf-8"
        return Response(status, [*plain(kind, body), *own, *headers], body, PATH)


def _headers(scope: Mapping[str, Any]) -> dict[str, str]:
    return {n.decode("latin-1"): value.decode("latin-1") for n, value in scope["headers"]}


def _same_site(headers: Mapping[str, str]) -> bool:
    """Whether a form of this board was sent, as far as the browser says."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    host = headers.get("x-forwarded-host", headers.get("host", ""))
    return origin is None or origin.partition("://")[2] == host


def _network(scope: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """The network of the visitor: an IPv4 address, or the first half of an IPv6 one.

    What a proxy says counts only if the proxy is on this machine or its network.
    """
    peer = str((scope.get("client") or ("",))[0])
    said = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    try:
        found = ipaddress.ip_address(peer)
        if found.is_private and said:
            found = ipaddress.ip_address(said)
    except ValueError:
        return peer
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((int(found), 64), strict=False))


def _is_https(scope: Mapping[str, Any]) -> bool:
    headers = _headers(scope)
    return "https" in (scope.get("scheme"), headers.get("x-forwarded-proto"))
