"""Where a model's score on a task comes from: the parts that it is the mean of, and their files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from frontrunner.answers.commands import run_command
from frontrunner.answers.raw_links import raw_url
from frontrunner.answers.source_schemas import (
    MissingPart,
    ScorePart,
    ScoreSource,
    SourceFile,
    SourceRequest,
)
from frontrunner.base.errors import UnknownNameError
from frontrunner.catalog import Benchmark, Scope, Task
from frontrunner.results.table import ScoreTable

if TYPE_CHECKING:
    from frontrunner.answers.service import Service
    from frontrunner.snapshot.reader import Snapshot

KEY = 500
"""Characters of an experiment's parameters by which pages name a row."""


def score_source(
    service: Service,
    wanted: SourceRequest,
    languages: Sequence[str] = (),
    subsets: Sequence[str] = (),
) -> ScoreSource:
    """Where a score comes from; of a benchmark, as it narrows the task.

    Of a board that was ranked again, only the parts in `languages` and `subsets` count, if there
    are any.

    Raises UnknownNameError for a name or an experiment that does not exist, and for a task that
    the benchmark does not have.
    """
    model, task, benchmark, run = wanted
    known = service.find_model(model), service.find_task(task)
    bench = None if benchmark is None else service.find_benchmark_or_alias(benchmark)
    scope = scope_of(known[1], bench)
    table = service.snapshot.table
    variant = find_variant(table, model, run)
    sets = _sets(service, languages)
    rows = [
        row
        for row in rows_of(table, scope)
        if (sets is None or row.languages in sets) and (not subsets or row.subset in subsets)
    ]
    own = [row for row in rows if row.variant == variant]
    had = {(row.split, row.subset) for row in own}
    # As in ranking: every subset in every split that any model has.
    needed = product(
        dict.fromkeys(row.split for row in rows), dict.fromkeys(row.subset for row in rows)
    )
    missing = [MissingPart(split=s, subset=p) for s, p in needed if (s, p) not in had]
    numbers = list(dict.fromkeys(row.file for row in own))
    files = files_of(service.snapshot, numbers)
    experiments = None if variant is None else table.variants[variant].experiment
    place = {number: index for index, number in enumerate(numbers)}
    return ScoreSource(
        model=model,
        experiments=None if experiments is None else dict(experiments),
        task=task,
        benchmark=None if bench is None else bench.name,
        metric=known[1].main_score,
        score=sum(row.score for row in own) / len(own) if own and not missing else None,
        parts=[
            ScorePart(
                split=row.split,
                subset=row.subset,
                languages=list(table.language_sets[row.languages]),
                score=row.score,
                file=place[row.file],
            )
            for row in own
        ],
        missing=missing,
        files=files,
        dataset=known[1].source_dataset,
        dataset_revision=known[1].revision,
        command=None if experiments else _command(known[1], model, files),
    )


def _sets(service: Service, languages: Sequence[str]) -> frozenset[int] | None:
    """The language sets of the table that hold one of the languages; None for all."""
    if not languages:
        return None
    codes = service.boards.languages.codes(languages)
    of_code = service.snapshot.table.sets_of_code
    return frozenset(number for code in codes for number in of_code.get(code, ()))


def scope_of(task: Task, bench: Benchmark | None) -> Scope:
    """The subsets and splits that count. Raises UnknownNameError if the benchmark has none."""
    if bench is None:
        return Scope(task=task.name, splits=task.splits, subsets=tuple(task.subsets), whole=True)
    found = next((scope for scope in bench.scopes if scope.task == task.name), None)
    if found is None:
        raise UnknownNameError(f"{bench.name} has no task {task.name}")
    return found


def find_variant(table: ScoreTable, model: str, run: str | None) -> int | None:
    """The number of a model's ordinary run or of an experiment; None if it has no score at all.

    Raises UnknownNameError for an experiment that does not exist.
    """
    for number, variant in enumerate(table.variants):
        if variant.model == model and is_run(variant.experiment, run):
            return number
    if run is None:
        return None
    raise UnknownNameError(f"{model} has no experiment {run[:200]}")


def is_run(experiment: Mapping[str, Any] | None, run: str | None) -> bool:
    """Whether `run` names an experiment by its parameters as JSON, or by the first characters of
    them; None names the ordinary run."""
    if experiment is None or run is None:
        return experiment is None and run is None
    if msgspec.json.encode(experiment).decode()[:KEY] == run:
        return True
    try:
        return bool(json.loads(run) == experiment)  # a script writes 1 where we write 1.0
    except (ValueError, RecursionError):
        return False


def files_of(snapshot: Snapshot, numbers: Sequence[int]) -> list[SourceFile]:
    """The files with these numbers, in their order."""
    import polars as pl  # noqa: PLC0415 -- loaded when first asked for

    frame = snapshot.frame("files")
    known = frame.collect_schema()
    for name, kind in (("other_data", pl.Boolean), ("evaluation_time", pl.Float64)):
        if name not in known:  # a snapshot of an earlier version
            frame = frame.with_columns(pl.lit(None, dtype=kind).alias(name))
    found = frame.with_row_index("file").filter(pl.col("file").is_in(list(numbers))).collect()
    by_number = {row["file"]: row for row in found.iter_rows(named=True)}
    sources = snapshot.manifest.provenance.sources
    return [
        SourceFile(
            path=row["path"],
            url=raw_url(sources, row["path"]),
            model_revision=row["revision"],
            mteb_version=row["mteb_version"],
            dataset_revision=row["dataset_revision"],
            other_data_revision=row["other_data"],
            evaluation_time=row["evaluation_time"],
        )
        for row in (by_number[number] for number in numbers)
    ]


def files_of_run(
    snapshot: Snapshot, variant: int | None, tasks: Sequence[str]
) -> dict[str, list[SourceFile]]:
    """The files of a run's scores on these tasks, by task."""
    table, numbers = snapshot.table, dict[str, list[int]]()
    for task in tasks:
        rows = table.rows_of_task(task)
        own = table.file[rows][table.variant[rows] == variant]
        numbers[task] = list(dict.fromkeys(own.tolist()))
    wanted = list(dict.fromkeys(number for some in numbers.values() for number in some))
    files = dict(zip(wanted, files_of(snapshot, wanted), strict=True))
    return {task: [files[number] for number in some] for task, some in numbers.items()}


def _command(task: Task, model: str, files: Sequence[SourceFile]) -> str | None:
    if not task.public:
        return None
    one = files[0] if files else None
    revision, version = (one.model_revision, one.mteb_version) if one else (None, None)
    return run_command(model, [task.name], revision, version)


class ScoredRow(NamedTuple):
    """One score of the table."""

    variant: int
    split: str
    subset: str
    languages: int
    score: float
    file: int


def rows_of(table: ScoreTable, scope: Scope) -> list[ScoredRow]:
    """The scored rows of a scope, of all models, in the table's order."""
    rows = table.rows_of_task(scope.task)
    splits, subsets = frozenset(scope.splits), frozenset(scope.subsets)
    columns = (table.variant, table.cell, table.languages, table.score, table.file)
    found = []
    for variant, cell, languages, score, file in zip(
        *(column[rows].tolist() for column in columns), strict=True
    ):
        key = table.cells[cell]
        if score == score and key.split in splits and key.subset in subsets:
            found.append(ScoredRow(variant, key.split, key.subset, languages, score, file))
    return found
