"""Means over the tasks that a model completed, for rows whose means are null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import UNSET, UnsetType

from frontrunner.answers.schemas import Completed
from frontrunner.ranking import Board, Policy
from frontrunner.ranking.gather import Floats

Column = list[float | None]


class Means(NamedTuple):
    """[rows] The means that an answer shows; None in place of a mean that is not shown."""

    task: Column
    task_type: Column
    public: Column
    private: Column


def or_none(values: Floats) -> Column:
    """A column of numbers, with None for NaN."""
    return [value if value == value else None for value in values.tolist()]


def every_mean(means: Mapping[str, Floats]) -> Means:
    """All of a board's means, including those that its benchmark does not ask for."""
    names = ("mean_task", "mean_task_type", "mean_public", "mean_private")
    return Means(*(or_none(means[name]) for name in names))


def completed_rows(board: Board, means: Means) -> list[Completed | UnsetType]:
    """[rows] What a row says of the tasks that it has; nothing if it has all, or if the board's
    policy takes its means over them anyway."""
    total = len(board.counted_tasks)
    if board.policy is not Policy.STRICT:
        return [UNSET] * len(board.rank)
    return [
        Completed(had, total, *row) if had < total else UNSET
        for had, *row in zip(board.counted_complete.tolist(), *means, strict=True)
    ]
