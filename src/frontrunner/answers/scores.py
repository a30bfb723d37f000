"""Scores by task and by model: `/v1/tasks/{name}/scores` and `/v1/models/{name}/scores`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from frontrunner import catalog as nouns
from frontrunner.answers import schemas
from frontrunner.answers.data_revision import models_on_other_data
from frontrunner.answers.entities import Entities
from frontrunner.answers.rendered import (
    RenderedModelScores,
    RenderedSummary,
    RenderedTaskRow,
    RenderedTaskScores,
)
from frontrunner.answers.values import TaskResult, TaskResults
from frontrunner.ranking.gather import Bools
from frontrunner.results.table import ScoreTable


def hosting_benchmarks(catalog: nouns.Catalog) -> dict[str, list[str]]:
    """Task -> the benchmarks that use it."""
    hosts: dict[str, list[str]] = {}
    for bench in catalog.benchmarks:
        for scope in bench.scopes:
            hosts.setdefault(scope.task, []).append(bench.name)
    return hosts


def task_cells(
    table: ScoreTable, task: nouns.Task, left_out: Bools | None = None
) -> dict[str, dict[str, dict[str, float]]]:
    """Model -> subset -> split -> score, for the subsets and splits that the task declares.

    Where a model has several scores in one place (experiments, duplicates), the highest.
    `left_out` says of each file whether its scores are left out.
    """
    number = table.task_number.get(task.name)
    found: dict[str, dict[str, dict[str, float]]] = {}
    if number is None:
        return found
    rows = np.arange(table.task_start[number], table.task_start[number + 1])
    if left_out is not None:
        rows = rows[~left_out[table.file[rows]]]
    for variant, cell, score in zip(
        table.variant[rows].tolist(),
        table.cell[rows].tolist(),
        table.score[rows].tolist(),
        strict=True,
    ):
        key = table.cells[cell]
        if score != score or key.split not in task.splits or key.subset not in task.subsets:
            continue
        splits = found.setdefault(table.variants[variant].model, {}).setdefault(key.subset, {})
        splits[key.split] = max(score, splits.get(key.split, score))
    return found


def task_results(
    catalog: nouns.Catalog,
    table: ScoreTable,
    task: nouns.Task,
    other_data: Bools | None = None,
    *,
    leave_out: bool = False,
) -> TaskResults:
    """All models' scores on a task, best first; a model that lacks a cell has no score.

    `other_data` says which files were measured on another revision of the data set: their models
    are marked, or their scores left out, as if the files did not exist.
    """
    cells = task_cells(table, task, other_data if leave_out else None)
    subsets = sorted({subset for scores in cells.values() for subset in scores})
    splits = sorted({p for scores in cells.values() for one in scores.values() for p in one})
    scored = [
        (name, _whole_score(scores, subsets, splits), scores) for name, scores in cells.items()
    ]
    scored.sort(key=lambda row: (row[1] is None, -(row[1] or 0.0), row[0]))
    marked: frozenset[str] = frozenset()
    if other_data is not None and not leave_out:
        marked = models_on_other_data(table, other_data, task.name)
    rows = [
        TaskResult(
            number,
            name,
            score,
            scores,
            _trained_on(catalog.model_by_name[name], task.name),
            None if other_data is None else name in marked,
        )
        for number, (name, score, scores) in enumerate(scored, start=1)
    ]
    return TaskResults(subsets, splits, rows)


def task_scores(
    entities: Entities, task: nouns.Task, results: TaskResults, hosts: list[str]
) -> RenderedTaskScores:
    """The answer of `/v1/tasks/{name}/scores`.

    As in mteb's service, the task inside it does not count its models.
    """
    return RenderedTaskScores(
        task=entities.task(task),
        benchmarks=hosts,
        subsets=results.subsets,
        splits=results.splits,
        rows=[
            RenderedTaskRow(
                rank=row.rank,
                model=entities.model_json(row.model, -1),
                score=row.score,
                subset_scores=row.subset_scores,
                benchmarks=hosts,
                trained_on=row.trained_on,
                other_data_revision=msgspec.UNSET if row.other_data is None else row.other_data,
            )
            for row in results.rows
        ],
    )


def _whole_score(
    scores: Mapping[str, Mapping[str, float]], subsets: list[str], splits: list[str]
) -> float | None:
    """Mean over subsets of the best split; None unless every subset and split is there."""
    if any(split not in scores.get(subset, {}) for subset in subsets for split in splits):
        return None
    return sum(max(by_split.values()) for by_split in scores.values()) / len(scores)


def _trained_on(model: nouns.Model, task: str) -> bool | None:
    return task in model.training_datasets if model.training_datasets else None


class BoardLine(NamedTuple):
    """What a model's page shows of one row of a board."""

    rank: int
    mean_task: float | None
    mean_task_type: float | None
    zero_shot_pct: int
    scores_by_task_type: dict[str, float]
    completed: schemas.Completed | msgspec.UnsetType = msgspec.UNSET
    rank_low: int | None = None
    rank_high: int | None = None
    tied_with: int | None = None


