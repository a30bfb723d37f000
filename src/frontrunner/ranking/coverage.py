"""Count the models that were run on everything, and the boards that have any."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from frontrunner.catalog import Catalog
from frontrunner.ranking.facts import Facts
from frontrunner.ranking.means import Scored, score
from frontrunner.ranking.question import Question
from frontrunner.results.table import ScoreTable


def models_with_every_task(scored: Scored, tasks: int) -> int:
    """Models with some score on each of a benchmark's `tasks` tasks."""
    has_score = ~np.isnan(scored.pooled_by_model)
    return int(np.count_nonzero(has_score.sum(axis=1) >= tasks))


def models_with_every_cell(table: ScoreTable, catalog: Catalog) -> dict[str, int]:
    """Task -> models with a score in every subset and split that the task declares."""
    known = catalog.task_by_name
    declared = np.array(
        [
            key.split in known[key.task].splits and key.subset in known[key.task].subsets
            for key in table.cells
        ],
        dtype=bool,
    )
    keep = declared[table.cell] & ~np.isnan(table.score)
    has = np.zeros((len(table.models), len(table.cells)), dtype=bool)
    has[table.model_of_variant[table.variant[keep]], table.cell[keep]] = True
    counts = {}
    for name, cells in table.cells_of_task.items():
        required = len(known[name].splits) * len(known[name].subsets)
        had = has[:, cells.start : cells.stop].sum(axis=1)
        counts[name] = int(np.count_nonzero(had >= required))
    return counts


def has_row(table: ScoreTable, facts: Facts, question: Question) -> bool:
    """Whether `rank` gives a row: any run completed a task that counts. Looks at one task after
    the other, and mostly the first has one.
    """
    for scope in question.scopes:
        if question.public_only and scope.task in facts.private_tasks:
            continue
        own = score(table, replace(question, scopes=(scope,)))
        if not np.isnan(own.by_task).all():
            return True
    return False
