"""The catalog's nouns, as frozen structs that read and write themselves as JSON."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property

import msgspec

from frontrunner.catalog.languages import Languages


class Task(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A dataset with a way to score a model on it."""

    name: str
    type: str
    """The task type, such as `Retrieval`."""
    simplified_type: str
    """The coarser family that the type belongs to, such as `retrieval`."""
    main_score: str
    """Name of the metric that counts."""
    splits: tuple[str, ...]
    """The splits that a complete run covers."""
    subsets: dict[str, tuple[str, ...]]
    """Each subset (`hf_subset`) with the codes of its languages, such as `eng-Latn`."""
    description: str = ""
    domains: tuple[str, ...] | None = None
    modalities: tuple[str, ...] = ("text",)
    category: str | None = None
    """What is compared with what, such as `t2t` for text to text."""
    reference: str | None = None
    citation: str | None = None
    public: bool = True
    """False if the data is private, so that no model is trained on it."""
    source_dataset: str | None = None
    license: str | None = None
    date_from: str | None = None
    date_to: str | None = None
    annotations_creators: str | None = None
    dialect: tuple[str, ...] | None = None
    sample_creation: str | None = None
    aggregate: bool = False
    """True for a task whose score is made from the scores of other tasks."""
    parts: tuple[str, ...] = ()
    """Those other tasks, sorted."""
    revision: str | None = None
    """The revision of the data set that the task is measured on now."""
    superseded_by: str | None = None

    @property
    def language_codes(self) -> list[str]:
        """The bare ISO 639-3 codes of all subsets, sorted."""
        return sorted({code.split("-", 1)[0] for codes in self.subsets.values() for code in codes})


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """A task as one benchmark uses it: perhaps narrowed to some subsets or splits."""

    task: str
    splits: tuple[str, ...]
    subsets: tuple[str, ...]
    whole: bool
    """True where nothing was narrowed."""


class Aggregation(StrEnum):
    """A column of means that a benchmark asks for."""

    MEAN_TASK = "mean_task"
    MEAN_TASK_TYPE = "mean_task_type"
    TASK_TYPES = "task_types"
    PUBLIC_PRIVATE = "public_private"
    MEAN_SUBSET = "mean_subset"
    CUSTOM_GROUPS = "custom_groups"


class CustomGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A labelled set of tasks (or parts of tasks) with a mean of its own."""

    label: str
    scopes: tuple[Scope, ...]
    description: str | None = None


class CustomGrouping(msgspec.Struct, frozen=True, kw_only=True):
    """One way of dividing a benchmark's tasks into labelled groups."""

    name: str
    groups: tuple[CustomGroup, ...]


class Benchmark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A named set of tasks, and how their scores become a ranked board."""

    name: str
    display_name: str
    scopes: tuple[Scope, ...]
    aliases: tuple[str, ...] = ()
    description: str = ""
    reference: str | None = None
    citation: str | None = None
    icon: str | None = None
    """A URL, or an emoji to be shown as it is."""
    on_menu: bool = False
    superseded_by: tuple[str, ...] = ()
    aggregations: tuple[Aggregation, ...] = (
        Aggregation.MEAN_TASK,
        Aggregation.MEAN_TASK_TYPE,
        Aggregation.TASK_TYPES,
    )
    groupings: tuple[CustomGrouping, ...] = ()
    show_zero_shot: bool = True
    language_view: tuple[str, ...] | str | None = None
    """`all`, or the codes of the languages that have a column in the per-language view."""
    sort_by: tuple[str, ...] = ()
    """Means by which rows are ordered and numbered, first to last; empty means by Borda rank."""
    public_only: bool = False
    """Rank on public tasks alone; private ones are shown but do not count."""


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """A fact of a model that a team's own catalog overrides."""

    fact: str
    """Name of the field of `Model`."""
    was: str | None
    """What the registry says, as text; None if it does not know."""
    now: str
    reason: str


