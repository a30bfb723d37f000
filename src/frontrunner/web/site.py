"""From a path to a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, quote, unquote

from frontrunner.answers.cache import Cache, Key
from frontrunner.answers.service import Service
from frontrunner.base.config import SiteSettings
from frontrunner.base.errors import FrontrunnerError, UnknownNameError, UsageError
from frontrunner.http.pages import Page, PageRequest
from frontrunner.http.reply import Headers
from frontrunner.legacy.links.meaning import Unknown, tidied
from frontrunner.web import (
    assets,
    cards,
    change_feeds,
    choices,
    feeds,
    intent,
    misspelled,
    old_links,
    problems,
)
from frontrunner.web.drawn import ANYWHERE, Drawn
from frontrunner.web.render import day, minute, render
from frontrunner.web.urls import Links, card_name, model_path
from frontrunner.web.view_table import DEVELOPMENT, NAMED, UNKEPT, VIEWS, parameters
from frontrunner.web.views.board_table import CUSTOMIZE
from frontrunner.web.visit import Shown, View, Visit, links_out
from frontrunner.web.words import DEFAULT, PLAIN_SITE, languages, preferred, words

_CACHE_BYTES = 48 * 1024 * 1024
_DRAWN_BYTES = 24 * 1024 * 1024
MAX_SEARCH = 256
"""Characters of a search."""
MAX_TERMS = 20
"""Alternatives of a search, separated by `;`."""
_PATH = "/!'()*~:@"
_HOST = re.compile(r"https?://[A-Za-z0-9.\-]+(:\d+)?")
_ASSETS = "/_assets/"
_CARDS = "/og/"
_SECURE: Headers = [
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        b"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        b"manifest-src 'self'; "
        b"frame-ancestors %b",
    ),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"public, max-age=60"),
    (b"vary", b"accept-encoding, accept-language"),
]
_FOREVER: Headers = [(b"cache-control", b"public, max-age=31536000, immutable")]
_FOR_PROGRAMS: Headers = [(b"cache-control", b"public, max-age=3600")]
_PICTURE: Headers = [
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cache-control", b"public, max-age=3600"),
]


def page_headers(framed: bool, framed_by: tuple[str, ...] = ()) -> Headers:
    """The headers of a page; only one that is meant to be embedded may be framed by any other."""
    ancestors = b"*" if framed else " ".join(["'self'", *framed_by]).encode()
    return [(name, value.replace(b"%b", ancestors)) for name, value in _SECURE]


class Site:
    """The pages of whichever snapshot is being served."""

    def __init__(self, *, development: bool = False, site: SiteSettings = PLAIN_SITE) -> None:
        """`development` adds the pages that only developers need; `site` names the board."""
        self._site = site
        self._hidden = frozenset() if development else DEVELOPMENT
        self._cache: Cache[Page | None] = Cache(_CACHE_BYTES, _weight)
        self._drawn: Cache[Drawn | None] = Cache(_DRAWN_BYTES, _drawn_weight)

    def find(self, service: Service, request: PageRequest) -> Page | None:
        """The page that `request` asks for; None where a program asked for what there is not."""
        path = request.path
        if path.startswith(_ASSETS):
            return _asset(path.removeprefix(_ASSETS))
        if path.startswith(_CARDS):
            return self._cache.get(
                (service.snapshot.id, path), lambda: _card(service, path, self._site)
            )
        if path in (feeds.FEED, feeds.MAP):
            origin = _origin(request)
            key = (service.snapshot.id, service.published_version, path, origin)
            return self._cache.get(key, lambda: _feed(service, path, origin, self._site))
        if path.startswith(change_feeds.PREFIX):
            return self._change_feed(service, path, _origin(request))
        moved = _other_address(path, request.query)
        return old_links.redirect(moved) if moved else self._page(service, request)

    def _change_feed(self, service: Service, path: str, origin: str) -> Page | None:
        key = (service.snapshot.id, service.past_version, path, origin)
        t = words(DEFAULT, self._site)

        def make() -> Page | None:
            found = change_feeds.find(service, path, origin, t)
            return None if found is None else Page(found, change_feeds.PREFIX, _FOR_PROGRAMS)

        return self._cache.get(key, make)

    def _page(self, service: Service, request: PageRequest) -> Page | None:
        pairs = parse_qsl(request.query.decode("latin-1"), keep_blank_values=True)
        whole = tidied(dict(pairs))
        visit, path = _visit(service, request, whole, self._site)
        moved = _moved(visit, path, pairs) if request.query or path == intent.PATH else None
        if moved is not None:
            return moved
        try:
            _check_search(visit)
            wrong = _misspelled(visit, path, whole) if request.query else None
            is_old = _old_link(visit, whole, request.wants_html) if not path else None
            page = wrong or is_old or self._made(visit, path)
        except UnknownNameError:
            target = old_links.other_spelling(service, path, visit.links)
            if target is not None and not _is_same(target, request.path):
                return old_links.redirect(old_links.with_query(target, request.query))
            target = old_links.without_tab(service, path, visit.links)
            if target is not None:
                return old_links.redirect(old_links.with_query(target, request.query), 302)
            # Programs have no use for similar names, which take a while to find.
            return _missing(visit, path) if request.wants_html else None
        except UsageError as error:
            return _to_page(visit, path, problems.failed(visit, 422, str(error)), "<refused>")
        return page if page.status != 404 or is_old or request.wants_html else None

    def _made(self, visit: Visit, path: str) -> Page:
        """The page at `path`. Raises UnknownNameError if there is none."""
        if path in UNKEPT:
            return _drawn(visit, path, self._hidden).at(visit.origin)
        service = visit.service
        # What changed is told against what was current before, which another publication changes.
        versions = service.past_version, service.published_version
        key = (service.snapshot.id, str(service.checked_at), *versions, *_key(visit, path))

        def draw() -> Drawn | None:
            anywhere = replace(visit, origin=ANYWHERE if visit.origin else "")
            return _drawn(anywhere, path, self._hidden)

        def send() -> Page | None:
            # Hosts can be made up, so a page is made once for all of them.
            drawn = self._drawn.get((*key, "anywhere" if visit.origin else ""), draw)
            return None if drawn is None else drawn.at(visit.origin)

        page = self._cache.get((*key, visit.origin), send)
        if page is None:
            raise UnknownNameError(f"/{path}")
        return page

    def own_page(self, service: Service, request: PageRequest, view: View) -> Page:
        """A page that is made outside of the pages of a snapshot, and is not cached."""
        visit, path = _visit(service, request, {}, self._site)
        return _to_page(visit, path, view(visit), f"/{path}")

    def failed(self, service: Service, request: PageRequest, status: int, why: str) -> Page:
        """The page for a request that was not answered; `why` may be empty."""
        visit, path = _visit(service, request, {}, self._site)
        return _to_page(visit, path, problems.failed(visit, status, why), "<failed>")


def _moved(visit: Visit, path: str, pairs: Sequence[tuple[str, str]]) -> Page | None:
    """Where a form or a link of the present board leads; None for an address of our own."""
    name = visit.name.removesuffix(f"/{CUSTOMIZE}")
    if path == f"benchmark/{name}/{CUSTOMIZE}" and choices.APPLY in dict(pairs):
        return old_links.redirect(visit.links.board(name) + choices.from_form(pairs), 302)
    if path == intent.PATH:
        return old_links.redirect(intent.address(visit, dict(pairs)), 302)
    target = old_links.other_view(visit.service, path, pairs, visit.links)
    return None if target is None else old_links.redirect(target)


def _other_address(path: str, query: bytes) -> str | None:
    """The address of a page that was asked for with too many slashes; None for the right one."""
    right = "/" + "/".join(part for part in path.split("/") if part)
    is_front_page = right[1:] in languages() and path == f"{right}/"
    if path == right or is_front_page:
        return None
    return old_links.with_query(quote(right, safe=_PATH), query)


def _check_search(visit: Visit) -> None:
    """Raises UsageError for a search that exceeds the limits."""
    text = visit.query.get("q", "")
    if len(text) > MAX_SEARCH or text.count(";") >= MAX_TERMS:
        raise UsageError(visit.t("problem.search", characters=MAX_SEARCH, terms=MAX_TERMS))


def _misspelled(visit: Visit, path: str, query: Mapping[str, str]) -> Page | None:
    """The page for a filter whose value is unknown; None if there is no such filter.

    Raises UnknownNameError for a board that does not exist.
    """
    found = misspelled.find(misspelled.rules(visit, path), query)
    if found is None:
        return None
    return _to_page(visit, path, problems.misspelled(visit, path, query, found), "<refused>")


def _visit(
    service: Service, request: PageRequest, whole: Mapping[str, str], site: SiteSettings
) -> tuple[Visit, str]:
    """What a view needs of a request, and the path without a language."""
    first, _, rest = request.path.strip("/").partition("/")
    chosen = first if first in languages() else ""
    path = rest if chosen else request.path.strip("/")
    known = parameters(path)
    query = {key: value for key, value in whole.items() if key in known}
    language = chosen or preferred(request.languages)
    name = path.partition("/")[2]
    links = Links(chosen, version=service.snapshot.id)
    t = words(language, site)
    origin = _origin(request)
    framed_by, likes = site.framed_by, site.likes
    visit = Visit(
        service,
        t,
        links,
        name,
        query,
        origin,
        framed_by=framed_by,
        likes=likes,
        links_out=links_out(site),
    )
    return visit, path


def _is_same(target: str, path: str) -> bool:
    """Whether an address leads back to the path that was asked for."""
    return unquote(target) == path


def _origin(request: PageRequest) -> str:
    """Where the client says that it reached us; empty where that is no address."""
    return request.origin if _HOST.fullmatch(request.origin) else ""


def _key(visit: Visit, path: str) -> Key:
    """All that a page depends on, apart from the snapshot and the host."""
    query = repr(sorted(visit.query.items()))
    return visit.links.language, visit.t.language, path, query


def _drawn_weight(drawn: Drawn | None) -> int | None:
    """Bytes of a page; None for an error, which must not be cached."""
    return None if drawn is None or drawn.status != 200 else len(drawn.body)


def _weight(page: Page | None) -> int | None:
    """Bytes of a page in all encodings; None for an error, which must not be cached."""
    if page is None or page.status != 200:
        return None
    return sum(len(body or b"") for body in page.answer[2:])


def _old_link(visit: Visit, query: Mapping[str, str], html: bool) -> Page | None:
    """What an older board's link to the front page leads to; None for a link of our own."""
    meant = old_links.read(visit.service, query)
    if isinstance(meant, Unknown):
        if not html:
            return old_links.unknown_reply(visit, meant)
        return _to_page(visit, "", old_links.problem(visit, meant), old_links.GROUP)
    return None if meant is None else old_links.redirect(old_links.address(meant, visit.links))


