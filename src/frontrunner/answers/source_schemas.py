"""The JSON of `/v1/source`: where a score on a task comes from."""

from __future__ import annotations

from typing import Any, NamedTuple

from frontrunner.answers.schemas import Wire


class SourceRequest(NamedTuple):
    """Which score is asked for."""

    model: str
    task: str
    benchmark: str | None = None
    run: str | None = None
    """The parameters of an experiment as JSON; None for the ordinary run."""


class ScorePart(Wire, frozen=True, kw_only=True):
    """One score in a file: of one subset and split."""

    split: str
    subset: str
    languages: list[str]
    score: float
    file: int
    """Index into `files`."""


class MissingPart(Wire, frozen=True, kw_only=True):
    """A subset and split in which other models have a score, and this one has none."""

    split: str
    subset: str


class SourceFile(Wire, frozen=True, kw_only=True):
    """A result file, and what it says of its making."""

    path: str
    """In the source of the results; with several sources, their name comes first."""
    url: str | None
    """The file itself at its commit; null if the source is no public repository."""
    model_revision: str
    mteb_version: str | None
    dataset_revision: str | None
    other_data_revision: bool | None
    """Whether it was measured on another revision of the data set than the catalog's; null if
    either is unknown."""
    evaluation_time: float | None
    """Seconds that the evaluation took. Machines differ, and files do not say which it was."""


class ScoreSource(Wire, frozen=True, kw_only=True):
    """Where a model's score on a task comes from: `/v1/source`."""

    model: str
    experiments: dict[str, Any] | None
    task: str
    benchmark: str | None
    """The benchmark that narrows the task; null for the whole task."""
    metric: str
    """Name of the task's main score."""
    score: float | None
    """The mean of `parts`; null if any is missing."""
    parts: list[ScorePart]
    missing: list[MissingPart]
    files: list[SourceFile]
    dataset: str | None
    dataset_revision: str | None
    """The revision of the data set that the catalog names."""
    command: str | None
    """Runs the model on the task; null for private data and for experiments."""
