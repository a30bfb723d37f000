"""The JSON of every answer, as structs. Names become camelCase in JSON.

`/v1` is compatible with mteb's own leaderboard service: same keys, same types, same nulls. Answers
beyond that service are at the end.

A generic struct such as `RowOf[M]` describes one answer in several forms. The `/v1` form contains
a whole `Model`, the prepared form a model already encoded (`answers.rendered`), and the form that
pages read only the facts that they show (`answers.values`).
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec

S = TypeVar("S")
"""The scores of a row by name: a dictionary, or in the form that is encoded fastest."""
M = TypeVar("M")
"""A model in a row: whole, encoded, or only some of its facts."""
R = TypeVar("R")
"""A row that contains a model in one of these forms."""


class Wire(msgspec.Struct, frozen=True, rename="camel"):
    """Base of every struct in JSON: it only sets the spelling of keys."""


class CustomGroup(Wire, frozen=True, kw_only=True):
    """One labelled group of tasks."""

    label: str
    description: str | None = None
    tasks: list[str]
    """Tasks that belong to the group with all their subsets and splits."""
    tasks_complete: bool
    """False if the group also has parts of tasks, which are not listed."""


class CustomGrouping(Wire, frozen=True, kw_only=True):
    """One way of dividing a benchmark's tasks into groups."""

    name: str
    groups: list[CustomGroup]


class Benchmark(Wire, frozen=True, kw_only=True):
    """A benchmark, without scores."""

    name: str
    display_name: str
    icon: str | None
    description: str
    reference: str | None
    citation: str | None
    languages: list[str]
    task_types: list[str]
    simplified_task_types: list[str]
    tasks: list[str]
    domains: list[str]
    modalities: list[str]
    display_on_leaderboard: bool
    new_version: list[str] | None
    aggregations: list[str]
    custom_groupings: list[CustomGrouping]
    show_zero_shot: bool
    num_models: int
    """Models with a score on every task."""
    language_view: list[str] | str | None


class Task(Wire, frozen=True, kw_only=True):
    """A task, without scores."""

    name: str
    type: str
    simplified_type: str
    languages: list[str]
    domains: list[str] | None
    modalities: list[str]
    description: str
    reference: str | None
    citation: str | None
    is_public: bool
    source_dataset: str | None
    license: str | None
    date_from: str | None
    date_to: str | None
    annotations_creators: str | None
    dialect: list[str] | None
    sample_creation: str | None
    main_score: str | None
    num_models: int
    """Models with a score in every subset and split."""


class Model(Wire, frozen=True, kw_only=True):
    """A model, without scores."""

    name: str
    url: str | None
    zero_shot_pct: int
    """Percentage of tasks not seen in training, on a board; -1 if unknown."""
    active_params_b: float | None
    total_params_b: float | None
    embedding_dim: int | None
    max_tokens: float | None
    release_date: str | None
    model_type: str
    instruction_tuned: bool
    open_weights: bool
    openness: dict[str, bool]
    openness_score: int
    sentence_transformers_compatible: bool
    modalities: list[str]
    languages: list[str]
    citation: str | None
    memory_usage_mb: float | None
    license: str | None
    public_training_code: str | None
    public_training_data: str | None
    adapted_from: str | None
    superseded_by: str | None
    extra_requirements_groups: list[str] | None
    training_datasets: list[str] | None


class Completed(Wire, frozen=True):
    """The means of a row over the counted tasks that its model completed.

    They compare with another row's means only if both completed the same tasks, so they never
    order rows.
    """

    tasks: int
    """Counted tasks that the model completed."""
    tasks_total: int
    """Counted tasks of the board."""
    mean_task: float | None
    mean_task_type: float | None
    mean_public: float | None
    mean_private: float | None


class RowOf(Wire, Generic[M, S], frozen=True):
    """One row of a board."""

    rank: int
    model: M
    zero_shot_pct: int
    active_params_b: float | None
    total_params_b: float | None
    embedding_dim: int | None
    max_tokens: int | None
    mean_task: float | None
    mean_task_type: float | None
    mean_public: float | None
    mean_private: float | None
    scores_by_task_type: S
    scores_by_task: S
    scores_by_custom_group: dict[str, dict[str, float]]
    trained_on_tasks: list[str]
    experiments: dict[str, Any] | None
    completed: Completed | msgspec.UnsetType = msgspec.UNSET
    """Only in rows that lack a counted task, whose means are null: the means without it."""
    rank_low: int | None = None
    """The best rank in 95 of 100 draws of the board's tasks; null if it is not known: the board has
    too few tasks, it is narrowed, or its rule gives the row no rank."""
    rank_high: int | None = None
    """The worst rank in 95 of 100 draws."""
    tied_with: int | None = None
    """How many other models of the board cannot be told from this one by its tasks."""


class SummaryRow(RowOf[Model, dict[str, float]], frozen=True):
    """One row of a board."""


class SummaryOf(Wire, Generic[R], frozen=True, kw_only=True):
    """A board: `/v1/benchmarks/{name}/scores`."""

    benchmark_name: str
    task_types: list[str]
    tasks: list[str]
    tasks_meta: list[Task]
    rows: list[R]
    aggregations: list[str]
    custom_groupings: list[CustomGrouping]
    show_zero_shot: bool


