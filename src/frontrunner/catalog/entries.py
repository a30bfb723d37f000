"""The keys of a catalog.toml and what each may hold; docs/catalog.md says what they mean."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from frontrunner.catalog.model import Aggregation

_Some = msgspec.Meta(min_length=1)
_NAME = r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$"
_CODE = r"^([a-z]{3}(-[A-Z][a-z]{3})?|[a-z0-9+#.]+-Code)$"
_DATE = r"^\d{4}-\d\d-\d\d$"
_ADDRESS = r"^https?://"
IN_WORDS = {
    _NAME: "a name on one line, with no space around it",
    _CODE: "a language code, such as 'eng', 'eng-Latn' or 'python-Code'",
    _DATE: "a date such as 2024-01-31",
    _ADDRESS: "a URL that begins with https://",
}
"""What a pattern means, for error messages."""

_VIEWS = ("/scores", "/scores.csv", "/scores.parquet", "/per-language", "/leaders",
          "/descriptive_statistics")  # fmt: skip
"""Path segments that the API appends to a name."""


def is_api_address(name: str) -> bool:
    """Whether a name would read as the address of something else in the API."""
    return name == "menu" or name.endswith(_VIEWS)


Name = Annotated[str, msgspec.Meta(pattern=_NAME)]
Code = Annotated[str, msgspec.Meta(pattern=_CODE)]
Date = Annotated[str, msgspec.Meta(pattern=_DATE)]
Address = Annotated[str, msgspec.Meta(pattern=_ADDRESS)]
Count = Annotated[int, msgspec.Meta(ge=0, lt=10**16)]
Size = Annotated[int, msgspec.Meta(gt=0, lt=10**9)]
Limit = Annotated[float, msgspec.Meta(ge=0, lt=1e15)]
"""No infinity: what is unbounded is left out."""


class Entry(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of what a file holds: it has a name, and unknown keys are mistakes."""

    name: Name


class OwnTask(Entry, kw_only=True):
    """`[[task]]`."""

    type: str
    main_score: str
    splits: Annotated[tuple[str, ...], _Some] = ("test",)
    languages: list[Code] = []
    subsets: dict[str, Annotated[list[Code], _Some]] = {}
    description: str = ""
    domains: list[str] | None = None
    modalities: tuple[str, ...] = ("text",)
    category: str | None = None
    reference: Address | None = None
    citation: str | None = None
    public: bool = True
    source: str | None = None
    license: str | None = None
    date: tuple[Date, Date] | None = None


class TaskRef(Entry, kw_only=True):
    """A task of a benchmark, narrowed."""

    splits: list[str] = []
    subsets: list[str] = []


class OwnBenchmark(Entry, kw_only=True):
    """`[[benchmark]]`."""

    tasks: Annotated[list[str | TaskRef], _Some]
    display_name: str | None = None
    description: str = ""
    aliases: list[str] = []
    reference: Address | None = None
    citation: str | None = None
    icon: str | None = None
    featured: bool = True
    superseded_by: list[str] = []
    aggregations: tuple[Aggregation, ...] = (
        Aggregation.MEAN_TASK,
        Aggregation.MEAN_TASK_TYPE,
        Aggregation.TASK_TYPES,
    )
    languages_view: list[Code] | Literal["all"] | None = None
    show_zero_shot: bool = True
    public_only: bool = False


class OwnModel(Entry, kw_only=True):
    """`[[model]]`."""

    revision: str | None = None
    url: Address | None = None
    parameters: Count | None = None
    active_parameters: Count | None = None
    embedding_dim: Size | None = None
    max_tokens: Limit | None = None
    release_date: Date | None = None
    type: str = "dense"
    instruction_tuned: bool | None = None
    open_weights: bool | None = None
    frameworks: list[str] = []
    modalities: tuple[str, ...] = ("text",)
    languages: list[Code] = []
    citation: str | None = None
    memory_mb: Limit | None = None
    license: str | None = None
    training_code: str | None = None
    training_data: str | None = None
    training_datasets: list[str] | None = None
    adapted_from: str | None = None
    superseded_by: str | None = None


class OwnRenamed(Entry, kw_only=True):
    """`[[renamed]]`: a name that a model had."""

    model: str
    reason: str


class OwnOverride(Entry, kw_only=True):
    """`[[override]]`: facts of a model of the registry, corrected."""

    reason: Annotated[str, _Some]
    revision: str | UnsetType = UNSET
    url: Address | UnsetType = UNSET
    parameters: Count | UnsetType = UNSET
    active_parameters: Count | UnsetType = UNSET
    embedding_dim: Size | UnsetType = UNSET
    max_tokens: Limit | UnsetType = UNSET
    release_date: Date | UnsetType = UNSET
    type: str | UnsetType = UNSET
    instruction_tuned: bool | UnsetType = UNSET
    open_weights: bool | UnsetType = UNSET
    frameworks: list[str] | UnsetType = UNSET
    modalities: Annotated[list[str], _Some] | UnsetType = UNSET
    languages: list[Code] | UnsetType = UNSET
    citation: str | UnsetType = UNSET
    memory_mb: Limit | UnsetType = UNSET
    license: str | UnsetType = UNSET
    training_code: str | UnsetType = UNSET
    training_data: str | UnsetType = UNSET
    training_datasets: list[str] | UnsetType = UNSET
    adapted_from: str | UnsetType = UNSET
    superseded_by: str | UnsetType = UNSET


class OwnFile(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The whole file."""

    languages: dict[str, str] = {}
    task: list[OwnTask] = []
    benchmark: list[OwnBenchmark] = []
    model: list[OwnModel] = []
    renamed: list[OwnRenamed] = []
    override: list[OwnOverride] = []
