"""One search over the names of boards, models and tasks."""

from __future__ import annotations

from frontrunner.web import intent
from frontrunner.web.choices import written
from frontrunner.web.lookup import holding, kinds
from frontrunner.web.visit import Shown, Visit

_MOST = 50


def search(visit: Visit) -> Shown:
    """What is called like `q`, by kind."""
    wanted = visit.query.get("q", "").strip()
    found = [(names.kind, holding(names, wanted, _MOST + 1)) for names in kinds(visit)]
    values = {
        "wanted": wanted,
        "found": [(kind, some) for kind, some in found if some],
        "most": _MOST,
        "ranking": _ranking(visit, wanted),
    }
    return Shown("search.html", visit.t("search.title"), values)


def _ranking(visit: Visit, wanted: str) -> str:
    """The address of the ranking that a sentence asks for; empty if it is none."""
    service, t = visit.service, visit.t
    languages, kinds = intent.language_phrases(service, t), intent.kind_phrases(service, t)
    need = intent.understand(wanted, languages, kinds)
    asks = need.kind or (need.language and (need.max or need.use))
    return visit.links.page(intent.PATH) + written([("say", wanted)]) if asks else ""
