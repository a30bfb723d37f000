"""Means over tasks, types, groups and subsets, strict or lenient about missing scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from frontrunner.ranking.gather import Bools, Floats, Gathered, Integers, Rows, gather
from frontrunner.ranking.question import Question
from frontrunner.results.table import ScoreTable

_ROWS_AT_ONCE = 256
Squares = tuple[Integers, Integers, Floats]
"""Some rows: the square of each by row and column, and its score."""


def grid_mean(parts: Iterable[Squares], shape: tuple[int, int]) -> Floats:
    """[shape] Mean of the scores of each square; NaN if it has none.

    All scores of a square are in one part: sums of floats depend on their order.
    """
    size = shape[0] * shape[1]
    total, count = np.zeros(size), np.zeros(size, dtype=np.int64)
    for row, column, score in parts:
        square = row * shape[1] + column
        total += np.bincount(square, weights=score, minlength=size)
        count += np.bincount(square, minlength=size)
    means: Floats = np.divide(total, count, out=np.full(size, np.nan), where=count > 0)
    return means.reshape(shape)


class Mean(Protocol):
    """A mean over columns; `weights` has one number above 0 for each column that is picked."""

    def __call__(
        self,
        scores: Floats,
        columns: Sequence[int] | None = None,
        weights: Floats | None = None,
        /,
    ) -> Floats:
        """[rows]"""


def strict_mean(
    scores: Floats, columns: Sequence[int] | None = None, weights: Floats | None = None
) -> Floats:
    """[rows] Mean over columns; NaN if one is missing or there are no columns."""
    picked = scores if columns is None else scores[:, list(columns)]
    if picked.shape[1] == 0:
        return np.full(scores.shape[0], np.nan)
    if weights is None:
        return np.asarray(picked.sum(axis=1) / picked.shape[1])
    return np.asarray((picked * weights).sum(axis=1) / weights.sum())


def lenient_mean(
    scores: Floats, columns: Sequence[int] | None = None, weights: Floats | None = None
) -> Floats:
    """[rows] Mean over the columns that a row has; NaN if it has none."""
    picked = scores if columns is None else scores[:, list(columns)]
    present = ~np.isnan(picked)
    if weights is None:
        count = np.count_nonzero(present, axis=1).astype(np.float64)
        total = np.where(present, picked, 0.0).sum(axis=1)
    else:
        count = (present * weights).sum(axis=1)
        total = np.where(present, picked * weights, 0.0).sum(axis=1)
    means: Floats = np.divide(total, count, out=np.full(len(picked), np.nan), where=count > 0)
    return means


def count_columns(marks: Bools, group: Integers, groups: int) -> Integers:
    """[rows, groups] How many columns of each group are marked; `group` is sorted."""
    starts = np.searchsorted(group, np.arange(groups))
    if marks.shape[1] == 0:
        return np.zeros((len(marks), groups), dtype=np.int64)
    found = np.empty((len(marks), groups), dtype=np.int64)
    for begin in range(0, len(marks), _ROWS_AT_ONCE):
        some = marks[begin : begin + _ROWS_AT_ONCE]
        # Each mark takes eight bytes during the count.
        np.add.reduceat(some, starts, axis=1, dtype=np.int64, out=found[begin : begin + len(some)])
    return found


@dataclass(frozen=True)
class ScoredRows:
    """Those of some rows that have a score."""

    rows: Rows
    task_of_cell: Integers

    @cached_property
    def _valid(self) -> Bools | slice:
        missing = np.isnan(self.rows.score)
        return ~missing if missing.any() else slice(None)

    @cached_property
    def variant(self) -> Integers:
        """[scored rows]"""
        return self.rows.variant[self._valid]

    @cached_property
    def task(self) -> Integers:
        """[scored rows]"""
        return self.task_of_cell[self.cell]

    @cached_property
    def cell(self) -> Integers:
        """[scored rows]"""
        return self.rows.cell[self._valid]

    @cached_property
    def languages(self) -> Integers:
        """[scored rows] Index into the table's `language_sets`."""
        return self.rows.languages[self._valid]

    @cached_property
    def score(self) -> Floats:
        """[scored rows]"""
        return self.rows.score[self._valid]


