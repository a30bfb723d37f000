"""Aggregate tasks, such as CQADupstackRetrieval, that could be made from a model's other results.

mteb's leaderboard counts an aggregate task only if it has a result file of its own. A model with
results for all its parts, but without that file, has a gap on every board with the task.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from frontrunner.catalog import Catalog
from frontrunner.results.table import Floats, ScoreTable


class Unmade(NamedTuple):
    """An aggregate task that a model has all parts of, and no result for."""

    model: str
    experiment: str
    task: str
    parts: int
    mean: float
    """The mean of its parts, 0 to 1; each part is the mean of its scores."""


def unmade(table: ScoreTable, catalog: Catalog) -> list[Unmade]:
    """The aggregate tasks that models have all parts of, and no result for; sorted."""
    found: list[Unmade] = []
    for task in catalog.tasks:
        parts = [table.task_number.get(part) for part in task.parts]
        if not parts or None in parts:
            continue
        means = np.array([_means(table, part) for part in parts if part is not None])
        complete = ~np.isnan(means).any(axis=0)
        own = table.task_number.get(task.name)
        if own is not None:
            complete &= np.isnan(_means(table, own))
        for number in np.flatnonzero(complete).tolist():
            model, experiment, _ = table.variants[number]
            mean = float(means[:, number].mean())
            found.append(Unmade(model, experiment, task.name, len(parts), mean))
    return sorted(found)


def _means(table: ScoreTable, task: int) -> Floats:
    """[variants] The mean of a task's scores; NaN for a variant without any."""
    rows = slice(table.task_start[task], table.task_start[task + 1])
    score = table.score[rows]
    there = ~np.isnan(score)
    variant = table.variant[rows][there]
    count = np.bincount(variant, minlength=len(table.variants))
    total = np.bincount(variant, weights=score[there], minlength=len(table.variants))
    means: Floats = np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)
    return means
