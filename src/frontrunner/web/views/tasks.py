"""The tasks: the list of them, and the scores on one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from frontrunner.answers.service import Service
from frontrunner.answers.values import TaskResults
from frontrunner.base.errors import UnknownNameError
from frontrunner.catalog import Task
from frontrunner.web import text
from frontrunner.web.views.board_table import type_label
from frontrunner.web.views.finder import Facts, find
from frontrunner.web.views.rows import ModelName, ScoreCell, across, shaded
from frontrunner.web.visit import Shown, Visit
from frontrunner.web.words import Words

FILTERS = ("type", "domain", "language", "modality", "public", "results")
"""What the list of tasks can be filtered by."""
_MOST_MEASURES = 24
_MOST_COLUMNS = 60
"""A task with more subsets than this shows the first ones; the rest are in the data."""


class TaskRow(NamedTuple):
    """One model on a task."""

    rank: int
    model: ModelName
    trained_on: bool | None
    other_data: bool
    """Whether it was measured on another revision of the data set than the catalog's."""
    cells: tuple[ScoreCell, ...]


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
    return _index(visit)


def _index(visit: Visit) -> Shown:
    catalog, counts = visit.service.snapshot.catalog, visit.service.numbers.tasks
    listed = [(task, counts.get(task.name, 0)) for task in catalog.tasks if not task.aggregate]
    listed.sort(key=lambda pair: (-pair[1], pair[0].name))
    facts = [_facts(task, count, visit) for task, count in listed]
    finder = find(visit.query, FILTERS, facts, partial(_label, visit.t))
    values = {"tasks": listed, "finder": finder}
    lead = visit.t("tasks.lead", n=visit.service.snapshot.manifest.provenance.counts.tasks)
    return Shown("tasks.html", visit.t("tasks.title"), values, lead)


def _facts(task: Task, models: int, visit: Visit) -> Facts:
    label = visit.service.snapshot.catalog.languages.label
    values = {
        "type": (task.type,),
        "domain": tuple(task.domains or ()),
        "language": tuple(sorted({label(code) for code in task.language_codes})),
        "modality": tuple(task.modalities),
        "public": ("yes" if task.public else "no",),
        "results": ("yes" if models else "no",),
    }
    shown = [task.name, type_label(task.type, visit.t)]
    shown += [visit.t.named("domains", one) for one in values["domain"]]
    shown += [visit.t.named("modalities", one) for one in values["modality"]]
    return Facts(" ".join(shown), values)


def _label(t: Words, name: str, value: str) -> str:
    if name == "type":
        return type_label(value, t)
    if name == "modality":
        return t.named("modalities", value)
    if name in ("domain", "language"):
        return t.named("domains" if name == "domain" else "tongues", value)
    return t(f"tools.{value}") if name in ("public", "results") else value


def _task(visit: Visit, task: Task) -> Shown:
    service = visit.service
    benchmarks = service.snapshot.catalog.benchmark_by_name
    values = {
        "task": task,
        "task_languages": service.entities.task(task).languages,
        "table": table(service.task_results(task.name, "any"), visit),
        "boards": [benchmarks[name] for name in service.hosts.get(task.name, ())],
        "statistics": statistics(service, task.name, visit.t),
    }
    return Shown("task.html", task.name, values, task.description[:200], f"task/{task.name}")


def table(found: TaskResults, visit: Visit) -> TaskTable:
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
        TaskRow(row.rank, ModelName.of(row.model), row.trained_on, bool(row.other_data), some)
        for row, some in zip(found.rows, cells, strict=True)
    ]
    return TaskTable(shown if len(used) > 1 else [], len(used) - len(shown), rows)


class Measure(NamedTuple):
    """One number that describes the data of a task."""

    split: str
    part: str
    """What of the data it is about, such as the queries; empty for all."""
    name: str
    value: str


def statistics(service: Service, name: str, t: Words) -> list[Measure]:
    """A task's statistics that are plain numbers."""
    try:
        found = service.statistics(name)
    except UnknownNameError:
        return []
    lines = []
    for split, numbers in found.items():
        if isinstance(numbers, dict):
            lines += list(_measures(split, numbers, t))[:_MOST_MEASURES]
    return lines[:60]


def _measures(split: str, numbers: dict[str, Any], t: Words) -> Iterator[Measure]:
    for key, value in numbers.items():
        if isinstance(value, dict):
            part = t.named("parts", key.removesuffix("_statistics").replace("_", " "))
            inner = _measures(split, {k: v for k, v in value.items() if not _nested(v)}, t)
            yield from (one._replace(part=part) for one in inner)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            label = t.named("measures", key.replace("_", " "))
            yield Measure(split, "", label, text.number(value))


def _nested(value: object) -> bool:
    return isinstance(value, dict)
