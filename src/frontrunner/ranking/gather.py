"""Pick the rows that a question means out of the score table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frontrunner.catalog import Scope
from frontrunner.ranking.question import Question
from frontrunner.results.table import ScoreTable

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Gathered:
    """The rows of a question, with numbers of its own for what they belong to.

    Rows are sorted by task (in the question's order) and variant.
    """

    tasks: tuple[str, ...]
    """Tasks with at least one row."""
    cells: Integers
    """[cells] Index of each cell in the table, sorted by task."""
    variants: Integers
    """[variants] Index of each variant in the table."""
    models: Integers
    """[models] Index of each model in the table's `models`."""
    model_of: Integers
    """[variants] Index into `models`."""
    task_of_cell: Integers
    """[cells] Index into `tasks`."""
    task: Integers
    """[rows] Index into `tasks`."""
    cell: Integers
    """[rows] Index into `cells`."""
    variant: Integers
    """[rows] Index into `variants`."""
    languages: Integers
    """[rows] Index into the table's `language_sets`."""
    score: Floats
    """[rows] NaN where the file says that there is none."""

    @property
    def shape(self) -> tuple[int, int]:
        """Variants and tasks."""
        return len(self.variants), len(self.tasks)

    def only_tasks(self, wanted: Iterable[str]) -> Gathered:
        """The same rows without those of other tasks."""
        names = set(wanted)
        keep = np.array([task in names for task in self.tasks], dtype=bool)
        return _number(self, np.flatnonzero(keep[self.task])) if not keep.all() else self

    def begun(self) -> Bools:
        """[variants, tasks] Whether a variant has any row of a task, scored or not."""
        begun = np.zeros(self.shape, dtype=bool)
        begun[self.variant, self.task] = True
        return begun


def gather_scopes(table: ScoreTable, scopes: Sequence[Scope]) -> Gathered:
    """All rows of `scopes`, of whatever language and model."""
    picked = [_cells(table, scope) for scope in scopes]
    cells = np.array([cell for some in picked for cell in some], dtype=np.int64)
    task_of_cell = np.repeat(np.arange(len(picked)), [len(some) for some in picked])
    place = np.full(len(table.cells), -1, dtype=np.int64)
    place[cells] = np.arange(len(cells))

    numbers = [table.task_number.get(scope.task, -1) for scope in scopes]
    bounds = [(table.task_start[n], table.task_start[n + 1]) for n in numbers if n >= 0]
    rows = np.concatenate([np.empty(0, np.int64), *(np.arange(a, b) for a, b in bounds)])
    cell = place[table.cell[rows]]
    wanted = cell >= 0
    rows, cell = rows[wanted], cell[wanted]
    everything = Gathered(
        tasks=tuple(scope.task for scope in scopes),
        cells=cells,
        variants=np.arange(len(table.variants)),
        models=np.arange(len(table.models)),
        model_of=table.model_of_variant.astype(np.int64),
        task_of_cell=task_of_cell,
        task=task_of_cell[cell],
        cell=cell,
        variant=table.variant[rows].astype(np.int64),
        languages=table.languages[rows].astype(np.int64),
        score=table.score[rows],
    )
    return _number(everything, None)


def narrow(table: ScoreTable, question: Question, rows: Gathered) -> Gathered:
    """Of `rows`, those in the question's languages and of its models."""
    keep = np.ones(len(rows.score), dtype=bool)
    if question.languages is not None:
        matches = [bool(question.languages.intersection(s)) for s in table.language_sets]
        keep &= np.array(matches, dtype=bool)[rows.languages]
    if question.models is not None:
        wanted = [table.variants[v].model in question.models for v in rows.variants.tolist()]
        keep &= np.array(wanted, dtype=bool)[rows.variant]
    return rows if keep.all() else _number(rows, np.flatnonzero(keep))


def _cells(table: ScoreTable, scope: Scope) -> Sequence[int]:
    run = table.cells_of_task.get(scope.task, range(0))
    splits, subsets = frozenset(scope.splits), frozenset(scope.subsets)
    return [i for i in run if table.cells[i].split in splits and table.cells[i].subset in subsets]


def _compact(numbers: Integers, size: int) -> tuple[Integers, Integers]:
    """The numbers below `size` that occur, sorted, and each number's place among them."""
    used = np.zeros(size, dtype=bool)
    used[numbers] = True
    place = np.cumsum(used) - 1
    return np.flatnonzero(used), place[numbers]


def _number(old: Gathered, rows: Integers | None) -> Gathered:
    """Keep `rows` (None: all), and number anew what they belong to, without gaps."""
    pick: Integers | slice = slice(None) if rows is None else rows
    kept_tasks, task = _compact(old.task[pick], len(old.tasks))
    kept_cells, cell = _compact(old.cell[pick], len(old.cells))
    kept_variants, variant = _compact(old.variant[pick], len(old.variants))
    kept_models, model_of = _compact(old.model_of[kept_variants], len(old.models))
    _, task_of_cell = _compact(old.task_of_cell[kept_cells], len(old.tasks))
    return Gathered(
        tasks=tuple(old.tasks[index] for index in kept_tasks.tolist()),
        cells=old.cells[kept_cells],
        variants=old.variants[kept_variants],
        models=old.models[kept_models],
        model_of=model_of,
        task_of_cell=task_of_cell,
        task=task,
        cell=cell,
        variant=variant,
        languages=old.languages[pick],
        score=old.score[pick],
    )
