"""Select the rows of the score table that a question asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from frontrunner.catalog import Scope
from frontrunner.ranking.question import Question
from frontrunner.results.numbers import occurring
from frontrunner.results.table import ScoreTable

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]
MANY = 1 << 20
"""Rows. A question with more is answered part by part: a row takes a hundred bytes of memory."""
PART = 1 << 18
"""Rows of a part, or those of one model on one task if they are more."""
_WORTH_MARKING = 16
"""Where one row of so many is wanted, going through marks for all is quicker than sorting."""
_REMEMBERED = 10_000
_SCOPES_REMEMBERED = 200


class Rows(NamedTuple):
    """Some rows of a question, in the table's order."""

    cell: Integers
    """[rows] Index into the question's `cells`."""
    variant: Integers
    """[rows] Index into the question's `variants`."""
    languages: Integers
    """[rows] Index into the table's `language_sets`."""
    score: Floats
    """[rows] NaN if the file has none."""


@dataclass(frozen=True)
class Gathered:
    """The rows of a question, with tasks, cells and variants renumbered without gaps.

    Rows keep the table's order.
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
    parts: Iterable[Rows]
    """All rows, part by part. One part if there are few; else each is read when it is asked for,
    again every time. All rows of a model on a task are in one part, so sums over them are whole."""

    @cached_property
    def rows(self) -> Rows:
        """All rows at once, which takes much memory if there are many."""
        parts = list(self.parts)
        if len(parts) == 1:
            return parts[0]
        return Rows(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    @property
    def score(self) -> Floats:
        """[rows] NaN if the file has none."""
        return self.rows.score

    @property
    def task(self) -> Integers:
        """[rows] Index into `tasks`."""
        return self.task_of_cell[self.rows.cell]

    @property
    def shape(self) -> tuple[int, int]:
        """Variants and tasks."""
        return len(self.variants), len(self.tasks)

    def only_tasks(self, wanted: Iterable[str]) -> Gathered:
        """Only the rows of some tasks."""
        names = set(wanted)
        keep = np.array([task in names for task in self.tasks], dtype=bool)
        return _number(self, np.flatnonzero(keep[self.task])) if not keep.all() else self


def gather(table: ScoreTable, question: Question) -> Gathered:
    """The rows that `question` asks for.

    Reads only the rows of its cells, so a few languages of a large benchmark cost little.
    """
    cells, task_of_cell = cells_of_scopes(table, question.scopes)
    codes = question.languages
    matches = None
    if codes is not None:
        matches = np.zeros(len(table.language_sets), dtype=bool)
        for code in codes:
            matches[table.sets_of_code.get(code, [])] = True
        of_cell = table.sets_of_cells([scope.task for scope in question.scopes])[cells]
        keep = matches[of_cell] | (of_cell < 0)
        cells, task_of_cell = cells[keep], task_of_cell[keep]
    tasks = tuple(scope.task for scope in question.scopes)
    if (table.cell_start[cells + 1] - table.cell_start[cells]).sum() > MANY:
        parts = _Parts(table, question, cells, matches)
        if not parts.repeats:
            return _of_parts(table, parts, tasks, task_of_cell)
    rows = _rows_of_cells(table, cells)
    rows = _rows_wanted(table, question, rows, matches)
    place = np.zeros(len(table.cells), dtype=np.int64)
    place[cells] = np.arange(len(cells))
    found = Rows(
        place[table.cell[rows]],
        table.variant[rows].astype(np.int64),
        table.languages[rows].astype(np.int64),
        table.score[rows],
    )
    return _number(
        Gathered(
            tasks=tasks,
            cells=cells,
            variants=np.arange(len(table.variants)),
            models=np.arange(len(table.models)),
            model_of=table.model_of_variant.astype(np.int64),
            task_of_cell=task_of_cell,
            parts=(found,),
        ),
        None,
    )


def _rows_of_cells(table: ScoreTable, cells: Integers) -> Integers:
    """The numbers of all rows of `cells`, ascending: the order in which sums are taken."""
    starts, stops = table.cell_start[cells], table.cell_start[cells + 1]
    lengths = stops - starts
    before = np.cumsum(lengths) - lengths
    places = np.arange(lengths.sum()) + np.repeat(starts - before, lengths)
    found = table.rows_by_cell[places]
    if len(found) * _WORTH_MARKING > table.rows:
        marks = np.zeros(table.rows, dtype=bool)
        marks[found] = True
        numbers = np.flatnonzero(marks)
        if len(numbers) == len(found):  # no cell is asked for several times
            return numbers
    return np.sort(found).astype(np.int64)


def _rows_wanted(
    table: ScoreTable, question: Question, rows: Integers, matches: Bools | None
) -> Integers:
    """Of `rows`, those in a language that `matches`, of the question's models and files."""
    if matches is not None:
        rows = rows[matches[table.languages[rows]]]
    if question.files is not None:
        rows = rows[question.files[table.file[rows]]]
    if question.models is not None:
        wanted = [variant.model in question.models for variant in table.variants]
        rows = rows[np.array(wanted, dtype=bool)[table.variant[rows]]]
    return rows


