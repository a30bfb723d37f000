"""Where did my model go? An answer for every model of the old board."""

from __future__ import annotations

from frontrunner.api.service import Service
from frontrunner.errors import LegacyError, UnknownNameError
from frontrunner.parity.moved import Moved, read_moved, slug
from frontrunner.web.visit import Shown, Visit


def published(service: Service) -> Moved | None:
    """What was published beside the snapshots; None where nothing was."""
    return read_moved(service.snapshot.folder.parent.parent)


def old_names(service: Service) -> dict[str, str]:
    """Names of the old board's models with their slugs; none where nothing can be read."""
    try:
        moved = published(service)
    except LegacyError:
        return {}
    return {row.name: slug(row.name) for row in moved.rows} if moved else {}


def moved(visit: Visit) -> Shown:
    """The list, with a search that needs no script, or one model."""
    found = published(visit.service)
    if visit.name:
        return _one(visit, found)
    asked = visit.query.get("q", "").strip()
    rows = found.search(asked) if found else []
    values = {
        "moved": found,
        "rows": rows,
        "asked": asked,
        "here": sum(row.model is not None for row in rows),
        "slug": slug,
    }
    return Shown("moved.html", visit.t("moved.title"), values, visit.t("moved.lead"))


def _one(visit: Visit, found: Moved | None) -> Shown:
    rows = found.find(visit.name) if found else []
    if not rows:
        raise UnknownNameError(visit.t("moved.unknown", name=visit.name))
    title = visit.t("moved.where", name=rows[0].name)
    known = visit.service.snapshot.catalog.model_by_name
    return Shown("moved_one.html", title, {"rows": rows, "known": known}, rows[0].reason)
