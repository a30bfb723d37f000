"""mteb's rules for a board, written out slowly and plainly, to hold the fast ones against."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple


class Row(NamedTuple):
    """One score: None is missing."""

    model: str
    task: str
    split: str
    subset: str
    score: float | None


class Ranked(NamedTuple):
    """One model on the board."""

    rank: int
    mean: float | None
    by_type: dict[str, float | None]
    by_task: dict[str, float]


def mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def strict(values: list[float | None]) -> float | None:
    present = [value for value in values if value is not None]
    return mean(present) if len(present) == len(values) else None


def lenient(values: list[float | None]) -> float | None:
    return mean([value for value in values if value is not None])


def complete_scores(rows: list[Row]) -> dict[tuple[str, str], float]:
    """Model and task -> mean, for those who have every subset in every split anyone has."""
    splits, subsets = defaultdict(set), defaultdict(set)
    cells, scores = defaultdict(set), defaultdict(list)
    for row in rows:
        if row.score is not None:
            splits[row.task].add(row.split)
            subsets[row.task].add(row.subset)
            cells[row.model, row.task].add((row.split, row.subset))
            scores[row.model, row.task].append(row.score)
    return {
        (model, task): sum(values) / len(values)
        for (model, task), values in scores.items()
        if len(cells[model, task]) == len(splits[task]) * len(subsets[task])
    }


def points(rows: list[Row], contestants: int) -> dict[str, float]:
    """Model -> Borda points over all its scores, complete or not."""
    scores = defaultdict(list)
    for row in rows:
        if row.score is not None:
            scores[row.task, row.model].append(row.score)
    earned = dict.fromkeys((row.model for row in rows), 0.0)
    for task in {row.task for row in rows}:
        means = {m: sum(v) / len(v) for (t, m), v in scores.items() if t == task}
        for model, value in means.items():
            better = sum(other > value for other in means.values())
            equal = sum(other == value for other in means.values())
            earned[model] += contestants - (better + (equal + 1) / 2)
    return earned


def board(
    rows: list[Row], tasks: list[str], types: dict[str, str], *, be_lenient: bool = False
) -> dict[str, Ranked]:
    """Every model with at least one complete task."""
    average = lenient if be_lenient else strict
    complete = complete_scores(rows)
    models = sorted({model for model, _ in complete})
    earned = points(rows, len(models))
    columns = [task for task in tasks if any(row.task == task for row in rows)]
    found = {}
    for model in models:
        scores = [complete.get((model, task)) for task in columns]
        by_type = {
            kind: average([s for t, s in zip(columns, scores, strict=True) if types[t] == kind])
            for kind in dict.fromkeys(types[task] for task in columns)
        }
        found[model] = Ranked(
            1 + sum(other > earned[model] for other in earned.values()),
            average(scores),
            by_type,
            {t: s for t, s in zip(columns, scores, strict=True) if s is not None},
        )
    return found
