"""Sort the rows of the winning files into a score table, some tasks at a time.

Rows are sorted by task first, so the rows of some tasks are sorted like those of all. Only the
columns of the table itself are as long as all rows together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np

from frontrunner.results.files import Files, Ints, Longs
from frontrunner.results.formats import FileCell
from frontrunner.results.room import Room, in_memory
from frontrunner.results.table import MANY_ROWS, CellKey, ScoreTable, Variant

AT_ONCE = 1 << 18
"""Rows that are sorted at once, or those of one task if they are more."""
_THREADS = 2

_Name = TypeVar("_Name", str, tuple[str, str], tuple[str, ...])


class Winners(NamedTuple):
    """The files that win, and what they are of."""

    files: Longs
    """[winners] Their numbers."""
    task: Longs
    """[winners] Index into `tasks`."""
    variant: Longs
    """[winners] Index into `variants`."""
    tasks: Sequence[str]
    """Sorted."""
    variants: Sequence[Variant]
    """Sorted by model and experiment."""


def sorted_rows(files: Files, winners: Winners, room: Room = in_memory) -> ScoreTable:
    """The table of the rows of all winners; its columns are where `room` has room for them."""
    return _Sorting(files, winners, room).table()


class _Filled(NamedTuple):
    """The rows of some tasks."""

    rows: slice
    first_task: int
    codes: Longs
    """[cells] Place and task of each, ascending."""
    rows_of_cell: Longs


class _Sorting:
    """The table being made: columns of their final length, filled some tasks at a time."""

    def __init__(self, files: Files, winners: Winners, room: Room) -> None:
        self._files, self._winners = files, winners
        # By task and variant; rows of one variant keep the order of their files, and of their file.
        self._order = np.lexsort((winners.variant, winners.task))
        self._task = winners.task[self._order]
        number = winners.files[self._order]
        self._counts = files.rows[number].astype(np.int64)
        self._first_row = (np.cumsum(files.rows, dtype=np.int64) - files.rows)[number]
        self._end = np.cumsum(self._counts)
        """[winners] Where a file's rows end in the table."""
        self._places, self._place, self._sets, self._set = _renumbered(files.cells, self._used())
        self._cells: list[CellKey] = []
        self._rows_of_cell: list[Longs] = []
        rows = int(self._end[-1]) if len(self._end) else 0
        self._variant, self._cell, self._languages, self._file, self._by_cell = (
            room(rows, np.int32) for _ in range(5)
        )
        self._score = room(rows, np.float64)

    def table(self) -> ScoreTable:
        """Fill in all tasks."""
        ends = self._ends_of_tasks()
        parts = _together(ends, self._end)
        if len(self._score) < MANY_ROWS:  # what each thread works on takes memory
            with ThreadPoolExecutor(_THREADS) as threads:
                self._number(threads.map(self._filled, parts))
        else:
            self._number(map(self._filled, parts))
        of_cell = np.concatenate([np.empty(0, dtype=np.int64), *self._rows_of_cell])
        return ScoreTable(
            variants=tuple(self._winners.variants),
            tasks=tuple(self._winners.tasks),
            cells=tuple(self._cells),
            language_sets=tuple(self._sets),
            task_start=np.concatenate([[0], self._end[ends - 1]]).astype(np.int64),
            variant=self._variant,
            cell=self._cell,
            score=self._score,
            languages=self._languages,
            file=self._file,
            cell_start=np.concatenate([[0], np.cumsum(of_cell)]).astype(np.int64),
            rows_by_cell=self._by_cell,
        )

    def _ends_of_tasks(self) -> Longs:
        """[tasks] Where the files of each end; a task has one at least."""
        ends: Longs = np.searchsorted(self._task, np.arange(len(self._winners.tasks)), side="right")
        return ends

    def _used(self) -> Longs:
        """[cells] How many rows have it."""
        found = np.zeros(len(self._files.cells), dtype=np.int64)
        for some in _together(np.arange(len(self._counts)) + 1, self._end):
            found += np.bincount(self._files.row_cell[self._rows(some)], minlength=len(found))
        return found

    def _rows(self, some: slice) -> Longs:
        """The numbers of the rows of some files among those that were read."""
        counts = self._counts[some]
        before = np.cumsum(counts) - counts
        rows: Longs = np.arange(counts.sum()) + np.repeat(self._first_row[some] - before, counts)
        return rows

    def _filled(self, some: slice) -> _Filled:
        """Fill in the rows of some tasks, whose files are `some`, but for their cells."""
        counts, rows, place = self._counts[some], self._rows(some), self._place
        end = int(self._end[some.stop - 1])
        begin = end - len(rows)
        here, first_task = slice(begin, end), int(self._task[some.start])
        self._score[here] = self._files.row_score[rows]
        row_cell = self._files.row_cell[rows]
        del rows
        self._languages[here] = self._set[row_cell]
        self._variant[here] = np.repeat(self._winners.variant[self._order[some]], counts)
        self._file[here] = np.repeat(self._order[some], counts)
        codes = place[row_cell]
        del row_cell
        tasks = self._task[some] - first_task
        if tasks[-1]:
            codes += np.repeat(tasks * len(self._places), counts)
        codes, cell, by_cell = _sorted_cells(codes)
        self._cell[here] = cell
        self._by_cell[here] = by_cell + begin
        return _Filled(here, first_task, codes, np.bincount(cell, minlength=len(codes)))

    def _number(self, parts: Iterable[_Filled]) -> None:
        """Number the cells, which each part has numbered from 0."""
        for part in parts:
            self._cell[part.rows] += len(self._cells)
            self._rows_of_cell.append(part.rows_of_cell)
            for code in part.codes.tolist():
                task_number, place_number = divmod(code, len(self._places))
                name = self._winners.tasks[part.first_task + task_number]
                self._cells.append(CellKey(name, *self._places[place_number]))


