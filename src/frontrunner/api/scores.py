"""Scores by task and by model: `/v1/tasks/{name}/scores` and `/v1/models/{name}/scores`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from frontrunner import catalog as nouns
from frontrunner.api import schemas
from frontrunner.api.entities import Entities
from frontrunner.results.table import ScoreTable


def hosting_benchmarks(catalog: nouns.Catalog) -> dict[str, list[str]]:
    """Task -> the benchmarks that use it."""
    hosts: dict[str, list[str]] = {}
    for bench in catalog.benchmarks:
        for scope in bench.scopes:
            hosts.setdefault(scope.task, []).append(bench.name)
    return hosts


def task_cells(table: ScoreTable, task: nouns.Task) -> dict[str, dict[str, dict[str, float]]]:
    """Model -> subset -> split -> score, for the subsets and splits that the task declares.

    Where a model has several scores in one place (experiments, duplicates), the highest.
    """
    number = table.task_number.get(task.name)
    found: dict[str, dict[str, dict[str, float]]] = {}
    if number is None:
        return found
    rows = slice(table.task_start[number], table.task_start[number + 1])
    for variant, cell, score in zip(
        table.variant[rows].tolist(), table.cell[rows].tolist(), table.score[rows].tolist(),
        strict=True,
    ):
        key = table.cells[cell]
        if score != score or key.split not in task.splits or key.subset not in task.subsets:
            continue
        splits = found.setdefault(table.variants[variant].model, {}).setdefault(key.subset, {})
        splits[key.split] = max(score, splits.get(key.split, score))
    return found


def task_scores(
    entities: Entities, table: ScoreTable, task: nouns.Task, num_models: int, hosts: list[str]
) -> schemas.TaskScores:
    """The answer of `/v1/tasks/{name}/scores`; a model that misses a cell has no score."""
    cells = task_cells(table, task)
    subsets = sorted({subset for scores in cells.values() for subset in scores})
    splits = sorted({p for scores in cells.values() for one in scores.values() for p in one})
    scored = [(name, _whole_score(scores, subsets, splits), scores)
              for name, scores in cells.items()]
    scored.sort(key=lambda row: (row[1] is None, -(row[1] or 0.0), row[0]))
    return schemas.TaskScores(
        task=entities.task(task, num_models),
        benchmarks=hosts,
        subsets=subsets,
        splits=splits,
        rows=[
            schemas.TaskScoreRow(
                rank=number,
                model=entities.model_json(name, -1),
                score=score,
                subset_scores=scores,
                benchmarks=hosts,
                trained_on=_trained_on(entities.catalog.model_by_name[name], task.name),
            )
            for number, (name, score, scores) in enumerate(scored, start=1)
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


class BoardLine(msgspec.Struct, frozen=True, rename="camel"):
    """What a model's page needs of one row of a board; also reads a prepared answer's row."""

    rank: int
    mean_task: float | None
    mean_task_type: float | None
    zero_shot_pct: int
    scores_by_task_type: dict[str, float]


class BoardLines(msgspec.Struct, frozen=True):
    """One board: its types, how many rows it has, and the row of each model."""

    benchmark: nouns.Benchmark
    task_types: list[str]
    total: int
    by_model: dict[str, BoardLine]


def model_scores(
    model: schemas.Model, name: str, boards: Iterable[BoardLines]
) -> schemas.ModelScores:
    """The answer of `/v1/models/{name}/scores`, best rank first."""
    rows = [
        schemas.ModelScoreRow(
            benchmark_name=board.benchmark.name,
            benchmark_display_name=board.benchmark.display_name,
            rank=line.rank,
            total_models=board.total,
            mean_task=line.mean_task,
            mean_task_type=line.mean_task_type,
            zero_shot_pct=line.zero_shot_pct,
            task_types=board.task_types,
            scores_by_task_type=line.scores_by_task_type,
        )
        for board in boards
        if (line := board.by_model.get(name)) is not None
    ]
    return schemas.ModelScores(model=model, rows=sorted(rows, key=lambda row: row.rank))