# --- many rows ------------------------------------------------------------------------------------


class _Parts:
    """The rows of a question with too many to hold, read from the table part by part."""

    def __init__(
        self, table: ScoreTable, question: Question, cells: Integers, matches: Bools | None
    ) -> None:
        self.cells = cells
        self._table, self._question, self._matches = table, question, matches
        self._wanted = np.zeros(len(table.cells), dtype=bool)
        self._wanted[cells] = True
        names = sorted({scope.task for scope in question.scopes} & table.task_number.keys())
        self._spans = list(_joined(_spans(table, names)))
        self.place_of_cell = np.zeros(len(table.cells), dtype=np.int64)
        self.place_of_variant = np.zeros(len(table.variants), dtype=np.int64)

    @property
    def repeats(self) -> bool:
        """Whether a cell is asked for several times."""
        return bool(np.count_nonzero(self._wanted) < len(self.cells))

    def numbers(self) -> Iterator[Integers]:
        """The numbers of the rows, ascending, part by part."""
        table = self._table
        for spans in self._spans:
            found = [np.flatnonzero(self._wanted[table.cell[one]]) + one.start for one in spans]
            yield _rows_wanted(table, self._question, np.concatenate(found), self._matches)

    def __iter__(self) -> Iterator[Rows]:
        table = self._table
        for numbers in self.numbers():
            yield Rows(
                self.place_of_cell[table.cell[numbers]],
                self.place_of_variant[table.variant[numbers]],
                table.languages[numbers].astype(np.int64),
                table.score[numbers],
            )


def _spans(table: ScoreTable, tasks: Iterable[str]) -> Iterator[slice]:
    """The rows of some tasks, those of a large one in several spans of whole models."""
    for task in tasks:
        rows = table.rows_of_task(task)
        begin = rows.start
        while begin < rows.stop:
            end = begin + PART
            if end < rows.stop:
                models, ahead = table.model_of_variant, table.variant[begin : rows.stop]
                last = models[ahead[PART - 1]]
                next_model = np.searchsorted(models, last, side="right")
                end = begin + int(np.searchsorted(ahead, next_model.astype(ahead.dtype)))
            end = min(end, rows.stop)
            yield slice(begin, end)
            begin = end


def _joined(spans: Iterable[slice]) -> Iterator[list[slice]]:
    """Spans that are read together: about as many rows as are held at once."""
    found: list[slice] = []
    for span in spans:
        if found and sum(s.stop - s.start for s in (*found, span)) > PART:
            yield found
            found = []
        found.append(span)
    if found:
        yield found


def _of_parts(
    table: ScoreTable, parts: _Parts, tasks: tuple[str, ...], task_of_cell: Integers
) -> Gathered:
    used_cells = np.zeros(len(table.cells), dtype=bool)
    used_variants = np.zeros(len(table.variants), dtype=bool)
    for numbers in parts.numbers():
        used_cells[table.cell[numbers]] = True
        used_variants[table.variant[numbers]] = True
    keep = used_cells[parts.cells]
    cells, variants = parts.cells[keep], np.flatnonzero(used_variants)
    parts.place_of_cell[cells] = np.arange(len(cells))
    parts.place_of_variant[variants] = np.arange(len(variants))
    of_variant = table.model_of_variant.astype(np.int64)[variants]
    models, model_of = occurring(of_variant, len(table.models))
    kept_tasks, task_of_cell = occurring(task_of_cell[keep], len(tasks))
    return Gathered(
        tasks=tuple(tasks[index] for index in kept_tasks.tolist()),
        cells=cells,
        variants=variants,
        models=models,
        model_of=model_of,
        task_of_cell=task_of_cell,
        parts=parts,
    )


