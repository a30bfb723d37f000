"""The likes of a board that is not on the Hub: `/likes`, as a page and as JSON.

One for each visitor, by a cookie that holds no identifier. A limit for each network and for all
together keeps programs from adding many; it counts in memory, by a hash that ends with the process.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from frontrunner.answers.service import Service
from frontrunner.base.errors import LikesError
from frontrunner.gateway.feedback import Limit
from frontrunner.http.plain import plain
from frontrunner.http.reply import Headers
from frontrunner.http.request import Request, Response
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
log = logging.getLogger("frontrunner.server")


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

    async def answer(self, request: Request, service: Service) -> Response:
        """The count; for POST, one more."""
        headers = _headers(request.scope)
        liked = COOKIE in headers.get("cookie", "")
        status, said, cookie = 200, "", False
        if request.method == "POST":
            status, said = await self._taken(request, headers, liked=liked)
            cookie, liked = status == 200, liked or status == 200
        elif request.method not in ("GET", "HEAD"):
            status, said = 405, "likes.not_here"
        try:
            facts = await asyncio.to_thread(self._facts)
        except LikesError as error:
            log.error("likes cannot be read: %s", error)
            facts, status, said = {}, 503, "likes.later"
        return self._shown(
            request, service, status, {**facts, "said": said, "liked": liked}, cookie
        )

    async def _taken(
        self, request: Request, headers: Mapping[str, str], *, liked: bool
    ) -> tuple[int, str]:
        """The status, and the key of what to say."""
        if not _same_site(headers):
            return 403, "likes.not_here"
        if liked:
            return 200, "likes.once"
        if not self._network.allows(_network(request.scope, headers)) or not self._all.allows(""):
            return 429, "likes.later"
        try:
            await asyncio.to_thread(self._counts.add)
        except LikesError as error:
            log.error("a like was lost: %s", error)
            return 503, "likes.later"
        return 200, "likes.thanks"

    def _facts(self) -> dict[str, Any]:
        own, imported = self._counts.total(), read_imported(self._imported)
        before = imported.likes if imported else 0
        return {"likes": own + before, "own": own, "imported": imported}

    def _shown(
        self, request: Request, service: Service, status: int, facts: dict[str, Any], cookie: bool
    ) -> Response:
        headers: Headers = [(b"cache-control", b"no-store"), (b"vary", b"accept, accept-language")]
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
