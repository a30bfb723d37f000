"""Where did my model go? An answer for every model of the old board."""

from __future__ import annotations

from frontrunner.answers.service import Service
from frontrunner.base.home import Home
from frontrunner.checks.parity.fates import Moved, RowFate, read_moved
from frontrunner.web.matching import plain
from frontrunner.web.text import safe_url
from frontrunner.web.views.rows import ModelName
from frontrunner.web.visit import Shown, Visit


def old_names(service: Service) -> list[str]:
    """The old board's names of its models; none if no comparison was published."""
    found = read_moved(Home.of_snapshot(service.snapshot.folder).path)
    return [row.name for row in found.rows] if found else []


def former_names(service: Service) -> dict[str, str]:
    """Model -> what result files and the old board called it, if its name does not hold that."""
    catalog = service.snapshot.catalog
    pairs = [(one.model, one.name) for one in catalog.renamed]
    pairs += [(one.model, one.name) for one in catalog.probably_renamed]
    found = read_moved(Home.of_snapshot(service.snapshot.folder).path)
    pairs += [(row.model, row.name) for row in found.rows if row.model] if found else []
    names: dict[str, list[str]] = {}
    for model, name in dict.fromkeys(pairs):
        if plain(name) not in plain(model):
            names.setdefault(model, []).append(name)
    return {model: " ".join(some) for model, some in names.items()}


def moved(visit: Visit) -> Shown:
    """All models, or with `?model=` those whose old name or link contains that text."""
    found = read_moved(Home.of_snapshot(visit.service.snapshot.folder).path)
    if found is None:
        nothing = {"what": visit.t("moved.nothing"), "near": [], "wanted": ""}
        return Shown("problem.html", visit.t("problem.title_404"), nothing, status=404)
    wanted = visit.query.get("model", "").strip()
    rows = [(row, _today(visit, row)) for row in found.rows if _holds(row, wanted)]
    values = {
        "rows": rows,
        "wanted": wanted,
        "whole": len(found.rows),
        "here": _here(found),
        "safe_url": safe_url,
        "compared": found.snapshot,
    }
    return Shown("moved.html", visit.t("moved.title"), values, visit.t("moved.lead"))


def _holds(row: RowFate, wanted: str) -> bool:
    return wanted.lower() in f"{row.name} {row.link or ''} {row.model or ''}".lower()


def _today(visit: Visit, row: RowFate) -> ModelName | None:
    """The model of today, unless the catalog has lost it since."""
    known = visit.service.snapshot.catalog.model_by_name
    return ModelName.of(row.model) if row.model in known and row.model else None


def _here(found: Moved) -> int:
    return sum(row.model is not None for row in found.rows)
