"""Results that were measured on another revision of a data set than the one the catalog names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from frontrunner.base.errors import UsageError
from frontrunner.base.near import near_names
from frontrunner.ranking.gather import Bools, gather
from frontrunner.ranking.question import Question
from frontrunner.results.table import ScoreTable

if TYPE_CHECKING:
    from frontrunner.snapshot.reader import Snapshot

ANY, CATALOG = "any", "catalog"
"""The values of `data_revision=`: all results, or only those on the catalog's revision."""


def checked(value: str | None) -> str | None:
    """The value of `data_revision=`; raises UsageError for one that does not exist."""
    if value in (None, ANY, CATALOG):
        return value
    near = near_names(value or "", (ANY, CATALOG), most=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise UsageError(f"Unknown data_revision: {value!r}.{hint} Give '{ANY}' or '{CATALOG}'.")


def files_of_other_data(snapshot: Snapshot) -> Bools:
    """[files] Whether a file's scores were measured on another revision of the data set.

    False if either revision is unknown, and for all files of a snapshot that does not say.
    """
    import polars as pl  # noqa: PLC0415 -- a server needs it for this alone

    files = snapshot.frame("files")
    if "other_data" not in files.collect_schema():
        return np.zeros(files.select(pl.len()).collect().item(), dtype=bool)
    return (
        files.select(pl.col("other_data").fill_null(value=False)).collect().to_series().to_numpy()
    )


def models_on_other_data(table: ScoreTable, other: Bools, task: str) -> frozenset[str]:
    """The models with a score of a task that was measured on other data."""
    number = table.task_number.get(task)
    if number is None:
        return frozenset()
    rows = slice(table.task_start[number], table.task_start[number + 1])
    variants = np.unique(table.variant[rows][other[table.file[rows]]])
    return frozenset(table.variants[variant].model for variant in variants.tolist())


def tasks_on_other_data(
    table: ScoreTable, other: Bools, question: Question
) -> dict[int, list[str]]:
    """Variant of the table -> its tasks with a score that was measured on other data."""
    found = gather(table, question.only_files(other))
    pairs = {(v, t) for v, t in zip(found.rows.variant.tolist(), found.task.tolist(), strict=True)}
    tasks: dict[int, list[str]] = {}
    for variant, task in sorted(pairs):
        tasks.setdefault(int(found.variants[variant]), []).append(found.tasks[task])
    return tasks
