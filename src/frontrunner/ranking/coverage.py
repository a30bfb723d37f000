"""How many models have been run on everything."""

from __future__ import annotations

import numpy as np

from frontrunner.catalog import Benchmark, Task
from frontrunner.ranking.gather import gather_scopes
from frontrunner.results.table import ScoreTable


def models_with_every_task(table: ScoreTable, benchmark: Benchmark) -> int:
    """Models with some score on each of the benchmark's tasks."""
    rows = gather_scopes(table, benchmark.scopes)
    scored = ~np.isnan(rows.score)
    has = np.zeros((len(rows.models), len(rows.tasks)), dtype=bool)
    has[rows.model_of[rows.variant[scored]], rows.task[scored]] = True
    return int(np.count_nonzero(has.sum(axis=1) >= len(benchmark.scopes)))


def models_with_every_cell(table: ScoreTable, task: Task) -> int:
    """Models with a score in every subset and split that the task declares."""
    number = table.task_number.get(task.name)
    if number is None:
        return 0
    start, stop = table.task_start[number], table.task_start[number + 1]
    declared = np.zeros(len(table.cells), dtype=bool)
    for cell in table.cells_of_task[task.name]:
        key = table.cells[cell]
        declared[cell] = key.split in task.splits and key.subset in task.subsets
    cells = table.cell[start:stop]
    keep = declared[cells] & ~np.isnan(table.score[start:stop])
    model = table.model_of_variant[table.variant[start:stop][keep]].astype(np.int64)
    pairs = np.unique(model * len(table.cells) + cells[keep])
    had = np.bincount(pairs // len(table.cells))
    return int(np.count_nonzero(had >= len(task.splits) * len(task.subsets)))
