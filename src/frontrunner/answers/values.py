"""Answers as typed values, with only what pages and downloads show.

Values are decoded from prepared answers, or built from the tables. Fields of the JSON that no
field here names are skipped, which takes less time and memory than whole answers do.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from frontrunner.answers import schemas


class ModelFacts(msgspec.Struct, frozen=True, rename="camel"):
    """What a row of a board says about its model."""

    name: str
    release_date: str | None
    model_type: str
    instruction_tuned: bool
    open_weights: bool
    openness: dict[str, bool]
    openness_score: int
    sentence_transformers_compatible: bool
    modalities: list[str]
    license: str | None


class BoardRow(schemas.RowOf[ModelFacts, dict[str, float]], frozen=True):
    """One row of a board."""


class BoardValues(schemas.SummaryOf[BoardRow], frozen=True, kw_only=True):
    """A ranked board."""


class TaskResult(NamedTuple):
    """One model's scores on a task."""

    rank: int
    model: str
    score: float | None
    subset_scores: dict[str, dict[str, float]]
    """Subset -> split -> score."""
    trained_on: bool | None
    other_data: bool | None = None
    """Whether a score was measured on another revision of the data set; None if not asked."""


class TaskResults(NamedTuple):
    """All models' scores on a task, best first."""

    subsets: list[str]
    splits: list[str]
    rows: list[TaskResult]
