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

    @cached_property
    def _column_of_cell(self) -> tuple[Integers, int]:
        rows, table = self.scored.rows, self.scored.table
        numbers: dict[tuple[int, str], int] = {}
        columns = [
            numbers.setdefault((int(task), table.cells[cell].subset), len(numbers))
            for cell, task in zip(rows.cells.tolist(), rows.task_of_cell.tolist(), strict=True)
        ]
        return np.array(columns, dtype=np.int64), len(numbers)

    @cached_property
    def _shape(self) -> tuple[int, int]:
        return len(self.scored.rows.variants), self._column_of_cell[1]

    @cached_property
    def has_rows(self) -> Bools:
        """[variants, columns] Whether a variant has a row there, scored or not."""
        rows = self.scored.rows
        present = np.zeros(self._shape, dtype=bool)
        present[rows.variant, self._column_of_cell[0][rows.cell]] = True
        return present

    @cached_property
    def scores(self) -> Floats:
        """[variants, columns] NaN if a split that another variant has is missing."""
        scored, (column_of, _) = self.scored, self._column_of_cell
        column = column_of[scored.cell]
        means = grid_mean(scored.variant, column, scored.score, self._shape)
        variant, cell = np.nonzero(scored.has_cell)
        square = variant * self._shape[1] + column_of[cell]
        had = np.bincount(square, minlength=means.size).reshape(means.shape)
        means[had < self._splits_required] = np.nan
        return means

    @cached_property
    def _splits_required(self) -> Integers:
        """[columns]"""
        column_of, columns = self._column_of_cell
        required = np.zeros(columns, dtype=np.int64)
        splits = [len(splits) for splits, _ in self.scored.splits_and_subsets]
        required[column_of] = np.array(splits, dtype=np.int64)[self.scored.rows.task_of_cell]
        return required

    @cached_property
    def mean(self) -> Floats:
        """[variants] Mean over the columns in which a variant has rows; NaN if one has no score."""
        missing = (self.has_rows & np.isnan(self.scores)).any(axis=1)
        count = self.has_rows.sum(axis=1)
        total = np.where(self.has_rows, self.scores, 0.0).sum(axis=1)
        means: Floats = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
        means[missing] = np.nan
        return means

    @cached_property
    def pooled_by_model(self) -> Floats:
        """[models, columns] Mean over a model's variants that have a score there."""
        variant, column = np.nonzero(~np.isnan(self.scores))
        rows = self.scored.rows
        shape = (len(rows.models), self._shape[1])
        return grid_mean(rows.model_of[variant], column, self.scores[variant, column], shape)
