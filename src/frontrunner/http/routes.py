"""Every route of the API, in one table: path, parameters, schema and function."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from frontrunner.answers.bodies import Bodies
from frontrunner.http import params
from frontrunner.http.earlier import PATHS
from frontrunner.http.query import Query
from frontrunner.snapshot.answers import Encoded
from frontrunner.snapshot.manifest import SCORES_PARQUET

Maker = Callable[[Bodies, str, Query], Encoded]
"""Makes an answer from the name in the path (empty if the path has none) and the query."""


class Param(NamedTuple):
    """A query parameter, for the description of the API."""

    name: str
    kind: str
    """`list`, `text`, `flag` or `number`."""
    about: str
    required: bool = False


class Route(NamedTuple):
    """One route."""

    path: str
    """As OpenAPI writes it; `{name}` may hold slashes."""
    summary: str
    answer: str
    """Name of the schema; `[Task]` is a list of it."""
    make: Maker
    params: tuple[Param, ...] = ()
    selects: str | None = None
    """Counted as a selection of this kind."""
    media_type: str = "application/json"
    file: str = ""
    """The file of the snapshot that is sent from the disk, in place of what `make` makes."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """What a request's path must look like."""
        return re.compile(re.escape(self.path).replace(r"\{name\}", "(?P<name>.*)"), re.DOTALL)

    @property
    def group(self) -> str:
        """The path without its parameters, which is what metrics are kept by."""
        return self.path.replace("/{name}", "")


_LANGUAGES = Param(
    "languages", "list", "Codes (eng-Latn) or names (English); only subsets in these languages"
)
_DATA_REVISION = Param(
    "data_revision",
    "text",
    "any: mark results measured on another revision of the data set than the catalog's; catalog: "
    "leave them out",
)
_TASK_PARAMS = (
    Param("languages", "list", "ISO 639-3 codes, with or without a script (dan, eng-Latn)"),
    Param("types", "list", "Task types, such as Retrieval"),
    Param("domains", "list", "Domains, such as Legal"),
    Param("modalities", "list", "Modalities, such as image"),
    Param("categories", "list", "Categories, such as t2t"),
    Param("name", "text", "A part of the name"),
)
_MODEL_PARAMS = (
    Param("model_types", "list", "Types, such as dense or late-interaction"),
    Param("frameworks", "list", "Frameworks; a model must support all of them"),
    Param("open_weights", "flag", "Whether the weights can be downloaded"),
    Param("instruction_tuned", "flag", "Uses instructions"),
    Param("min_params_b", "number", "Minimum billions of parameters"),
    Param("max_params_b", "number", "Maximum billions of parameters"),
    Param("modalities", "list", "Modalities; a model must support all of them"),
    Param("exclusive_modality", "flag", "No other modalities than those"),
    Param("name", "text", "A part of the name"),
)
_RANK_PARAMS = (
    Param("benchmark", "text", "Name or alias of a benchmark"),
    Param("tasks", "list", "Task names; with a benchmark, only tasks of that benchmark"),
    _LANGUAGES,
    Param("subsets", "list", "Only these subsets of each task"),
    Param("types", "list", "Only tasks of these types"),
    Param("domains", "list", "Only tasks of these domains"),
    Param(
        "weights",
        "list",
        "How much types and tasks count, 0 to 100, such as Retrieval:3; 1 if not given",
    ),
    Param("policy", "text", "strict (the default) or lenient"),
    Param("bands", "flag", "Include how sure each rank is (rankLow, rankHigh, tiedWith)"),
    _DATA_REVISION,
    *_MODEL_PARAMS,
)
_TIES_PARAMS = (
    Param("model", "text", "Name of a model", True),
    Param("experiments", "text", "JSON: the parameters of an experiment's run"),
    *(one for one in _RANK_PARAMS if one.name != "bands"),
)
_SOURCE_PARAMS = (
    Param("model", "text", "Name of a model", True),
    Param("task", "text", "Name of a task", True),
    Param(
        "benchmark", "text", "Name or alias of a benchmark; uses its subsets and splits of the task"
    ),
    Param("experiments", "text", "JSON: the parameters of an experiment's run"),
)
_BUCKETS = Param(
    "buckets", "text", "JSON: [[min, max], ...] in millions of parameters; null is open", True
)
_HIDDEN = Param("include_hidden", "flag", "Include benchmarks that are not on the menu")

_SNAPSHOT = Param(
    "snapshot", "text", "An earlier snapshot: the start of its name, or a day (2025-01-31)"
)

