"""What the columns of the first board's tables mean."""

from __future__ import annotations

import re
from typing import NamedTuple

INDEX, RANK, MODEL = "index", "Rank", "Model"
SIZE, MEMORY = "Model Size (Million Parameters)", "Memory Usage (GB, fp32)"
DIMENSIONS, TOKENS = "Embedding Dimensions", "Max Tokens"
AVERAGE = "Average"
LEADING = (INDEX, RANK, MODEL, SIZE, MEMORY, DIMENSIONS, TOKENS)
"""The columns before the scores, in order."""

_AVERAGE = re.compile(r"^(?:(?P<type>\w+) )?Average(?: \(\d+ datasets\))?$")
_TASK = re.compile(r"^(?P<task>.+?) \((?P<subset>[^()]+)\)$")


class ScoreColumn(NamedTuple):
    """A column with one task's scores."""

    task: str
    subset: str | None
    """None if the column does not name one."""


def is_average(column: str) -> bool:
    """Whether the column is a mean over tasks."""
    return _AVERAGE.match(column) is not None


def score_column(column: str) -> ScoreColumn | None:
    """The task and subset of a column; None for other kinds of columns."""
    if column in LEADING or is_average(column):
        return None
    found = _TASK.match(column)
    if found:
        return ScoreColumn(found["task"], found["subset"])
    return ScoreColumn(column, None)


def overall_columns(tasks: dict[str, list[str]]) -> list[str]:
    """The score columns of an overall table, for a board's tasks by type."""
    total = sum(len(names) for names in tasks.values())
    kinds = [f"{kind} Average ({len(names)} datasets)" for kind, names in tasks.items()]
    return [f"Average ({total} datasets)", *kinds]
