"""What a mean of a board is taken over: the tasks that count, and those that are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from frontrunner.answers.commands import run_command
from frontrunner.answers.provenance import files_of_run, find_variant, rows_of
from frontrunner.answers.source_schemas import SourceFile
from frontrunner.answers.values import BoardRow, BoardValues
from frontrunner.base.errors import UnknownNameError
from frontrunner.catalog import Aggregation, Benchmark, Scope, Task
from frontrunner.web import text
from frontrunner.web.script import as_json
from frontrunner.web.views.board_table import type_label
from frontrunner.web.views.rows import MEANS, part_of, partial_mean
from frontrunner.web.views.sources import shared_folder
from frontrunner.web.visit import Visit
from frontrunner.web.words import Words

KINDS = ("mean", "type", "group", "language")
"""The kinds of a board's columns that are means over tasks; the empty one is the whole row."""


_FIRST = (
    (Aggregation.MEAN_TASK, "mean_task"),
    (Aggregation.MEAN_SUBSET, "mean_subset"),
    (Aggregation.MEAN_TASK_TYPE, "mean_task_type"),
    (Aggregation.PUBLIC_PRIVATE, "mean_public"),
)


class Line(NamedTuple):
    """A task that a mean is taken over."""

    task: str
    type: str
    score: float | None
    where: str = ""
    """Which part of the task, if not all of it counts."""


class Average(NamedTuple):
    """One number of a board's row, and what it is the mean of."""

    label: str
    value: str
    """The number as it is shown."""
    rule: str
    """How it is made, in a sentence."""
    part: str
    """Of a mean over the tasks that the model completed: how many of how many they are."""
    types: list[tuple[str, str, float]]
    """Key, label and mean of each type: what the row has, and what a mean over types is over."""
    means: list[tuple[str, str, float, str]]
    """Key, label and value of each mean, for a whole row; and of how many tasks it is, if not of
    all."""
    lines: list[Line]
    """Best first."""
    missing: list[str]
    """Tasks without a complete result that anyone can run."""
    private: list[str]
    """Tasks without a complete result whose data is private."""
    command: str
    """Runs what is missing."""
    again: str
    """Runs what is there again."""
    files: dict[str, list[SourceFile]]
    """Task -> the files of its score."""
    total: int

    @property
    def folder(self) -> str:
        """The folder that all files are in, with a slash; empty if there is none."""
        return shared_folder(file.path for some in self.files.values() for file in some)


def averaged(
    visit: Visit, bench: Benchmark, board: BoardValues, row: BoardRow, column: tuple[str, str]
) -> Average:
    """A number of a row. Raises UnknownNameError for a column that the board does not have."""
    kind, key = column
    if kind == "language":
        lines = _in_language(visit, bench, row, key)
    else:
        lines = _lines(visit, bench, board, row, column)
    tasks = list(dict.fromkeys(line.task for line in lines))
    lacking = [name for name in tasks if name not in row.scores_by_task]
    public, done = _public(visit, lacking), [name for name in tasks if name not in lacking]
    return Average(
        label=_label(visit.t, kind, key),
        value=text.score(_value(visit, bench, row, kind, key)),
        rule=_rule(visit.t, bench, kind, key, len(tasks)),
        part=_part(row, lacking, kind, key),
        types=_types(row, visit.t) if key == "mean_task_type" or not kind else [],
        means=_means(row, visit.t) if not kind else [],
        lines=sorted(lines, key=lambda line: (line.score is None, -(line.score or 0.0))),
        missing=public,
        private=[name for name in lacking if name not in public],
        command="" if row.experiments else run_command(row.model.name, public),
        again="" if row.experiments else run_command(row.model.name, _public(visit, done)),
        files=files_of_run(visit.service.snapshot, _variant(visit, row), tasks),
        total=len(tasks),
    )


def _public(visit: Visit, tasks: Sequence[str]) -> list[str]:
    """The tasks that anyone can run."""
    known = visit.service.snapshot.catalog.task_by_name
    return [name for name in tasks if known[name].public]


def _variant(visit: Visit, row: BoardRow) -> int | None:
    run = as_json(row.experiments) if row.experiments else None
    return find_variant(visit.service.snapshot.table, row.model.name, run)


def _tasks_of(bench: Benchmark, board: BoardValues, kind: str, key: str) -> list[str]:
    """The tasks that a column is a mean over, in the board's order."""
    facts = {task.name: task for task in board.tasks_meta}
    counted = [n for n in board.tasks if not bench.public_only or facts[n].is_public]
    if not kind:
        return list(board.tasks)
    if kind == "type":
        found = [name for name in counted if facts[name].type == key]
    elif key == "mean_private":
        found = [name for name in board.tasks if not facts[name].is_public]
    elif key == "mean_public":
        found = [name for name in counted if facts[name].is_public]
    else:
        found = counted if key in MEANS else []
    if not found:
        raise UnknownNameError(f"{bench.name} has no column {key}")
    return found


