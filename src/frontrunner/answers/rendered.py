"""Answers in the form that is encoded fastest, for bodies alone.

A board repeats hundreds of models, which differ from board to board in one number: each model is
encoded once and copied into the JSON of every answer that contains it. Rows are made column by
column, and the scores of a row are a struct of its own instead of a dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from frontrunner.answers import rank_schemas, schemas

Struct = TypeVar("Struct", bound=msgspec.Struct)
_KINDS_CACHED = 256
_ESCAPED = re.compile(r'["\\\x00-\x1f]')


Scores = msgspec.Struct | dict[str, float]
"""A row's scores by name, without those that are missing."""


class RenderedRow(schemas.RowOf[msgspec.Raw, Scores], frozen=True):
    """One row of a board."""


class RenderedSummary(schemas.SummaryOf[RenderedRow], frozen=True, kw_only=True):
    """The answer of `/scores`."""


class RenderedTaskRow(schemas.TaskScoreRowOf[msgspec.Raw], frozen=True, kw_only=True):
    """One model's scores on a task."""


class RenderedTaskScores(schemas.TaskScoresOf[RenderedTaskRow], frozen=True, kw_only=True):
    """The answer of `/v1/tasks/{name}/scores`."""


class RenderedModelScores(schemas.ModelScoresOf[msgspec.Raw], frozen=True, kw_only=True):
    """The answer of `/v1/models/{name}/scores`."""


class RenderedRankedRow(rank_schemas.RankedRowOf[Scores], frozen=True):
    """One row of `/v1/rank`."""


class RenderedRanking(rank_schemas.RankingOf[RenderedRankedRow], frozen=True, kw_only=True):
    """The answer of `/v1/rank`."""


def structs_of(kind: type[Struct], columns: Mapping[str, Sequence[Any]]) -> list[Struct]:
    """The structs whose fields are given as columns, by name; one for each row.

    A third of the time that keywords for each struct take. Raises ValueError for columns that are
    not equally long, and KeyError for a field without a column.
    """
    ordered = [columns[name] for name in kind.__struct_fields__]
    if len({len(column) for column in ordered}) > 1:
        raise ValueError(f"columns of {kind.__name__} differ in length")
    return list(map(kind, *ordered))


def scores_of(names: Sequence[str], values: NDArray[np.float64]) -> list[Scores]:
    """[rows] The values [rows, names] by name, without NaN, ready to be encoded."""
    kind = _kind_of(tuple(names))
    if kind is None:
        return [*present_rows(names, values)]
    turned = values.T.astype(object)
    turned[np.isnan(values.T)] = UNSET
    return [*map(kind, *turned.tolist())] if len(names) else [kind()] * len(values)


@lru_cache(_KINDS_CACHED)
def _kind_of(names: tuple[str, ...]) -> type[msgspec.Struct] | None:
    """The struct with these keys, made in microseconds; None if a key must be escaped in JSON."""
    if any(_ESCAPED.search(name) for name in names):
        return None
    fields = [(f"f{number}", Any, UNSET) for number in range(len(names))]
    keys = {f"f{number}": name for number, name in enumerate(names)}
    return msgspec.defstruct("Scores", fields, rename=keys, gc=False)


def present_rows(names: Sequence[str], values: NDArray[np.float64]) -> list[dict[str, float]]:
    """[rows] The values [rows, names] by name, without NaN."""
    gaps: list[bool] = np.logical_or.reduce(np.isnan(values), axis=1).tolist()
    # A row without gaps is not checked value by value.
    return [
        {name: value for name, value in zip(names, row, strict=True) if value == value}
        if has_gap
        else dict(zip(names, row, strict=True))
        for row, has_gap in zip(values.tolist(), gaps, strict=True)
    ]