# Longer paths first: a name may hold slashes, so `/v1/tasks/{name}` matches what they match.
_ROUTES: tuple[Route, ...] = (
    Route("/v1/benchmarks/menu", "The home menu", "[MenuEntry]", lambda b, n, q: b.menu()),
    Route(
        "/v1/benchmarks",
        "All benchmarks",
        "[Benchmark]",
        lambda b, n, q: b.benchmarks(params.flag(q, "include_hidden") or False),
        (_HIDDEN,),
    ),
    Route(
        "/v1/benchmarks/{name}/scores",
        "A ranked board",
        "BenchmarkSummary",
        lambda b, n, q: b.scores(n, params.names(q, "languages")),
        (_LANGUAGES,),
    ),
    Route(
        "/v1/benchmarks/{name}/scores.csv",
        "A ranked board as CSV",
        "",
        lambda b, n, q: b.export(n, "csv"),
        media_type="text/csv; charset=utf-8",
    ),
    Route(
        "/v1/benchmarks/{name}/scores.parquet",
        "A ranked board as Parquet",
        "",
        lambda b, n, q: b.export(n, "parquet"),
        media_type="application/vnd.apache.parquet",
    ),
    Route(
        "/v1/benchmarks/{name}/per-language",
        "Means by language",
        "PerLanguage",
        lambda b, n, q: b.per_language(n),
    ),
    Route(
        "/v1/benchmarks/{name}/leaders",
        "The best model of each size class",
        "Leaders",
        lambda b, n, q: b.leaders(n, params.buckets(q)),
        (_BUCKETS,),
    ),
    Route(
        "/v1/benchmarks/{name}",
        "A benchmark, by name or alias",
        "Benchmark",
        lambda b, n, q: b.benchmark(n),
        selects="benchmark",
    ),
    Route(
        "/v1/tasks",
        "All tasks that match the filters",
        "[Task]",
        lambda b, n, q: b.tasks(params.task_filter(q)),
        _TASK_PARAMS,
    ),
    Route(
        "/v1/tasks/{name}/scores",
        "All models on a task",
        "TaskScores",
        lambda b, n, q: b.task_scores(n, params.text(q, "data_revision")),
        (_DATA_REVISION,),
    ),
    Route(
        "/v1/tasks/{name}/descriptive_statistics",
        "Descriptive statistics of a task's data",
        "object",
        lambda b, n, q: b.statistics(n),
    ),
    Route("/v1/tasks/{name}", "A task", "Task", lambda b, n, q: b.task(n), selects="task"),
    Route(
        "/v1/models",
        "All models that match the filters",
        "[Model]",
        lambda b, n, q: b.models(params.model_filter(q)),
        _MODEL_PARAMS,
    ),
    Route(
        "/v1/models/{name}/scores",
        "A model on all boards",
        "ModelScores",
        lambda b, n, q: b.model_scores(n),
    ),
    Route("/v1/models/{name}", "A model", "Model", lambda b, n, q: b.model(n), selects="model"),
    Route(
        "/v1/rank",
        "Rank any benchmark or set of tasks, with filters",
        "Ranking",
        lambda b, n, q: b.rank(params.rank_request(q)),
        _RANK_PARAMS,
    ),
    Route(
        "/v1/ties",
        "The models that are tied with a model on a board",
        "Ties",
        lambda b, n, q: b.ties(params.ties_request(q)),
        _TIES_PARAMS,
    ),
    Route(
        "/v1/source",
        "Where a score comes from: its parts, their files, and the command that runs it",
        "ScoreSource",
        lambda b, n, q: b.source(params.source_request(q)),
        _SOURCE_PARAMS,
    ),
    Route(
        "/v1/snapshot/scores.parquet",
        "All scores of the snapshot as one Parquet file",
        "",
        lambda b, n, q: b.all_scores(),
        media_type="application/vnd.apache.parquet",
        file=SCORES_PARQUET,
    ),
    Route(
        "/v1/snapshot",
        "The snapshot that is served, and its sources",
        "SnapshotInfo",
        lambda b, n, q: b.info(),
    ),
)

ROUTES = tuple(
    one._replace(params=(*one.params, _SNAPSHOT)) if one.path.startswith(PATHS) else one
    for one in _ROUTES
)


class Match(NamedTuple):
    """A route and the name in the path."""

    route: Route
    name: str


def compile_routes(routes: tuple[Route, ...] = ROUTES) -> Callable[[str], Match | None]:
    """A function that finds the route for a path."""
    patterns = [(route.pattern, route) for route in routes]

    def find(path: str) -> Match | None:
        for pattern, route in patterns:
            found = pattern.fullmatch(path)
            if found:
                return Match(route, found.groupdict().get("name", ""))
        return None

    return find
