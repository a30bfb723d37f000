"""The JSON of `/v1/rank`, as structs."""

from __future__ import annotations

from typing import Any, Generic

import msgspec

from frontrunner.answers.schemas import Completed, R, S, Wire


class Coverage(Wire, frozen=True):
    """How much of what was asked for a row covers."""

    tasks: int
    """Complete tasks."""
    tasks_total: int
    """Tasks asked for, including those on which no model has a score."""
    cells: int
    """Pairs of a subset and a split that have a score."""
    cells_total: int


class RankedRowOf(Wire, Generic[S], frozen=True):
    """One row of `/v1/rank`."""

    rank: int
    borda_rank: int
    model: str
    experiments: dict[str, Any] | None
    zero_shot_pct: int
    total_params_b: float | None
    coverage: Coverage
    mean_task: float | None
    mean_task_type: float | None
    mean_subset: float | None
    """Only for benchmarks that weigh every subset of a task alike."""
    scores_by_task_type: S
    scores_by_task: S
    completed: Completed | msgspec.UnsetType = msgspec.UNSET
    """Only under the strict policy, in rows that lack a counted task: the means without it."""
    other_data_tasks: list[str] | msgspec.UnsetType = msgspec.UNSET
    """Tasks with a score that was measured on another revision of the data set than the catalog's;
    only in answers to requests with `data_revision=`."""
    rank_low: int | msgspec.UnsetType | None = msgspec.UNSET
    """As in the rows of boards; this and the next two only in answers to requests with `bands=`."""
    rank_high: int | msgspec.UnsetType | None = msgspec.UNSET
    tied_with: int | msgspec.UnsetType | None = msgspec.UNSET


class RankedRow(RankedRowOf[dict[str, float]], frozen=True):
    """One row of `/v1/rank`."""


class TiedRow(Wire, frozen=True, kw_only=True):
    """A model that is tied with the one that was asked for."""

    rank: int
    model: str
    experiments: dict[str, Any] | None


class Ties(Wire, frozen=True, kw_only=True):
    """The models that are tied with a model on a board: `/v1/ties`."""

    snapshot: str
    benchmark: str | None
    model: str
    experiments: dict[str, Any] | None
    rank: int
    tied_with: int | None
    """How many they are, as in the rows of boards; null if it is not known."""
    rows: list[TiedRow]
    """Best rank first; empty if it is not known."""


class RankingOf(Wire, Generic[R], frozen=True, kw_only=True):
    """The answer of `/v1/rank`, with what was asked spelled out."""

    snapshot: str
    policy: str
    benchmark: str | None
    ordered_by: list[str]
    """The columns that order the rows; further ones break ties."""
    tasks: list[str]
    """The tasks that are shown."""
    counted_tasks: list[str]
    """The tasks that ranks and means are taken over; a benchmark may show tasks without counting
    them."""
    missing_tasks: list[str]
    """Tasks asked for on which no model has a score."""
    weights: dict[str, float]
    """The weights of types and tasks that are not 1."""
    languages: list[str] | None
    task_types: list[str]
    rows: list[R]


class Ranking(RankingOf[RankedRow], frozen=True, kw_only=True):
    """The answer of `/v1/rank`, with what was asked spelled out."""
