"""`/v1/rank`: any benchmark, or any set of tasks, ranked on request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import UNSET

from frontrunner.answers import rank_schemas, weights
from frontrunner.answers.certainty import band_columns
from frontrunner.answers.completed import completed_rows, every_mean, or_none
from frontrunner.answers.data_revision import CATALOG, checked, tasks_on_other_data
from frontrunner.answers.filters import RankRequest, TaskFilter
from frontrunner.answers.rendered import (
    RenderedRankedRow,
    RenderedRanking,
    present_rows,
    scores_of,
    structs_of,
)
from frontrunner.base.errors import UsageError
from frontrunner.base.near import near_names
from frontrunner.catalog import Aggregation, Benchmark, Scope
from frontrunner.ranking import Board, Policy, Question, rank
from frontrunner.ranking.bands import Bands, bands
from frontrunner.ranking.gather import Floats
from frontrunner.ranking.means import Scored, score

if TYPE_CHECKING:
    from frontrunner.answers.source import Source as Service

MAX_TASKS = 500


def answer(service: Service, request: RankRequest) -> rank_schemas.Ranking:
    """Rank what `request` asks for: a benchmark by its own rule, other tasks by Borda rank.

    Raises UnknownNameError for a benchmark or task that does not exist, UsageError for a request
    that names neither, too many tasks, or a language, policy or data revision that does not exist.
    """
    found = ranked(service, request)
    rows = structs_of(rank_schemas.RankedRow, _columns(service, found, present_rows))
    return rank_schemas.Ranking(rows=rows, **_spelled_out(service, found))


def rendered(service: Service, request: RankRequest) -> RenderedRanking:
    """The same in the form that is encoded fastest."""
    found = ranked(service, request)
    rows = structs_of(RenderedRankedRow, _columns(service, found, scores_of))
    return RenderedRanking(rows=rows, **_spelled_out(service, found))


class Ranked(NamedTuple):
    """A question, and its answer in arrays."""

    bench: Benchmark | None
    question: Question
    board: Board
    scored: Scored
    missing: list[str]
    other_data: Mapping[int, list[str]] | None
    how_sure: Bands | None
    """None if the request does not ask."""


def ranked(service: Service, request: RankRequest) -> Ranked:
    """What `request` asks for, in arrays. Raises what `answer` raises."""
    _refuse_unknown(service, request)
    bench = service.find_benchmark_or_alias(request.benchmark) if request.benchmark else None
    question = _question(service, request, bench)
    if checked(request.data_revision) == CATALOG:
        question = question.only_files(~service.other_data)
    table, facts = service.snapshot.table, service.snapshot.facts
    rows = score(table, question)
    board = rank(table, facts, question, rows)
    how_sure = bands(table, facts, question, board, rows) if request.bands else None
    missing = _missing(service, question, board)
    other_data = _other_data_tasks(service, question, request.data_revision)
    return Ranked(bench, question, board, rows, missing, other_data, how_sure)


def _spelled_out(service: Service, found: Ranked) -> dict[str, Any]:
    """The fields of an answer besides its rows."""
    question, board = found.question, found.board
    return {
        "snapshot": service.snapshot.id,
        "policy": str(board.policy),
        "benchmark": found.bench.name if found.bench else None,
        "ordered_by": _ordered_by(question),
        "tasks": list(board.tasks),
        "counted_tasks": list(board.counted_tasks),
        "missing_tasks": found.missing,
        "weights": weights.spelled(question.weights),
        "languages": None if question.languages is None else sorted(question.languages),
        "task_types": list(board.task_types),
    }


def _other_data_tasks(
    service: Service, question: Question, revision: str | None
) -> Mapping[int, list[str]] | None:
    """Variant -> its tasks with scores on other data; None if the request does not ask."""
    if revision is None:
        return None
    # A question of the catalog's revision has no such scores.
    table, other = service.snapshot.table, service.other_data
    return tasks_on_other_data(table, other, question) if question.files is None else {}


def _ordered_by(question: Question) -> list[str]:
    """The columns that order the rows, the most important first."""
    if question.sort_by:
        return list(question.sort_by)
    by_subset = Aggregation.MEAN_SUBSET in question.aggregations
    return ["mean_subset", "mean_task"] if by_subset else ["borda_rank", "mean_task"]


def _missing(service: Service, question: Question, board: Board) -> list[str]:
    """Tasks without any score, leaving out tasks with no subset that was asked for."""
    tasks, asked = service.snapshot.catalog.task_by_name, question.languages
    subsets = {scope.task: scope.subsets for scope in question.scopes}

    def is_asked_for(name: str) -> bool:
        spoken = (tasks[name].subsets[one] for one in subsets[name])
        return any(asked is None or not asked.isdisjoint(codes) for codes in spoken)

    return [name for name in board.missing_tasks if is_asked_for(name)]


def _question(service: Service, request: RankRequest, bench: Benchmark | None) -> Question:
    languages, models = service.boards.languages, None
    if not request.models.is_empty:
        catalog = service.snapshot.catalog
        models = frozenset(m.name for m in catalog.models if request.models.matches(m))
    scopes = _scopes(service, request, bench)
    # A benchmark keeps its rule: what orders its rows, which tasks count, how subsets weigh.
    question = replace(
        Question.of(bench) if bench else Question(scopes=scopes),
        scopes=scopes,
        languages=languages.codes(request.languages) if request.languages else None,
        policy=_policy(request.policy),
        models=models,
    )
    return _weighed(service, request, bench, question) if request.weights else question


def _weighed(
    service: Service, request: RankRequest, bench: Benchmark | None, question: Question
) -> Question:
    kinds = service.snapshot.facts.task_type
    # What the request narrows away may keep its weight, so that narrowing is one change.
    tasks = {*request.tasks, *(one.task for one in (bench.scopes if bench else ()))}
    given = weights.read(request.weights, tasks, {kinds[name] for name in tasks})
    found = question.weigh(given, kinds)
    if question.scopes and not found.scopes:
        raise UsageError(
            "Every task weighs 0, so nothing can be ranked. Give at least one a higher weight."
        )
    return found


def _policy(name: str) -> Policy:
    try:
        return Policy(name)
    except ValueError:
        *others, last = (repr(str(policy)) for policy in Policy)
        raise UsageError(f"Unknown policy: {name!r}. Give {', '.join(others)} or {last}.") from None


def _refuse_unknown(service: Service, request: RankRequest) -> None:
    """Raise UsageError for values that nothing in the catalog has."""
    known, models = service.entities.vocabulary, request.models
    for kind, names in (
        ("types", request.types),
        ("domains", request.domains),
        ("subsets", request.subsets),
        ("modalities", models.modalities),
        ("model_types", models.model_types),
        ("frameworks", models.frameworks),
    ):
        for name in names:
            if name not in known[kind]:
                near = near_names(name, known[kind], most=1)
                hint = f" Did you mean {near[0]!r}?" if near else ""
                raise UsageError(f"Nothing in the catalog has {name!r} among its {kind}.{hint}")
    low, high = models.min_params_b, models.max_params_b
    if low is not None and high is not None and low > high:
        raise UsageError(f"min_params_b ({low}) is more than max_params_b ({high}).")


def _scopes(service: Service, request: RankRequest, bench: Benchmark | None) -> tuple[Scope, ...]:
    if bench is None and not request.tasks:
        raise UsageError("Set benchmark= or tasks= to choose what to rank.")
    if len(request.tasks) > MAX_TASKS:
        raise UsageError(f"At most {MAX_TASKS} tasks can be ranked at once.")
    scopes = bench.scopes if bench else ()
    if request.tasks:
        of_bench = {scope.task: scope for scope in scopes}
        wholes = (_whole_task(service, name) for name in dict.fromkeys(request.tasks))
        scopes = tuple(of_bench.get(whole.task, whole) for whole in wholes)
        strangers = [scope.task for scope in scopes if bench and scope.task not in of_bench]
        if bench and strangers:
            raise UsageError(f"{strangers[0]} is not a task of {bench.name}. Leave out benchmark=.")
    return tuple(_narrowed(scope, request.subsets) for scope in _filtered(service, request, scopes))


def _whole_task(service: Service, name: str) -> Scope:
    task = service.find_task(name)
    return Scope(task=name, splits=task.splits, subsets=tuple(task.subsets), whole=True)


def _filtered(
    service: Service, request: RankRequest, scopes: tuple[Scope, ...]
) -> tuple[Scope, ...]:
    wanted = TaskFilter(types=request.types, domains=request.domains)
    tasks = service.snapshot.catalog.task_by_name
    return tuple(scope for scope in scopes if wanted.matches(tasks[scope.task]))


def _narrowed(scope: Scope, subsets: tuple[str, ...]) -> Scope:
    if not subsets:
        return scope
    kept = tuple(name for name in scope.subsets if name in subsets)
    return Scope(
        task=scope.task,
        splits=scope.splits,
        subsets=kept,
        whole=scope.whole and len(kept) == len(scope.subsets),
    )


ByName = Callable[[Sequence[str], Floats], Sequence[Any]]
"""Makes the scores of each row by name, from names and [rows, names] scores."""


def _columns(service: Service, found: Ranked, by_name: ByName) -> dict[str, Sequence[Any]]:
    """The fields of the rows, each a column."""
    board, other = found.board, found.other_data
    variants = board.variants.tolist()
    runs, count = service.boards.runs(variants), len(variants)
    coverage = {
        "tasks": board.tasks_complete.tolist(),
        "tasks_total": [len(board.tasks) + len(found.missing)] * count,
        "cells": board.cells_had.tolist(),
        "cells_total": [board.cells_total] * count,
    }
    mean_subset = board.means.get("mean_subset")
    return {
        "rank": board.rank.tolist(),
        "borda_rank": board.borda.tolist(),
        "model": [run.model for run in runs],
        "experiments": [run.experiment for run in runs],
        "zero_shot_pct": board.zero_shot.tolist(),
        "total_params_b": [run.total_params_b for run in runs],
        "coverage": structs_of(rank_schemas.Coverage, coverage),
        "mean_task": or_none(board.means["mean_task"]),
        "mean_task_type": or_none(board.means["mean_task_type"]),
        "mean_subset": [None] * count if mean_subset is None else or_none(mean_subset),
        "scores_by_task_type": by_name(board.task_types, board.by_type),
        "scores_by_task": by_name(board.tasks, board.by_task),
        "completed": completed_rows(board, every_mean(board.completed_means)),
        "other_data_tasks": [UNSET] * count
        if other is None
        else [other.get(number, []) for number in variants],
        **_band_columns(found),
    }


def _band_columns(found: Ranked) -> Mapping[str, Sequence[Any]]:
    if found.how_sure is None:
        nothing = [UNSET] * len(found.board.rank)
        return {"rank_low": nothing, "rank_high": nothing, "tied_with": nothing}
    return band_columns(found.board, found.how_sure)