def _group(bench: Benchmark, key: str) -> Sequence[Scope]:
    """What a group consists of, by the key of its column."""
    for grouping in bench.groupings:
        for group in grouping.groups:
            if f"{grouping.name}:{group.label}" == key:
                return group.scopes
    raise UnknownNameError(f"{bench.name} has no group {key}")


def _lines(
    visit: Visit, bench: Benchmark, board: BoardValues, row: BoardRow, column: tuple[str, str]
) -> list[Line]:
    kind, key = column
    types = {task.name: type_label(task.type, visit.t) for task in board.tasks_meta}
    if kind == "group":
        scopes = {scope.task: scope for scope in _group(bench, key) if scope.task in board.tasks}
        where = {name: "" if one.whole else ", ".join(one.subsets) for name, one in scopes.items()}
    else:
        where = dict.fromkeys(_tasks_of(bench, board, kind, key), "")
    scores = row.scores_by_task
    return [Line(n, types.get(n, ""), scores.get(n), part) for n, part in where.items()]


def _in_language(visit: Visit, bench: Benchmark, row: BoardRow, label: str) -> list[Line]:
    """The scores in a language, of tasks that the model completed."""
    table, label_of = visit.service.snapshot.table, visit.service.snapshot.catalog.languages.label
    variant = _variant(visit, row)
    sets = {
        number for number, codes in enumerate(table.language_sets) if label in map(label_of, codes)
    }
    kinds = {task.name: type_label(task.type, visit.t) for task in bench_tasks(visit, bench)}
    found = [
        Line(scope.task, kinds[scope.task], one.score, f"{one.subset} · {one.split}")
        for scope in bench.scopes
        if scope.task in row.scores_by_task
        for one in rows_of(table, scope)
        if one.variant == variant and one.languages in sets
    ]
    if not found:
        raise UnknownNameError(f"{row.model.name} has no score in {label} on {bench.name}")
    return found


def bench_tasks(visit: Visit, bench: Benchmark) -> list[Task]:
    """The tasks of a benchmark."""
    known = visit.service.snapshot.catalog.task_by_name
    return [known[scope.task] for scope in bench.scopes]


def _label(t: Words, kind: str, key: str) -> str:
    if kind == "mean":
        return t(f"means.{key}")
    if kind == "type":
        return type_label(key, t)
    if kind == "language":
        return t.named("tongues", key)
    return key.partition(":")[2] if kind else t("source.row")


def _value(visit: Visit, bench: Benchmark, row: BoardRow, kind: str, key: str) -> float | None:
    if kind == "type":
        return row.scores_by_task_type.get(key)
    if kind == "group":
        grouping, _, label = key.partition(":")
        return row.scores_by_custom_group.get(grouping, {}).get(label)
    if kind == "language":
        for one in visit.service.per_language(bench.name).rows:
            if (one.model_name, one.experiments) == (row.model.name, row.experiments):
                return one.scores_by_language.get(key)
        return None
    name = key or "mean_task"
    mean: float | None = getattr(row, name)
    return mean if mean is not None else partial_mean(row.completed, (name,))


def _rule(t: Words, bench: Benchmark, kind: str, key: str, tasks: int) -> str:
    name = key if kind == "mean" else kind or "row"
    if name == "mean_task":
        # The first column of a board shows the first mean that the benchmark asks for.
        asked = (mean for wanted, mean in _FIRST if wanted in bench.aggregations)
        name = next(asked, name)
    return t(f"source.rule_{name}", n=tasks)


def _part(row: BoardRow, lacking: Sequence[str], kind: str, key: str) -> str:
    """Of a mean over what the model completed, how many tasks of how many."""
    name = key or "mean_task"
    if kind not in ("", "mean") or not lacking or getattr(row, name) is not None:
        return ""
    return part_of(row.completed)


def _types(row: BoardRow, t: Words) -> list[tuple[str, str, float]]:
    return [(key, type_label(key, t), value) for key, value in row.scores_by_task_type.items()]


def _means(row: BoardRow, t: Words) -> list[tuple[str, str, float, str]]:
    found = []
    for name in MEANS:
        mean: float | None = getattr(row, name)
        value = partial_mean(row.completed, (name,)) if mean is None else mean
        if value is not None:
            part = part_of(row.completed) if mean is None else ""
            found.append((name, t(f"means.{name}"), value, part))
    return found
