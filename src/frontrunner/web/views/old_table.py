"""An old board's table that no benchmark succeeds, built from its tasks."""

from __future__ import annotations

from frontrunner.answers import rank_schemas
from frontrunner.answers.filters import RankRequest
from frontrunner.base.errors import UnknownNameError
from frontrunner.legacy.boardmap import Successor
from frontrunner.legacy.links.meaning import table_of
from frontrunner.web.views.board_table import type_label
from frontrunner.web.views.rows import ModelName
from frontrunner.web.visit import Shown, Visit


def table(visit: Visit) -> Shown:
    """The models that have every task of the table, ranked over its tasks."""
    task, _, language = visit.name.partition("/")
    found = table_of(task, language)
    if found is None or found.benchmark:
        raise UnknownNameError(visit.name)
    ranking = _ranked(visit, found)
    rows = [(row, ModelName.of(row.model, row.experiments)) for row in ranking.rows]
    values = {
        "table": found,
        "tasks": ranking.tasks,
        "rows": [pair for pair in rows if pair[0].mean_task is not None],
        "gone": [name for name in found.tasks if name not in ranking.tasks],
    }
    title = visit.t(
        "old.title",
        task=type_label(found.type, visit.t),
        language=visit.t.named("old_tables", language.title()),
    )
    return Shown("old.html", title, values, visit.t("old.lead"))


def _ranked(visit: Visit, found: Successor) -> rank_schemas.Ranking:
    known = visit.service.snapshot.catalog.task_by_name
    tasks = tuple(name for name in found.tasks if name in known)
    if not tasks:
        raise UnknownNameError(visit.name)
    return visit.service.rank(RankRequest(tasks=tasks))
