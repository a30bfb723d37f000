"""One search over the names of boards, models and tasks."""

from __future__ import annotations

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
    }
    return Shown("search.html", visit.t("search.title"), values)
