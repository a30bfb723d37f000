"""Parts of a board's JSON, decoded alone because decoding a whole board takes longer."""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern
from typing import NamedTuple

import msgspec

from frontrunner.answers.schemas import Completed, LeaderModel


class LeaderRow(msgspec.Struct, frozen=True, rename="camel"):
    """What a leader of a size bucket is chosen by and shown with."""

    rank: int
    model: LeaderModel
    mean_task: float | None
    mean_task_type: float | None
    total_params_b: float | None
    completed: Completed | msgspec.UnsetType = msgspec.UNSET


class Coverage(NamedTuple):
    """Which tasks each model of a board has a complete result on, in the order of the rows."""

    tasks: tuple[str, ...]
    of_model: Mapping[str, tuple[str, ...]]
    """Model -> the tasks of its first row."""

    def count(self, model: str) -> int:
        """How many tasks a model has; 0 if it is not on the board."""
        return len(self.of_model.get(model, ()))


class _Named(msgspec.Struct, frozen=True):
    name: str


class _LeaderRows(msgspec.Struct, frozen=True):
    rows: list[LeaderRow]


class _PlacedRow(msgspec.Struct, frozen=True):
    rank: int
    model: _Named


class _PlacedRows(msgspec.Struct, frozen=True):
    rows: list[_PlacedRow]


class _CoveredRow(msgspec.Struct, frozen=True, rename="camel"):
    model: _Named
    scores_by_task: dict[str, float]


class _CoveredRows(msgspec.Struct, frozen=True):
    tasks: list[str]
    rows: list[_CoveredRow]


class _Rows(msgspec.Struct, frozen=True):
    rows: list[msgspec.Raw]


def leader_rows(board: bytes) -> list[LeaderRow]:
    """The rows of a `/scores` answer, with what leaders are chosen by."""
    return msgspec.json.decode(board, type=_LeaderRows).rows


def ranks(board: bytes) -> dict[str, int]:
    """Model -> its best rank, from a `/scores` answer."""
    rows = msgspec.json.decode(board, type=_PlacedRows).rows
    return {row.model.name: row.rank for row in reversed(rows)}


def coverage(board: bytes) -> Coverage:
    """The coverage of a board, from a `/scores` answer."""
    found = msgspec.json.decode(board, type=_CoveredRows)
    of_model: dict[str, tuple[str, ...]] = {}
    for row in found.rows:
        if row.model.name not in of_model:
            # Boards repeat the names of their tasks in every row: each is stored once.
            of_model[row.model.name] = tuple(map(intern, row.scores_by_task))
    return Coverage(tuple(found.tasks), of_model)


def count_rows(answer: bytes) -> int:
    """How many rows an answer has."""
    return len(msgspec.json.decode(answer, type=_Rows).rows)
