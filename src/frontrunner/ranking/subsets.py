"""Means and ranks that weight all subsets equally (the HUME benchmarks)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from frontrunner.ranking.gather import Bools, Floats, Integers
from frontrunner.ranking.means import Scored, grid_mean


@dataclass(frozen=True)
class SubsetScores:
    """One column for each task and subset, a mean over the task's splits."""

    scored: Scored
    column_of_cell: Integers
    """[cells] The column of each cell of `scored`."""
    columns: int

    @classmethod
    def of(cls, scored: Scored) -> SubsetScores:
        """The columns of `scored`, in the order of its cells."""
        column_of_cell, columns = _columns_of_cells(scored)
        return cls(scored, column_of_cell, columns)

    @property
    def shape(self) -> tuple[int, int]:
        """Variants and columns."""
        return len(self.scored.rows.variants), self.columns

    @cached_property
    def has_rows(self) -> Bools:
        """[variants, columns] Whether a variant has a row there, scored or not."""
        return _has_rows(self)

    @cached_property
    def scores(self) -> Floats:
        """[variants, columns] NaN if a split that another variant has is missing."""
        return _scores(self)

    def mean(self, weights: Floats | None = None) -> Floats:
        """[variants] Mean over the columns in which a variant has rows; NaN if one has no score.

        `weights` has a number for each column.
        """
        return _mean(self, weights)

    def of_columns(self, of_tasks: Floats) -> Floats:
        """[columns] What each has, from what its task has."""
        found = np.zeros(self.columns)
        found[self.column_of_cell] = of_tasks[self.scored.rows.task_of_cell]
        return found

    @cached_property
    def pooled_by_model(self) -> Floats:
        """[models, columns] Mean over a model's variants that have a score there."""
        return _pooled_by_model(self)


def _columns_of_cells(scored: Scored) -> tuple[Integers, int]:
    rows, table = scored.rows, scored.table
    numbers: dict[tuple[int, str], int] = {}
    columns = [
        numbers.setdefault((task, table.cells[cell].subset), len(numbers))
        for cell, task in zip(rows.cells.tolist(), rows.task_of_cell.tolist(), strict=True)
    ]
    return np.array(columns, dtype=np.int64), len(numbers)


def _has_rows(subsets: SubsetScores) -> Bools:
    present = np.zeros(subsets.shape, dtype=bool)
    for part in subsets.scored.rows.parts:
        present[part.variant, subsets.column_of_cell[part.cell]] = True
    return present


def _scores(subsets: SubsetScores) -> Floats:
    scored, column_of = subsets.scored, subsets.column_of_cell
    squares = ((part.variant, column_of[part.cell], part.score) for part in scored.parts)
    means = grid_mean(squares, subsets.shape)
    variant, cell = np.nonzero(scored.has_cell)
    square = variant * subsets.columns + column_of[cell]
    had = np.bincount(square, minlength=means.size).reshape(means.shape)
    means[had < _splits_required(subsets)] = np.nan
    return means


def _splits_required(subsets: SubsetScores) -> Integers:
    """[columns] Splits of a complete run."""
    scored = subsets.scored
    splits, _ = scored.splits_and_subsets
    required = np.zeros(subsets.columns, dtype=np.int64)
    required[subsets.column_of_cell] = splits[scored.rows.task_of_cell]
    return required


def _mean(subsets: SubsetScores, weights: Floats | None) -> Floats:
    present, scores = subsets.has_rows, subsets.scores
    count = (present if weights is None else present * weights).sum(axis=1)
    # The NaN of a missing score makes the sum NaN as well.
    weighed = scores if weights is None else scores * weights
    total = np.where(present, weighed, 0.0).sum(axis=1)
    # A variant without any row is not among them, so that no count is 0.
    means: Floats = total / count
    return means


def _pooled_by_model(subsets: SubsetScores) -> Floats:
    variant, column = np.nonzero(~np.isnan(subsets.scores))
    rows = subsets.scored.rows
    shape = (len(rows.models), subsets.columns)
    scores = subsets.scores[variant, column]
    return grid_mean([(rows.model_of[variant], column, scores)], shape)
