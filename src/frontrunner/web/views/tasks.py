"""The tasks: the list of them, and the scores on one."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from frontrunner.api import schemas
from frontrunner.api.service import Service
from frontrunner.catalog import Task
from frontrunner.errors import UnknownNameError
from frontrunner.web.views.rows import Cell, ModelName, across, shaded
from frontrunner.web.visit import Shown, Visit

_MOST_COLUMNS = 60
"""A task with more subsets than this shows the first ones; the rest are in the data."""


class TaskRow(NamedTuple):
    """One model on a task."""

    rank: int
    model: ModelName
    trained_on: bool | None
    cells: tuple[Cell, ...]


class TaskTable(NamedTuple):
    """The scores on a task, by subset and split."""

    columns: list[tuple[str, str]]
    hidden: int
    """Subsets and splits that are not shown."""
    rows: list[TaskRow]


def tasks(visit: Visit) -> Shown:
    """The list, or one task."""
    if visit.name:
        return _task(visit, visit.service.find_task(visit.name))
    catalog, counts = visit.service.snapshot.catalog, visit.service.numbers.tasks
    listed = [(task, counts.get(task.name, 0)) for task in catalog.tasks if not task.aggregate]
    listed.sort(key=lambda pair: (-pair[1], pair[0].name))
    return Shown("tasks.html", visit.t("tasks.title"), {"tasks": listed}, visit.t("tasks.lead"))


def _task(visit: Visit, task: Task) -> Shown:
    body = visit.service.task_scores(task.name).identity
    found = msgspec.json.decode(body, type=schemas.TaskScores)
    benchmarks = visit.service.snapshot.catalog.benchmark_by_name
    values = {
        "task": task,
        "task_languages": found.task.languages,
        "table": table(found, visit),
        "boards": [benchmarks[name] for name in found.benchmarks],
        "statistics": statistics(visit.service, task.name),
    }
    return Shown("task.html", task.name, values, task.description[:200])


def table(found: schemas.TaskScores, visit: Visit) -> TaskTable:
    """Rows and columns of a task's scores."""
    places = [(subset, split) for subset in found.subsets for split in found.splits]
    used = [
        place
        for place in places
        if any(place[1] in row.subset_scores.get(place[0], {}) for row in found.rows)
    ]
    shown = used[:_MOST_COLUMNS]
    count = len(found.rows)
    mean = shaded((row.score for row in found.rows), [visit.t("task.incomplete")] * count)
    parts = [
        shaded(
            (row.subset_scores.get(subset, {}).get(split) for row in found.rows),
            [visit.t("board.no_result")] * count,
        )
        for subset, split in shown
    ]
    cells = across([mean, *parts] if len(used) > 1 else [mean], count)
    rows = [
        TaskRow(row.rank, ModelName.of(row.model.name), row.trained_on, some)
        for row, some in zip(found.rows, cells, strict=True)
    ]
    return TaskTable(shown if len(used) > 1 else [], len(used) - len(shown), rows)


def statistics(service: Service, name: str) -> list[tuple[str, str, str]]:
    """Split, key and value of a task's statistics that are plain numbers."""
    try:
        found = msgspec.json.decode(service.statistics(name).identity)
    except UnknownNameError:
        return []
    lines = []
    for split, numbers in found.items():
        if isinstance(numbers, dict):
            lines += [(split, key, shown) for key, shown in _plain(numbers)]
    return lines[:60]


def _plain(numbers: dict[str, Any]) -> list[tuple[str, str]]:
    lines = []
    for key, value in numbers.items():
        label = key.replace("_", " ")
        if isinstance(value, dict):
            small = {k: v for k, v in value.items() if isinstance(v, (int, float))}
            lines += [(f"{label}: {k.replace('_', ' ')}", f"{v:,.6g}") for k, v in small.items()]
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            lines.append((label, f"{value:,.6g}"))
    return lines[:24]
