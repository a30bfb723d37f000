"""From a path to a page."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, unquote

from frontrunner.answers.service import Service
from frontrunner.base.errors import FrontrunnerError, UnknownNameError
from frontrunner.http.pages import Page, PageRequest
from frontrunner.http.reply import Headers
from frontrunner.legacy.links.meaning import PARAMETERS, Unknown, tidied
from frontrunner.snapshot.answers import Answer, Encoded, encode
from frontrunner.web import assets, cards, feeds, old, problems
from frontrunner.web.render import day, render
from frontrunner.web.routes import DEVELOPMENT, UNKEPT, VIEWS, parameters
from frontrunner.web.urls import Links, card_name, model_path
from frontrunner.web.visit import Shown, View, Visit
from frontrunner.web.words import languages, preferred, words

_CACHE_BYTES = 32 * 1024 * 1024
_HOST = re.compile(r"https?://[A-Za-z0-9.\-]+(:\d+)?")
_ASSETS = "/_assets/"
_CARDS = "/og/"
_SECURE: Headers = [
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        b"connect-src 'self'; form-action 'self'; base-uri 'none'; manifest-src 'self'; "
        b"frame-ancestors %b",
    ),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"public, max-age=60"),
    (b"vary", b"accept-encoding, accept-language"),
]
_FOREVER: Headers = [
    (b"cache-control", b"public, max-age=31536000, immutable"),
    (b"access-control-allow-origin", b"*"),
]
_FOR_PROGRAMS: Headers = [
    (b"cache-control", b"public, max-age=3600"),
    (b"access-control-allow-origin", b"*"),
]
_PICTURE: Headers = [
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cache-control", b"public, max-age=3600"),
    (b"access-control-allow-origin", b"*"),
]


def page_headers(framed: bool) -> Headers:
    """The headers of a page; only one that is meant to be embedded may be framed by others."""
    ancestors = b"*" if framed else b"'self'"
    return [(name, value.replace(b"%b", ancestors)) for name, value in _SECURE]


class Site:
    """The pages of whichever snapshot is being served."""

    def __init__(self, *, development: bool = False) -> None:
        """`development` adds the pages that only developers need."""
        self._hidden = frozenset() if development else DEVELOPMENT
        self._kept: OrderedDict[tuple[str, ...], Page] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def find(self, service: Service, request: PageRequest) -> Page | None:
        """The page that `request` asks for; None where a program asked for what there is not."""
        path = request.path
        if path.startswith(_ASSETS):
            return _asset(path.removeprefix(_ASSETS))
        if path.startswith(_CARDS):
            return self._once((service.snapshot.id, path), lambda: _card(service, path))
        if path in (feeds.FEED, feeds.MAP):
            origin = _origin(request)
            key = (service.snapshot.id, path, origin)
            return self._once(key, lambda: _feed(service, path, origin))
        return self._page(service, request)

    def _page(self, service: Service, request: PageRequest) -> Page | None:
        pairs = parse_qsl(request.query.decode("latin-1"), keep_blank_values=True)
        whole = tidied(dict(pairs))
        visit, path = _visit(service, request, whole)
        moved = old.other_view(service, path, pairs, visit.links) if request.query else None
        if moved is not None:
            return old.redirect(moved)
        asked = (service.snapshot.id, *_key(visit, path))
        kept = self._get(asked)
        if kept is not None and (path or not PARAMETERS & whole.keys()):
            return kept
        is_old = _old_link(visit, whole, request.wants_html) if not path else None
        try:
            page = is_old or _made(visit, path, self._hidden)
        except UnknownNameError:
            target = old.other_spelling(service, path, visit.links)
            if target is not None and not _is_same(target, request.path):
                return old.redirect(old.with_query(target, request.query))
            target = old.without_tab(service, path, visit.links)
            if target is not None:
                return old.redirect(old.with_query(target, request.query), 302)
            # Programs have no use for the names that are near, which take a while to find.
            return _missing(visit, path) if request.wants_html else None
        if page.status == 200 and path not in UNKEPT:
            self._keep(asked, page)
        return page if page.status != 404 or is_old or request.wants_html else None

    def failed(self, service: Service, request: PageRequest) -> Page:
        """The page for a request that a mistake of ours kept from being answered."""
        visit, path = _visit(service, request, {})
        return _to_page(visit, path, problems.failed(visit), "<failed>")

    def _once(self, key: tuple[str, ...], make: Callable[[], Page | None]) -> Page | None:
        """What `make` gives, made when it is first asked for."""
        found = self._get(key)
        if found is None:
            found = make()
            if found is not None:
                self._keep(key, found)
        return found

    def _get(self, key: tuple[str, ...]) -> Page | None:
        with self._lock:
            return self._kept.get(key)

    def _keep(self, asked: tuple[str, ...], page: Page) -> None:
        with self._lock:
            self._kept[asked] = page
            self._size += _weight(page.answer)
            while self._size > _CACHE_BYTES and len(self._kept) > 1:
                self._size -= _weight(self._kept.popitem(last=False)[1].answer)


def _visit(service: Service, request: PageRequest, whole: Mapping[str, str]) -> tuple[Visit, str]:
    """What a view is told of a request, and the path without a language."""
    first, _, rest = request.path.strip("/").partition("/")
    chosen = first if first in languages() else ""
    path = rest if chosen else request.path.strip("/")
    known = parameters(path)
    query = {key: value for key, value in whole.items() if key in known}
    language = chosen or preferred(request.languages)
    name = path.partition("/")[2]
    links = Links(chosen, version=service.snapshot.id)
    return Visit(service, words(language), links, name, query, _origin(request)), path


def _is_same(target: str, path: str) -> bool:
    """Whether an address leads back to the path that was asked for."""
    return unquote(target) == path


def _origin(request: PageRequest) -> str:
    """Where the client says that it reached us; empty where that is no address."""
    return request.origin if _HOST.fullmatch(request.origin) else ""


def _key(visit: Visit, path: str) -> tuple[str, ...]:
    """All that a page depends on, beside the snapshot."""
    query = repr(sorted(visit.query.items()))
    return visit.links.language, visit.t.language, path, query, visit.origin


def _weight(answer: Encoded) -> int:
    return sum(len(body or b"") for body in answer[2:])


def _old_link(visit: Visit, query: Mapping[str, str], html: bool) -> Page | None:
    """What an older board's link to the front page leads to; None for a link of our own."""
    meant = old.read(visit.service, query)
    if isinstance(meant, Unknown):
        if not html:
            return old.told(visit, meant)
        return _to_page(visit, "", old.problem(visit, meant), old.GROUP)
    return None if meant is None else old.redirect(old.address(meant, visit.links))