def _together(stops: Longs, end: Longs) -> Iterator[slice]:
    """Slices of files that are taken together, each up to one of `stops`; `end` has the rows."""
    if not len(stops):
        return
    rows = end[stops - 1]
    # The last stop within each so many rows.
    last = np.flatnonzero(np.append(np.diff(rows // AT_ONCE) > 0, True))
    for begin, stop in pairwise([0, *stops[last].tolist()]):
        yield slice(begin, stop)


def sorted_names(names: Sequence[_Name]) -> tuple[list[_Name], Longs]:
    """The distinct names, sorted, and each one's place among them."""
    ordered = sorted(set(names))
    place = {name: number for number, name in enumerate(ordered)}
    return ordered, np.array([place[name] for name in names], dtype=np.int64)


def _renumbered(
    cells: Sequence[FileCell], rows_of_cell: Longs
) -> tuple[list[tuple[str, str]], Longs, list[tuple[str, ...]], Longs]:
    """The places (split and subset) and language sets of the rows, sorted, each with [cells] the
    numbers of the cells among them. What no row has leaves no trace.
    """
    used = np.flatnonzero(rows_of_cell)
    places, new_place = sorted_names([cells[number][:2] for number in used.tolist()])
    sets, new_set = sorted_names([cells[number][2] for number in used.tolist()])
    of_cell = np.zeros((2, len(cells)), dtype=np.int64)
    of_cell[0, used], of_cell[1, used] = new_place, new_set
    return places, of_cell[0], sets, of_cell[1]


def _sorted_cells(codes: Longs) -> tuple[Longs, Ints, Longs]:
    """The codes that occur, ascending; each row's place among them; and the rows by their codes."""
    order = _stable_order(codes)
    ascending = codes[order]
    first = np.ones(len(codes), dtype=bool)
    first[1:] = ascending[1:] != ascending[:-1]
    cell = np.empty(len(codes), dtype=np.int32)
    cell[order] = np.cumsum(first, dtype=np.int32) - 1
    return ascending[first], cell, order


def _stable_order(numbers: Longs) -> Longs:
    """Stable `argsort` of numbers from 0, by halves: NumPy sorts 16 bits by counting."""
    largest = numbers.max(initial=0)
    if largest >= 1 << 32:
        return np.argsort(numbers, kind="stable")
    low = np.argsort((numbers & 0xFFFF).astype(np.uint16), kind="stable")
    if largest < 1 << 16:
        return low
    high = (numbers >> 16).astype(np.uint16)[low]
    return low[np.argsort(high, kind="stable")]
