"""A board as a file for spreadsheets and data frames."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import msgspec

from frontrunner.answers.values import BoardRow, BoardValues
from frontrunner.ranking.question import Policy

CsvValue = str | int | float | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A spreadsheet reads a text that begins with one of these as a formula, or drops it."""


def rows_of(board: BoardValues) -> tuple[list[str], list[list[CsvValue]]]:
    """Header and rows of a board: facts, means, task types, then tasks.

    Numbers are as in the answer: scores 0 to 1, parameters in billions. A missing score is an
    empty cell. The columns after the means give their policy and coverage.
    """
    groups = [(g.name, group.label) for g in board.custom_groupings for group in g.groups]
    header = [
        "rank",
        "model",
        "experiment",
        "zero_shot_pct",
        "total_params_b",
        "embedding_dim",
        "max_tokens",
        "mean_task",
        "mean_task_type",
        "mean_public",
        "mean_private",
        "policy",
        "tasks_scored",
        "tasks_total",
        *(f"type:{name}" for name in board.task_types),
        *(f"{name}:{label}" for name, label in groups),
    ]
    taken = set(header)
    # A team's own task may be called `rank`, and column names must differ.
    header += [f"task:{name}" if name in taken else name for name in board.tasks]
    return header, [_row(board, groups, row) for row in board.rows]


def _row(board: BoardValues, groups: list[tuple[str, str]], row: BoardRow) -> list[CsvValue]:
    experiment = msgspec.json.encode(row.experiments).decode() if row.experiments else ""
    known = row.zero_shot_pct if row.zero_shot_pct >= 0 else None
    return [
        row.rank,
        row.model.name,
        experiment,
        known,
        row.total_params_b,
        row.embedding_dim,
        row.max_tokens,
        row.mean_task,
        row.mean_task_type,
        row.mean_public,
        row.mean_private,
        str(Policy.STRICT),
        len(row.scores_by_task),
        len(board.tasks_meta),
        *(row.scores_by_task_type.get(name) for name in board.task_types),
        *(row.scores_by_custom_group.get(name, {}).get(label) for name, label in groups),
        *(row.scores_by_task.get(name) for name in board.tasks),
    ]


def inert(value: CsvValue) -> CsvValue:
    """Put `'` before a text that a spreadsheet would run as a formula.

    Numbers stay numbers, negative ones too.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def csv_of(board: BoardValues) -> bytes:
    """The board as CSV (UTF-8, RFC 4180). No text in it is a formula to a spreadsheet."""
    header, rows = rows_of(board)
    text = io.StringIO()
    writer = csv.writer(text)
    lines: list[Sequence[CsvValue]] = [header, *rows]
    writer.writerows([[inert(value) for value in line] for line in lines])
    return text.getvalue().encode("utf-8")


def parquet_of(board: BoardValues) -> bytes:
    """The board as Parquet."""
    import polars as pl  # noqa: PLC0415 -- imported only on request

    header, rows = rows_of(board)
    kinds: dict[str, Any] = dict.fromkeys(header, pl.Float64)
    kinds |= {
        "rank": pl.Int64,
        "model": pl.String,
        "experiment": pl.String,
        "zero_shot_pct": pl.Int64,
        "embedding_dim": pl.Int64,
        "policy": pl.String,
        "tasks_scored": pl.Int64,
        "tasks_total": pl.Int64,
        "max_tokens": pl.Int64,
    }
    buffer = io.BytesIO()
    pl.DataFrame(rows, schema=kinds, orient="row").write_parquet(buffer)
    return buffer.getvalue()
