"""One search over the names of boards, models and tasks."""

from __future__ import annotations

from frontrunner.web import intent
from frontrunner.web.choices import written
from frontrunner.web.lookup import holding, kinds, near
from frontrunner.web.text import quoted
from frontrunner.web.views.rows import spaced
from frontrunner.web.visit import Shown, Visit

_MOST = 50


def search(visit: Visit) -> Shown:
    """What is called like `q`, by kind."""
    wanted = visit.query.get("q", "").strip()
    found = [(names.kind, holding(names, wanted, _MOST + 1)) for names in kinds(visit)]
    some = [(kind, hits) for kind, hits in found if hits]
    offer = _offer(visit, wanted)
    values = {
        "wanted": wanted,
        "found": some,
        "most": _MOST,
        "offer": offer,
        "near": [] if some or offer else near(visit, wanted),
    }
    return Shown("search.html", visit.t("search.title"), values)


def _offer(visit: Visit, wanted: str) -> tuple[str, str] | None:
    """The comparison or the ranking that a sentence asks for: its address and what it is."""
    service, t = visit.service, visit.t
    two = intent.compared(service, t, wanted)
    if two is not None:
        (first, other, _), kind = two
        named = t.named("types", spaced(kind)) if kind else ""
        what = t(
            "need.compare_on" if kind else "need.compare", first=first, other=other, kind=named
        )
        return visit.links.compare([first, other], kind=kind), what
    languages, kinds = intent.language_phrases(service, t), intent.kind_phrases(service, t)
    need = intent.understand(wanted, languages, kinds)
    asks = need.kind or (need.language and (need.max or need.use))
    if not asks:
        return None
    address = visit.links.page(intent.PATH) + written([("say", wanted)])
    return address, t("need.rank", wanted=quoted(wanted))
