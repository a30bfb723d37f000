"""Which view makes the page below which first segment of a path."""

from __future__ import annotations

from frontrunner.web import choices
from frontrunner.web.views import (
    about,
    api_docs,
    board_filters,
    board_sort,
    boards,
    changes,
    cite,
    compare,
    history,
    home,
    models,
    moved,
    old_table,
    organizations,
    scores,
    search,
    tasks,
)
from frontrunner.web.visit import View

VIEWS: dict[str, View] = {
    "": home.home,
    "boards": boards.index,
    "benchmark": boards.board,
    "models": models.models,
    "tasks": tasks.tasks,
    "compare": compare.compare,
    "data": about.data,
    "docs": api_docs.docs,
    "changes": changes.changes,
    "cite": cite.cite,
    "history": history.history,
    "old": old_table.table,
    "organizations": organizations.organizations,
    "scores": scores.scores,
    "moved": moved.moved,
    "search": search.search,
    "_styleguide": about.styleguide,
}
DEVELOPMENT = frozenset({"_styleguide"})
"""Pages that are served in development only."""
NAMED = frozenset({"benchmark", "models", "tasks", "old", "history", "scores", "organizations"})
"""Pages with a name in the rest of their path; below the others there is nothing."""
_EVERYWHERE = frozenset({"embed", "snapshot"})
_PARAMETERS: dict[str, frozenset[str]] = {
    "benchmark": frozenset(
        {"show", *choices.PARAMETERS, *board_filters.FILTERS, *board_sort.PARAMETERS}
    ),
    "cite": frozenset({"of"}),
    "compare": frozenset({"models", "board", "type"}),
    "models": frozenset({"q", "min", "max", *models.FILTERS}),
    "moved": frozenset({"model"}),
    "scores": scores.PARAMETERS,
    "search": frozenset({"q"}),
    "tasks": frozenset({"q", *tasks.FILTERS}),
}


def parameters(path: str) -> frozenset[str]:
    """What the view of a path reads of a query. The rest is the reader's own view of the page."""
    return _EVERYWHERE | _PARAMETERS.get(path.partition("/")[0], frozenset())


UNKEPT = frozenset({"cite", "moved", "search"})
"""Pages that are not cached: they may change within a snapshot, or are rarely requested twice."""
