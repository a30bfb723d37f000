"""How to cite the snapshot, or a page as a reader sees it."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from frontrunner.base.errors import UnknownNameError, UsageError
from frontrunner.web.citing import Citation, citation
from frontrunner.web.views.boards import split
from frontrunner.web.visit import Shown, Visit
from frontrunner.web.words import languages

_OWN = re.compile(r"/(?!/)[^\\\x00-\x1f]*")
"""A path of this host: two slashes, or signs that browsers read as one or leave out, could lead to
another."""
_LONGEST = 4_000
"""Characters of an address that can be cited."""


def cite(visit: Visit) -> Shown:
    """The citation of the page that `of` names, or of the snapshot."""
    wanted = visit.query.get("of", "")
    if wanted and (len(wanted) > _LONGEST or not _OWN.fullmatch(wanted)):
        raise UsageError(visit.t("cite.wrong"))
    found = _of_page(visit, wanted) if wanted else of_snapshot(visit)
    values = {"found": found, "back": wanted, "what": _title(visit, wanted)}
    return Shown("cite.html", visit.t("cite.title"), values, visit.t("cite.lead"))


def of_snapshot(visit: Visit) -> Citation:
    """The citation of everything in the snapshot."""
    return _made(visit, visit.t("cite.whole"), visit.links._replace(root="/").page("data"))


def _of_page(visit: Visit, wanted: str) -> Citation:
    return _made(visit, _title(visit, wanted), wanted)


def _made(visit: Visit, title: str, path: str) -> Citation:
    snapshot = visit.service.snapshot
    return citation(visit.t("site.name"), title, visit.origin + path, snapshot.id, snapshot.moment)


def _title(visit: Visit, wanted: str) -> str:
    """What a page is about: a board by its title and name, anything else by its path."""
    path = unquote(urlsplit(wanted).path).strip("/")
    first, _, rest = path.partition("/")
    if first in languages():
        first, _, rest = rest.partition("/")
    if first != "benchmark":
        return rest or visit.t("cite.whole")
    try:
        bench, _ = split(Visit(visit.service, visit.t, visit.links, rest, {}))
    except UnknownNameError:
        return rest
    title = visit.t.named("titles", bench.display_name)
    return title if title == bench.name else f"{title}, {bench.name}"
