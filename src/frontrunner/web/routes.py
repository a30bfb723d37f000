"""Which view makes the page below which first segment of a path."""

from __future__ import annotations

from frontrunner.web.views import about, boards, compare, home, models, moved, old, tasks
from frontrunner.web.visit import View

VIEWS: dict[str, View] = {
    "": home.home,
    "boards": boards.index,
    "benchmark": boards.board,
    "models": models.models,
    "tasks": tasks.tasks,
    "compare": compare.compare,
    "data": about.data,
    "changes": about.changes,
    "old": old.table,
    "moved": moved.moved,
    "_styleguide": about.styleguide,
}
PARAMETERS = frozenset({"embed", "models", "board", "model"})
"""What views read of a query. The rest of a query is the reader's own view of the page."""

UNKEPT = frozenset({"moved"})
"""Pages that may change while the snapshot stays the same."""