def find_view(path: str) -> View | None:
    """The view that makes the page at `path`."""
    return VIEWS.get(path.partition("/")[0])


def _drawn(visit: Visit, path: str, hidden: frozenset[str]) -> Drawn:
    """The page at `path`. Raises UnknownNameError if there is none, UsageError for a bad query."""
    first = path.partition("/")[0]
    view = None if first in hidden else find_view(path)
    if view is None or (path != first and first not in NAMED):
        raise UnknownNameError(f"/{path}")
    try:
        shown = view(visit)
    except UsageError:
        raise
    except FrontrunnerError as error:
        shown = problems.failed(visit, 500, str(error))
    return _draw(visit, path, shown, f"/{first}")


def _missing(visit: Visit, path: str) -> Page:
    group = f"/{path.partition('/')[0]}" if find_view(path) is not None else "<unmatched>"
    return _to_page(visit, path, problems.missing(visit, path), group)


def _to_page(visit: Visit, path: str, shown: Shown, group: str) -> Page:
    return _draw(visit, path, shown, group).at(visit.origin)


def _draw(visit: Visit, path: str, shown: Shown, group: str) -> Drawn:
    headers = page_headers("embed" in visit.query, visit.framed_by)
    if shown.status >= 500:
        headers = [(name, b"no-store" if name == b"cache-control" else v) for name, v in headers]
    return Drawn(to_bytes(visit, path, shown), group, headers, shown.status)