def find_view(path: str) -> View | None:
    """The view that makes the page at `path`."""
    return VIEWS.get(path.partition("/")[0])


def _made(visit: Visit, path: str, hidden: frozenset[str]) -> Page:
    """The page at `path`. Raises UnknownNameError where there is none."""
    first = path.partition("/")[0]
    view = None if first in hidden else find_view(path)
    if view is None:
        raise UnknownNameError(f"/{path}")
    try:
        shown = view(visit)
    except UnknownNameError:
        raise
    except FrontrunnerError as error:
        shown = problems.failed(visit, str(error))
    return _to_page(visit, path, shown, f"/{first}")


def _missing(visit: Visit, path: str) -> Page:
    group = f"/{path.partition('/')[0]}" if find_view(path) is not None else "<unmatched>"
    return _to_page(visit, path, problems.missing(visit, path), group)


def _to_page(visit: Visit, path: str, shown: Shown, group: str) -> Page:
    body = to_bytes(visit, path, shown)
    answer = encode(Answer(path, body, "text/html; charset=utf-8"))
    headers = page_headers("embed" in visit.query)
    if shown.status >= 500:
        headers = [(name, b"no-store" if name == b"cache-control" else v) for name, v in headers]
    return Page(answer, group, headers, shown.status)


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
        embed="embed" in visit.query,
        snapshot_id=snapshot.id,
        built=day(snapshot.built_at),
        status=shown.status,
        **shown.values,
    )


def _address(visit: Visit, path: str) -> str:
    """The whole address of a page; empty where nobody knows where it will be served."""
    return (
        visit.origin + visit.links._replace(root="/").page(model_path(path)) if visit.origin else ""
    )


def _asset(name: str) -> Page | None:
    found = assets.read(name)
    return None if found is None else Page(found, "/_assets", _FOREVER)


def _card(service: Service, path: str) -> Page | None:
    drawn = cards.find(service, path.removeprefix(_CARDS))
    return None if drawn is None else Page(drawn, "/og", _PICTURE)


def _feed(service: Service, path: str, origin: str) -> Page | None:
    made = feeds.find(service, path, origin)
    return None if made is None else Page(made, path, _FOR_PROGRAMS)
