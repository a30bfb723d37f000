"""Answers whose models are already encoded as JSON.

A board repeats hundreds of models, which differ from board to board in one number. Each model is
encoded once and copied into the JSON of every answer that contains it.
"""

from __future__ import annotations

import msgspec

from frontrunner.answers import schemas


class RenderedRow(schemas.RowOf[msgspec.Raw], frozen=True, kw_only=True):
    """One row of a board."""


class RenderedSummary(schemas.SummaryOf[RenderedRow], frozen=True, kw_only=True):
    """The answer of `/scores`."""


class RenderedTaskRow(schemas.TaskScoreRowOf[msgspec.Raw], frozen=True, kw_only=True):
    """One model's scores on a task."""


class RenderedTaskScores(schemas.TaskScoresOf[RenderedTaskRow], frozen=True, kw_only=True):
    """The answer of `/v1/tasks/{name}/scores`."""


class RenderedModelScores(schemas.ModelScoresOf[msgspec.Raw], frozen=True, kw_only=True):
    """The answer of `/v1/models/{name}/scores`."""
