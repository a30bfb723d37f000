"""Borda ranks with mteb's rules for ties and missing tasks.

On each task a model earns the number of models minus its rank on that task. Models with the same
score share the mean of their ranks. A missing task earns nothing. The model with the most points
has rank 1, and models with equal points share the better rank.

Source: Colombo et al., "What are the best systems? New perspectives on NLP benchmarking",
NeurIPS 2022; the handling of ties and gaps is that of mteb's leaderboard.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def average_ranks(scores: Floats) -> Floats:
    """[rows, columns] Rank of each finite score in its column, 1 for the highest, ties averaged.

    NaN has no rank and stays NaN.
    """
    rows = scores.shape[0]
    if rows == 0:
        return scores.copy()
    # Columns are contiguous and free of NaN here, which NumPy sorts several times as fast.
    falling = np.ascontiguousarray(-scores.T)
    missing = np.isnan(falling)
    falling[missing] = np.inf
    order = np.argsort(falling, axis=1)
    ordered = np.take_along_axis(falling, order, axis=1)
    starts = np.ones(ordered.shape, dtype=bool)
    np.not_equal(ordered[:, 1:], ordered[:, :-1], out=starts[:, 1:])
    position = np.arange(rows)
    first = np.maximum.accumulate(np.where(starts, position, 0), axis=1)
    ends = np.ones(ordered.shape, dtype=bool)
    ends[:, :-1] = starts[:, 1:]
    last = np.minimum.accumulate(np.where(ends, position, rows)[:, ::-1], axis=1)[:, ::-1]
    ranks = np.empty(ordered.shape)
    np.put_along_axis(ranks, order, (first + last) / 2 + 1, axis=1)
    ranks[missing] = np.nan
    return ranks.T


def points(scores: Floats, contestants: int, weights: Floats | None = None) -> Floats:
    """[rows] Borda points over all columns of `scores` [rows, columns]; NaN earns nothing.

    `weights` are whole numbers, one for each column: its points count as often. Sums of them are
    exact, since points are whole or end in a half.
    """
    earned = contestants - average_ranks(scores)
    if weights is not None:
        earned = earned * weights
    return np.asarray(np.where(np.isnan(earned), 0.0, earned).sum(axis=1))


def competition_ranks(values: Floats) -> NDArray[np.int64]:
    """[rows] Rank of each value, 1 for the highest; equal values share the better rank."""
    ascending = np.sort(values)
    return len(values) - np.searchsorted(ascending, values, side="right") + 1


def borda_ranks(
    scores: Floats, contestants: int, weights: Floats | None = None
) -> NDArray[np.int64]:
    """[rows] Borda rank of each row of `scores` [rows, columns]; `weights` as for `points`."""
    return competition_ranks(points(scores, contestants, weights))