@dataclass(frozen=True)
class Scored:
    """The gathered rows with a score, and how much of each task each variant covers."""

    rows: Gathered
    table: ScoreTable

    def only(self, rows: Gathered) -> Scored:
        """The same for some of the rows; itself if they are all of them."""
        return self if rows is self.rows else Scored(rows, self.table)

    @property
    def few(self) -> bool:
        """Whether the rows are held, and not read again each time."""
        return isinstance(self.rows.parts, tuple)

    @property
    def parts(self) -> Iterable[ScoredRows]:
        """The rows with a score, part by part, as in `Gathered`."""
        if self.few:
            return self._kept
        return (ScoredRows(part, self.rows.task_of_cell) for part in self.rows.parts)

    @cached_property
    def _kept(self) -> tuple[ScoredRows, ...]:
        return tuple(ScoredRows(part, self.rows.task_of_cell) for part in self.rows.parts)

    @cached_property
    def has_cell(self) -> Bools:
        """[variants, cells] Whether a variant has a score in a cell."""
        return self._has_cell[0]

    @cached_property
    def _has_cell(self) -> tuple[Bools, int]:
        """`has_cell`, and how many rows have a score."""
        return _has_cell(self)

    @cached_property
    def cells_had(self) -> Integers:
        """[variants, tasks] Cells of a task in which a variant has a score."""
        return _cells_had(self)

    @cached_property
    def splits_and_subsets(self) -> tuple[Integers, Integers]:
        """[tasks] How many splits and how many subsets any variant has a score in."""
        return _splits_and_subsets(self)

    @cached_property
    def cells_required(self) -> Integers:
        """[tasks] Cells of a complete run: every subset in every split that any variant has."""
        return _cells_required(self)

    @cached_property
    def pooled(self) -> Floats:
        """[variants, tasks] Mean over all rows of a variant, despite gaps."""
        squares = ((part.variant, part.task, part.score) for part in self.parts)
        found = grid_mean(squares, self.rows.shape)
        found.setflags(write=False)
        return found

    @cached_property
    def pooled_by_model(self) -> Floats:
        """[models, tasks] Mean over all rows of a model, across experiments and despite gaps."""
        return _pooled_by_model(self)

    @cached_property
    def by_task(self) -> Floats:
        """[variants, tasks] A variant's score on a task; NaN if it did not complete the task."""
        return _by_task(self)


def _has_cell(scored: Scored) -> tuple[Bools, int]:
    has = np.zeros((len(scored.rows.variants), len(scored.rows.cells)), dtype=bool)
    rows = 0
    for part in scored.parts:
        has[part.variant, part.cell] = True
        rows += len(part.score)
    return has, rows


def _cells_had(scored: Scored) -> Integers:
    has_cell, scored_rows = scored._has_cell
    if np.count_nonzero(has_cell) < scored_rows:  # several rows in one cell
        return count_columns(has_cell, scored.rows.task_of_cell, len(scored.rows.tasks))
    rows, columns = scored.rows.shape
    had = np.zeros(rows * columns, dtype=np.int64)
    for part in scored.parts:
        had += np.bincount(part.variant * columns + part.task, minlength=rows * columns)
    return had.reshape(rows, columns)


def _splits_and_subsets(scored: Scored) -> tuple[Integers, Integers]:
    rows = scored.rows
    used = scored.has_cell.any(axis=0)
    task, cells = rows.task_of_cell[used], rows.cells[used]
    splits, subsets = scored.table.splits_and_subsets
    count = len(rows.tasks)
    return _distinct(task, splits[cells], count), _distinct(task, subsets[cells], count)


def _distinct(group: Integers, number: Integers, groups: int) -> Integers:
    """[groups] How many distinct numbers each group has."""
    seen = np.zeros((groups, int(number.max(initial=-1)) + 1), dtype=bool)
    seen[group, number] = True
    return np.asarray(np.count_nonzero(seen, axis=1))


def _cells_required(scored: Scored) -> Integers:
    splits, subsets = scored.splits_and_subsets
    return splits * subsets


def _pooled_by_model(scored: Scored) -> Floats:
    model_of = scored.rows.model_of
    if np.array_equal(model_of, np.arange(len(scored.rows.models))):
        return scored.pooled  # no model has an experiment, as on most boards
    shape = (len(scored.rows.models), len(scored.rows.tasks))
    return grid_mean(((model_of[p.variant], p.task, p.score) for p in scored.parts), shape)


def _by_task(scored: Scored) -> Floats:
    scores = scored.pooled.copy()
    scores[scored.cells_had < scored.cells_required] = np.nan
    return scores


def score(table: ScoreTable, question: Question) -> Scored:
    """The rows that `question` asks for, gathered once for every view of them."""
    return Scored(gather(table, question), table)
