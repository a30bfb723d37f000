"""Means over a benchmark's own groups of tasks, or of parts of tasks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from frontrunner.catalog import CustomGroup, CustomGrouping, Scope
from frontrunner.ranking.gather import Floats
from frontrunner.ranking.means import Mean, Scored, Squares, grid_mean


def group_means(scored: Scored, grouping: CustomGrouping, mean: Mean) -> dict[str, Floats]:
    """Label -> [variants] mean of the group; a group without any row is absent.

    Every scope counts once, however many cells it has.
    """
    found = {}
    for group in grouping.groups:
        parts = _parts(scored, group)
        if parts:
            found[group.label] = mean(np.stack(parts, axis=1), None)
    return found


def _parts(scored: Scored, group: CustomGroup) -> list[Floats]:
    parts = (_part(scored, scope) for scope in group.scopes)
    return [part for part in parts if part is not None]


def _part(scored: Scored, scope: Scope) -> Floats | None:
    """[variants] The score on one scope; None if no model has a row of it."""
    rows = scored.rows
    if scope.task not in rows.tasks:
        return None
    task = rows.tasks.index(scope.task)
    if scope.whole:
        return scored.by_task[:, task]
    keys = [scored.table.cells[cell] for cell in rows.cells.tolist()]
    wanted = [
        number
        for number in np.flatnonzero(rows.task_of_cell == task).tolist()
        if keys[number].split in scope.splits and keys[number].subset in scope.subsets
    ]
    return _cells_of_model(scored, wanted) if wanted else None


def _cells_of_model(scored: Scored, wanted: list[int]) -> Floats:
    """[variants] Mean over cells of the variant's model; NaN if one is missing.

    Pooled over a model's variants, as mteb does for parts of tasks.
    """
    rows = scored.rows
    column = np.full(len(rows.cells), -1, dtype=np.int64)
    column[wanted] = np.arange(len(wanted))

    def squares() -> Iterator[Squares]:
        for part in scored.parts:
            here = column[part.cell]
            keep = here >= 0
            yield rows.model_of[part.variant[keep]], here[keep], part.score[keep]

    cells = grid_mean(squares(), (len(rows.models), len(wanted)))
    return np.asarray((cells.sum(axis=1) / len(wanted))[rows.model_of])