class BoardLines(NamedTuple):
    """One board: its types, how many rows it has, and the row of each model."""

    benchmark: str
    task_types: list[str]
    total: int
    by_model: dict[str, BoardLine]
    tasks: int = 0
    """Tasks on which any model has a score."""
    complete: int = 0
    """Rows that completed all of these tasks."""


def board_lines(
    summary: RenderedSummary, models: Sequence[str], by_type: Sequence[dict[str, float]]
) -> BoardLines:
    """The lines of a board; of each row, the name of its model and its scores by type.

    Of a model with experiments, the ordinary run's row counts.
    """
    by_model: dict[str, BoardLine] = {}
    for row, name, scores in zip(summary.rows, models, by_type, strict=True):
        if row.experiments is None or name not in by_model:
            by_model[name] = BoardLine(
                row.rank,
                row.mean_task,
                row.mean_task_type,
                row.zero_shot_pct,
                scores,
                row.completed,
                row.rank_low,
                row.rank_high,
                row.tied_with,
            )
    return BoardLines(summary.benchmark_name, summary.task_types, len(summary.rows), by_model)


class ModelRows(NamedTuple):
    """A model's rows on all boards, best rank first."""

    zero_shot_pct: int
    """The percentage on the first board that the model is on, which mteb's service shows."""
    rows: list[schemas.ModelScoreRow]


def model_rows(model: str, boards: Sequence[tuple[nouns.Benchmark, BoardLines]]) -> ModelRows:
    """The rows of the model named `model`."""
    found = [
        (bench, lines, line)
        for bench, lines in boards
        if (line := lines.by_model.get(model)) is not None
    ]
    rows = [
        schemas.ModelScoreRow(
            benchmark_name=bench.name,
            benchmark_display_name=bench.display_name,
            rank=line.rank,
            total_models=lines.total,
            mean_task=line.mean_task,
            mean_task_type=line.mean_task_type,
            zero_shot_pct=line.zero_shot_pct,
            task_types=lines.task_types,
            scores_by_task_type=line.scores_by_task_type,
            completed=line.completed,
            rank_low=line.rank_low,
            rank_high=line.rank_high,
            tied_with=line.tied_with,
        )
        for bench, lines, line in found
    ]
    zero_shot = found[0][2].zero_shot_pct if found else -1
    return ModelRows(zero_shot, sorted(rows, key=lambda row: row.rank))


def model_scores(
    entities: Entities,
    model: nouns.Model,
    boards: Sequence[tuple[nouns.Benchmark, BoardLines]],
) -> RenderedModelScores:
    """The answer of `/v1/models/{name}/scores`."""
    found = model_rows(model.name, boards)
    return RenderedModelScores(
        model=entities.model_json(model.name, found.zero_shot_pct), rows=found.rows
    )
