"""Scores by task and by model: `/v1/tasks/{name}/scores` and `/v1/models/{name}/scores`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from frontrunner import catalog as nouns
from frontrunner.answers import schemas
from frontrunner.answers.entities import Entities, model_name
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


def task_scores(
    entities: Entities, table: ScoreTable, task: nouns.Task, hosts: list[str]
) -> schemas.TaskScores:
    """The answer of `/v1/tasks/{name}/scores`; a model that misses a cell has no score.

    As in mteb's service, the task inside it does not count its models.
    """
    cells = task_cells(table, task)
    subsets = sorted({subset for scores in cells.values() for subset in scores})
    splits = sorted({p for scores in cells.values() for one in scores.values() for p in one})
    scored = [
        (name, _whole_score(scores, subsets, splits), scores) for name, scores in cells.items()
    ]
    scored.sort(key=lambda row: (row[1] is None, -(row[1] or 0.0), row[0]))
    return schemas.TaskScores(
        task=entities.task(task),
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


class BoardLine(NamedTuple):
    """What a model's page shows of one row of a board."""

    rank: int
    mean_task: float | None
    mean_task_type: float | None
    zero_shot_pct: int
    scores_by_task_type: dict[str, float]


class BoardLines(NamedTuple):
    """One board: its types, how many rows it has, and the row of each model."""

    benchmark: str
    task_types: list[str]
    total: int
    by_model: dict[str, BoardLine]


def board_lines(summary: schemas.BenchmarkSummary) -> BoardLines:
    """The lines of a board. Of a model with experiments, the ordinary run's row counts."""
    by_model: dict[str, BoardLine] = {}
    for row in summary.rows:
        name = model_name(row.model)
        if row.experiments is None or name not in by_model:
            by_model[name] = BoardLine(
                row.rank,
                row.mean_task,
                row.mean_task_type,
                row.zero_shot_pct,
                row.scores_by_task_type,
            )
    return BoardLines(summary.benchmark_name, summary.task_types, len(summary.rows), by_model)


def model_scores(
    entities: Entities,
    model: nouns.Model,
    boards: Sequence[tuple[nouns.Benchmark, BoardLines]],
) -> schemas.ModelScores:
    """The answer of `/v1/models/{name}/scores`, best rank first."""
    found = [
        (bench, lines, line)
        for bench, lines in boards
        if (line := lines.by_model.get(model.name)) is not None
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
        )
        for bench, lines, line in found
    ]
    # mteb's service shows the zero-shot percentage of the first board that the model is on.
    zero_shot = found[0][2].zero_shot_pct if found else -1
    return schemas.ModelScores(
        model=entities.model_json(model.name, zero_shot),
        rows=sorted(rows, key=lambda row: row.rank),
    )
