"""Feeds of one board or one model, as Atom and as JSON Feed: one entry for each change.

The names of entries are made of what happened, not of when they were written, so they stay the same
in every feed that ever has them. Only the newest changes are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from markupsafe import Markup

from frontrunner.answers.service import Service
from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.base.moments import utc
from frontrunner.snapshot.answers import Answer, Encoded, encode
from frontrunner.web.urls import Links, segment
from frontrunner.web.views.history import in_words
from frontrunner.web.words import Words

if TYPE_CHECKING:
    from frontrunner.snapshot.past import Point
    from frontrunner.snapshot.timeline import Change

PREFIX = "/feeds/"
MOST = 100
"""Entries of a feed."""
_MEDIA_TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}


class Entry(NamedTuple):
    """One change, ready to be written."""

    id: str
    url: str
    title: str
    at: str


class Feed(NamedTuple):
    """All of a feed, newest entry first."""

    title: str
    home: str
    """The page that it is of."""
    own: str
    """Its own address."""
    updated: str
    site: str
    entries: Sequence[Entry]


def find(service: Service, path: str, origin: str, t: Words) -> Encoded | None:
    """The feed at `path`, such as `/feeds/models/org/name.atom`; None if there is none."""
    kind, _, file = path.removeprefix(PREFIX).partition("/")
    name, _, form = file.rpartition(".")
    if not origin or not name or form not in _MEDIA_TYPES or kind not in ("boards", "models"):
        return None
    try:
        made = _feed(service, kind, name, form, origin, t)
    except CorruptSnapshotError:
        return None
    if made is None:
        return None
    body = atom(made) if form == "atom" else json_feed(made)
    return encode(Answer(path, body, _MEDIA_TYPES[form]))


def _feed(service: Service, kind: str, name: str, form: str, origin: str, t: Words) -> Feed | None:
    links, past, catalog = Links(), service.past, service.snapshot.catalog
    is_model = kind == "models"
    found = past.model(name) if is_model else past.board(name)
    known = catalog.model_by_name if is_model else catalog.benchmark_by_name
    if found is None and name not in known:
        return None
    points = past.points()
    page = links.model(name, "history") if is_model else links.history(name)
    changes = found.changes[:MOST] if found else ()
    entries = [_entry(one, points, origin + page, origin, t, is_model=is_model) for one in changes]
    first = points[0].at if points else service.snapshot.built_at
    key = "history.model_title" if is_model else "history.board_title"
    return Feed(
        title=f"{t('site.name')}: {t(key, **{kind[:-1]: name})}",
        home=origin + page,
        own=origin + links.feed(kind, name, form),
        updated=entries[0].at if entries else utc(first),
        site=t("site.name"),
        entries=entries,
    )


def _entry(
    one: Change, points: Sequence[Point], page: str, origin: str, t: Words, *, is_model: bool
) -> Entry:
    point = points[one.point]
    links = Links()
    parts = (point.snapshot, one.kind, segment(one.board), segment(one.model))
    words = in_words(t, one)
    return Entry(
        id=f"{page}#{'/'.join(parts)}",
        url=origin + (links.history(one.board) if is_model else links.model(one.model, "history")),
        title=f"{one.board}: {words}" if is_model else words,
        at=utc(point.at),
    )


def atom(feed: Feed) -> bytes:
    """The feed as Atom (RFC 4287)."""
    entry = Markup(
        '<entry><title>{title}</title><id>{id}</id><link href="{url}"/>'
        "<updated>{at}</updated><summary>{title}</summary></entry>\n"
    )
    entries = Markup("").join(entry.format(**one._asdict()) for one in feed.entries)
    head = Markup('<?xml version="1.0" encoding="utf-8"?>\n')
    return (
        head
        + Markup(
            '<feed xmlns="http://www.w3.org/2005/Atom"><title>{title}</title><id>{home}</id>'
            '<link href="{home}"/><link rel="self" type="application/atom+xml" href="{own}"/>'
            "<updated>{updated}</updated><author><name>{site}</name></author>\n{all}</feed>\n"
        ).format(all=entries, **feed._asdict())
    ).encode()


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1."""
    return msgspec.json.encode(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed.title,
            "home_page_url": feed.home,
            "feed_url": feed.own,
            "authors": [{"name": feed.site}],
            "items": [
                {
                    "id": one.id,
                    "url": one.url,
                    "title": one.title,
                    "content_text": one.title,
                    "date_published": one.at,
                }
                for one in feed.entries
            ],
        }
    )