class Model(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An embedding model, by its `org/name`."""

    name: str
    revision: str | None = None
    """The main revision: results of it are preferred to results of any other."""
    url: str | None = None
    parameters: int | None = None
    active_parameters: int | None = None
    embedding_dim: int | None = None
    max_tokens: float | None = None
    """None means unknown or unbounded."""
    release_date: str | None = None
    types: tuple[str, ...] = ("dense",)
    instruction_tuned: bool | None = None
    open_weights: bool | None = None
    openness: dict[str, bool] = {}
    """Each facet of openness that is known, and whether the model has it."""
    frameworks: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ("text",)
    languages: tuple[str, ...] = ()
    citation: str | None = None
    memory_mb: float | None = None
    license: str | None = None
    training_code: str | None = None
    training_data: str | None = None
    adapted_from: str | None = None
    superseded_by: str | None = None
    extra_requirements: tuple[str, ...] | None = None
    training_datasets: tuple[str, ...] | None = None
    """What the author says it was trained on; None means not known."""
    seen_tasks: tuple[str, ...] | None = None
    """The same, with every task that shares data with one of them; None means not known."""
    run_defaults: dict[str, object] = {}
    """Facts that an experiment's run may override: `model_type`, `embed_dim`, `output_dtypes`."""
    described_by_results: bool = False
    """True if only the model_meta.json of its results describes it, and no catalog does."""
    corrections: tuple[Correction, ...] = ()


class MenuEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A heading of the home menu; a child is a benchmark's name or another heading."""

    name: str
    children: tuple[MenuEntry | str, ...]
    description: str | None = None
    open: bool = False


class Renamed(msgspec.Struct, frozen=True, kw_only=True):
    """Results under a former name of a model, which count as that model's."""

    name: str
    """What the result files call it."""
    model: str
    reason: str


class FormerName(msgspec.Struct, frozen=True, kw_only=True):
    """Results that are probably filed under a former name of a model, and do not count."""

    name: str
    """What the result files call it."""
    model: str
    """The model of the catalog that it probably is."""
    files: int


class Catalog(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Everything that is known before any score is read."""

    source: str
    """Where it came from, such as `mteb-core 2.26.24 + catalog.toml`."""
    tasks: tuple[Task, ...]
    benchmarks: tuple[Benchmark, ...]
    models: tuple[Model, ...]
    menu: tuple[MenuEntry, ...]
    languages: Languages
    old_task_names: dict[str, str] = {}
    """Names that tasks had in old result files, with today's name."""
    retired_tasks: dict[str, str] = {}
    """Tasks of old result files that no longer exist, with the metric that counted."""
    renamed: tuple[Renamed, ...] = ()
    """Only a team's own catalog has any: mteb drops results under former names."""
    probably_renamed: tuple[FormerName, ...] = ()
    """Found while reading results; nothing is renamed unless `renamed` says so."""
    notices: tuple[str, ...] = ()
    """Duplicate or conflicting entries in a team's files and which one counts, a sentence each."""
    registry_notices: tuple[str, ...] = ()
    """Impossible values in the registry and how pages show them, a sentence each."""

    @cached_property
    def task_by_name(self) -> dict[str, Task]:
        """Tasks by name."""
        return {task.name: task for task in self.tasks}

    @cached_property
    def benchmark_by_name(self) -> dict[str, Benchmark]:
        """Benchmarks by name; aliases are not names."""
        return {benchmark.name: benchmark for benchmark in self.benchmarks}

    @cached_property
    def benchmark_by_alias(self) -> dict[str, Benchmark]:
        """Benchmarks by alias."""
        return {alias: bench for bench in self.benchmarks for alias in bench.aliases}

    @cached_property
    def model_by_name(self) -> dict[str, Model]:
        """Models by `org/name`."""
        return {model.name: model for model in self.models}

    @cached_property
    def model_by_former_name(self) -> dict[str, str]:
        """Former names, with today's."""
        return {one.name: one.model for one in self.renamed}