def to_bytes(visit: Visit, path: str, shown: Shown) -> bytes:
    """A page as HTML."""
    snapshot = visit.service.snapshot
    return render(
        shown.template,
        visit.t,
        visit.links,
        path=model_path(path),
        section=path.partition("/")[0],
        title=shown.title,
        description=shown.description,
        card=f"{visit.origin}/{card_name(shown.card)}" if visit.origin else "",
        card_size=cards.SIZE,
        address=_address(visit, path),
        origin=visit.origin,
        live=visit.live,
        has_likes=visit.likes,
        links_out=visit.links_out,
        takes_part=not {"submit", "report"} <= dict(visit.links_out).keys(),
        embed="embed" in visit.query,
        snapshot_id=snapshot.id,
        built=day(snapshot.built_at),
        checked=None if visit.service.checked_at is None else minute(visit.service.checked_at),
        status=shown.status,
        cited=_cited(visit),
        **shown.values,
    )


def _cited(visit: Visit) -> str:
    """The snapshot that the address of a page names, if it is not the one that is shown."""
    wanted = visit.query.get("snapshot", "")[:64]
    return "" if visit.service.snapshot.id.startswith(wanted) else wanted


def _address(visit: Visit, path: str) -> str:
    """The absolute URL of a page; empty if the site's own URL is unknown."""
    return (
        visit.origin + visit.links._replace(root="/").page(model_path(path)) if visit.origin else ""
    )


def _asset(name: str) -> Page | None:
    found = assets.read(name)
    return None if found is None else Page(found, "/_assets", _FOREVER)


def _card(service: Service, path: str, site: SiteSettings) -> Page | None:
    drawn = cards.find(service, path.removeprefix(_CARDS), site)
    return None if drawn is None else Page(drawn, "/og", _PICTURE)


def _feed(service: Service, path: str, origin: str, site: SiteSettings) -> Page | None:
    made = feeds.find(service, path, origin, site=site)
    return None if made is None else Page(made, path, _FOR_PROGRAMS)