class BenchmarkSummary(SummaryOf[SummaryRow], frozen=True, kw_only=True):
    """A board: `/v1/benchmarks/{name}/scores`."""


class PerLanguageRow(Wire, frozen=True, kw_only=True):
    """One model's means by language."""

    model_name: str
    scores_by_language: dict[str, float]
    experiments: dict[str, Any] | None


class PerLanguage(Wire, frozen=True, kw_only=True):
    """`/v1/benchmarks/{name}/per-language`."""

    benchmark_name: str
    rows: list[PerLanguageRow]


class LeaderModel(Wire, frozen=True, kw_only=True):
    """The model that leads a size bucket."""

    name: str
    model_type: str


class Leader(Wire, frozen=True, kw_only=True):
    """The best-ranked model of a size bucket."""

    rank: int
    model: LeaderModel
    mean_task: float | None
    total_params_b: float | None
    completed: Completed | msgspec.UnsetType = msgspec.UNSET
    """As in the rows of the board."""


class Bucket(Wire, frozen=True, kw_only=True):
    """A range of model sizes, in millions of parameters; `max` is exclusive."""

    min: float
    max: float | None
    leader: Leader | None


class Leaders(Wire, frozen=True, kw_only=True):
    """`/v1/benchmarks/{name}/leaders`."""

    benchmark_name: str
    buckets: list[Bucket]


class TaskScoreRowOf(Wire, Generic[M], frozen=True, kw_only=True):
    """One model's scores on a task."""

    rank: int
    model: M
    score: float | None
    subset_scores: dict[str, dict[str, float]]
    """Subset -> split -> score."""
    benchmarks: list[str]
    trained_on: bool | None
    other_data_revision: bool | msgspec.UnsetType = msgspec.UNSET
    """Whether a score was measured on another revision of the data set than the catalog's; only in
    answers to requests with `data_revision=`."""


class TaskScoreRow(TaskScoreRowOf[Model], frozen=True, kw_only=True):
    """One model's scores on a task."""


class TaskScoresOf(Wire, Generic[R], frozen=True, kw_only=True):
    """`/v1/tasks/{name}/scores`."""

    task: Task
    benchmarks: list[str]
    subsets: list[str]
    splits: list[str]
    rows: list[R]


class TaskScores(TaskScoresOf[TaskScoreRow], frozen=True, kw_only=True):
    """`/v1/tasks/{name}/scores`."""


class ModelScoreRow(Wire, frozen=True, kw_only=True):
    """A model's row on one board."""

    benchmark_name: str
    benchmark_display_name: str
    rank: int
    total_models: int
    mean_task: float | None
    mean_task_type: float | None
    zero_shot_pct: int
    task_types: list[str]
    scores_by_task_type: dict[str, float]
    completed: Completed | msgspec.UnsetType = msgspec.UNSET
    """As in the rows of the board."""
    rank_low: int | None = None
    rank_high: int | None = None
    tied_with: int | None = None


class ModelScoresOf(Wire, Generic[M], frozen=True, kw_only=True):
    """`/v1/models/{name}/scores`."""

    model: M
    rows: list[ModelScoreRow]


class ModelScores(ModelScoresOf[Model], frozen=True, kw_only=True):
    """`/v1/models/{name}/scores`."""


class MenuEntry(Wire, frozen=True, kw_only=True):
    """A heading of the home menu, with benchmarks and further headings below it."""

    name: str
    description: str | None
    open: bool
    children: list[Any]
    """Benchmarks, and further headings."""


class Health(Wire, frozen=True, kw_only=True):
    """`/health`."""

    ok: bool


class Problem(Wire, frozen=True, kw_only=True):
    """The body of every error: `detail` is a sentence, or a list of wrong parameters."""

    detail: str | list[dict[str, Any]]


# --- beyond mteb's service -----------------------------------------------------------------------


class Rejected(Wire, frozen=True, kw_only=True):
    """A result file that gives no rows."""

    path: str
    reason: str
    detail: str
    remedy: str


class SnapshotSource(Wire, frozen=True, kw_only=True):
    """The source of a snapshot's results."""

    kind: str
    """`folder`, `archive` or `git`."""
    name: str
    commit: str | None
    committed_at: str | None
    """When the commit was made; null if that is not known."""
    digest: str | None


class SnapshotCounts(Wire, frozen=True, kw_only=True):
    """A snapshot in numbers. Every file is used, describes others, or is rejected or set aside."""

    files_seen: int
    files_used: int
    files_describing: int
    """Files that describe other files: model_meta.json and run_settings.jsonl."""
    files_rejected: int
    files_set_aside: int
    rows: int
    models: int
    tasks: int
    benchmarks: int
    boards: int
    """Benchmarks with at least one ranked row."""


class SnapshotInfo(Wire, frozen=True, kw_only=True):
    """The snapshot being served and its sources: `/v1/snapshot`."""

    id: str
    built_at: str
    checked_at: str | None
    """When an update last found that the sources give this snapshot; null if none did."""
    builder: str
    catalog: str
    source: SnapshotSource
    """The first of `sources`."""
    sources: list[SnapshotSource]
    """All sources of results; of files that several have, the later source's was read."""
    counts: SnapshotCounts
    rejected_by_reason: dict[str, int]
    rejected: list[Rejected]
    """Files with errors; the first thousand. All are in rejects.parquet."""