# --- which cells ----------------------------------------------------------------------------------


def tasks_begun(table: ScoreTable, scopes: Sequence[Scope], asked: Bools) -> Bools:
    """[variants of the table, scopes] Of those `asked` about, whether a variant has any row.

    Reads only the rows of these, which for most questions are few.
    """
    cells, scope_of_cell = cells_of_scopes(table, scopes)
    begun = np.zeros_like(asked)
    for number, scope in enumerate(scopes):
        variants = np.flatnonzero(asked[:, number])
        if len(variants):
            own = cells[scope_of_cell == number]
            begun[variants, number] = _has_row(table, scope.task, own, variants)
    return begun


def _has_row(table: ScoreTable, task: str, own: Integers, variants: Integers) -> Bools:
    """[variants] Whether a variant has a row of a task that is in one of the cells `own`."""
    rows = table.rows_of_task(task)
    ordered = table.variant[rows]
    wanted = variants.astype(ordered.dtype)
    begin = np.searchsorted(ordered, wanted, side="left")
    counts = np.searchsorted(ordered, wanted, side="right") - begin
    if len(own) == len(table.cells_of_task.get(task, ())):
        return counts > 0
    before = np.cumsum(counts) - counts
    places = np.arange(counts.sum()) + np.repeat(begin - before, counts)
    marked = np.zeros(len(table.cells), dtype=bool)
    marked[own] = True
    whose = np.repeat(np.arange(len(variants)), counts)
    found = np.zeros(len(variants), dtype=bool)
    found[whose[marked[table.cell[rows][places]]]] = True
    return found


def cells_of_scopes(table: ScoreTable, scopes: Sequence[Scope]) -> tuple[Integers, Integers]:
    """The cells of all scopes, one scope after the other; and the scope of each."""
    known = table.remembered_scopes.get(id(scopes))
    if known is None:
        if len(table.remembered_scopes) >= _SCOPES_REMEMBERED:
            table.remembered_scopes.clear()
        known = table.remembered_scopes[id(scopes)] = (scopes, *_find_cells(table, scopes))
    return known[1], known[2]


def _find_cells(table: ScoreTable, scopes: Sequence[Scope]) -> tuple[Integers, Integers]:
    picked = [_cells(table, scope) for scope in scopes]
    cells = np.array([cell for some in picked for cell in some], dtype=np.int64)
    return cells, np.repeat(np.arange(len(picked)), [len(some) for some in picked])


def _cells(table: ScoreTable, scope: Scope) -> list[int]:
    known = table.remembered.get(scope)
    if known is None:
        run = table.cells_of_task.get(scope.task, range(0))
        splits, subsets = frozenset(scope.splits), frozenset(scope.subsets)
        keys = zip(run, table.cells[run.start : run.stop], strict=True)
        known = [n for n, (_, split, subset) in keys if split in splits and subset in subsets]
        if len(table.remembered) >= _REMEMBERED:
            table.remembered.clear()
        table.remembered[scope] = known
    return known


def _number(old: Gathered, rows: Integers | None) -> Gathered:
    """Keep `rows` (None: all), and renumber their tasks, cells and variants without gaps."""
    pick: Integers | slice = slice(None) if rows is None else rows
    had = old.rows
    kept_cells, cell = occurring(had.cell[pick], len(old.cells))
    kept_variants, variant = occurring(had.variant[pick], len(old.variants))
    kept_models, model_of = occurring(old.model_of[kept_variants], len(old.models))
    kept_tasks, task_of_cell = occurring(old.task_of_cell[kept_cells], len(old.tasks))
    return Gathered(
        tasks=tuple(old.tasks[index] for index in kept_tasks.tolist()),
        cells=old.cells[kept_cells],
        variants=old.variants[kept_variants],
        models=old.models[kept_models],
        model_of=model_of,
        task_of_cell=task_of_cell,
        parts=(Rows(cell, variant, had.languages[pick], had.score[pick]),),
    )
