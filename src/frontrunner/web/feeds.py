"""What programs read about the pages: the map of all of them, and the feed of what moved."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from frontrunner.answers.service import Service
from frontrunner.base.config import SiteSettings
from frontrunner.base.moments import utc
from frontrunner.snapshot.answers import Answer, Encoded, encode
from frontrunner.web.urls import Links
from frontrunner.web.views.changes import all_changes, in_words
from frontrunner.web.views.organizations import by_owner
from frontrunner.web.visit import Visit
from frontrunner.web.words import DEFAULT, PLAIN_SITE, Words, languages, words

_HEAD = Markup('<?xml version="1.0" encoding="utf-8"?>\n')
FEED, MAP = "/changes.atom", "/sitemap.xml"


def find(
    service: Service,
    path: str,
    origin: str,
    links: Links | None = None,
    site: SiteSettings = PLAIN_SITE,
) -> Encoded | None:
    """The document at `path`; None if it does not exist or the address is unknown."""
    if not origin or path not in (FEED, MAP):
        return None
    links = links or Links()
    t = words(DEFAULT, site)
    body = sitemap(service, origin, links) if path == MAP else feed(service, origin, links, t)
    kind = "application/xml" if path == MAP else "application/atom+xml"
    return encode(Answer(path, body.encode(), f"{kind}; charset=utf-8"))


def pages(service: Service, links: Links) -> Iterator[str]:
    """The address of every page that search engines should know."""
    top = ("", "boards", "models", "tasks", "data", "changes", "history")
    yield from (links.page(path) for path in top)
    catalog = service.snapshot.catalog
    yield from (links.board(bench.name) for bench in catalog.benchmarks)
    yield from (links.model(model.name) for model in catalog.models)
    yield from (links.task(task.name) for task in catalog.tasks)
    yield links.organization()
    yield from (links.organization(name) for name in by_owner(catalog))


def sitemap(service: Service, origin: str, links: Links) -> Markup:
    """All pages, each with its languages."""
    built = utc(service.snapshot.built_at)
    others = [(one, links._replace(language=one)) for one in languages()]
    entry = Markup("<url><loc>{}</loc><lastmod>{}</lastmod>{}</url>\n")
    alternate = Markup('<xhtml:link rel="alternate" hreflang="{}" href="{}"/>')
    columns = [[alternate.format(one, origin + page) for page in pages(service, other)]
               for one, other in others]  # fmt: skip
    entries = [
        entry.format(origin + page, built, Markup("").join(alternates))
        for page, *alternates in zip(pages(service, links), *columns, strict=True)
    ]
    return _HEAD + Markup(
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n{}</urlset>\n'
    ).format(Markup("").join(entries))


def feed(service: Service, origin: str, links: Links, t: Words) -> Markup:
    """The snapshot that is served, and what moved with it: readers of the feed keep the past."""
    visit = Visit(service, t, links, "", {}, origin)
    snapshot, address = service.snapshot, origin + links.page("changes")
    summary = in_words(t, all_changes(visit))
    moment = utc(snapshot.built_at)
    return _HEAD + Markup(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>{title}</title><id>{address}</id>'
        '<link href="{address}"/><link rel="self" href="{own}"/><updated>{at}</updated>'
        "<author><name>{site}</name></author>"
        '<entry><title>{site} {snapshot}</title><id>{address}#{snapshot}</id>'
        '<link href="{address}"/><updated>{at}</updated><summary>{summary}</summary></entry>'
        "</feed>\n"
    ).format(
        title=f"{t('site.name')}: {t('changes.title')}", address=address, own=origin + FEED,
        at=moment, site=t("site.name"), snapshot=snapshot.id, summary=summary,
    )  # fmt: skip
