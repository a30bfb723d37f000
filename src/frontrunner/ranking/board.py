"""Rank: from a question and the score table to a board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from frontrunner.catalog import Aggregation
from frontrunner.ranking.borda import borda_ranks
from frontrunner.ranking.facts import Facts
from frontrunner.ranking.gather import Floats, Integers
from frontrunner.ranking.groups import group_means
from frontrunner.ranking.means import Mean, Scored, lenient_mean, score, strict_mean
from frontrunner.ranking.question import Policy, Question
from frontrunner.ranking.subsets import SubsetScores
from frontrunner.results.table import ScoreTable

_PRIMARY = (
    (Aggregation.MEAN_TASK, "mean_task"),
    (Aggregation.MEAN_SUBSET, "mean_subset"),
    (Aggregation.MEAN_TASK_TYPE, "mean_task_type"),
    (Aggregation.PUBLIC_PRIVATE, "mean_public"),
)


@dataclass(frozen=True)
class Board:
    """A ranked table. All arrays have one entry for each row, best row first."""

    policy: Policy
    tasks: tuple[str, ...]
    """The columns: tasks with at least one row, in the question's order."""
    counted_tasks: tuple[str, ...]
    """The tasks that ranks and means are taken over, in the same order."""
    missing_tasks: tuple[str, ...]
    """Tasks of the question without any row."""
    task_types: tuple[str, ...]
    """The types of the tasks that count, in the order of their first task."""
    variants: Integers
    """[rows] Index into the table's variants."""
    rank: Integers
    """[rows] The rank that the question asks for; 1 is best."""
    borda: Integers
    """[rows] The Borda rank, even if another column orders the rows."""
    primary: str | None
    """Name of the board's main mean."""
    means: Mapping[str, Floats]
    """`mean_task`, `mean_task_type`, `mean_public`, `mean_private`, `mean_subset`: [rows]"""
    completed_means: Mapping[str, Floats]
    """The same means over the counted tasks that a row completed, under any policy: [rows]"""
    counted_complete: Integers
    """[rows] Counted tasks that the model completed."""
    by_type: Floats
    """[rows, task_types]"""
    by_task: Floats
    """[rows, tasks] NaN if the model did not complete the task."""
    by_group: Mapping[str, Mapping[str, Floats]]
    """Grouping -> label -> [rows]"""
    zero_shot: Integers
    """[rows] Percentage of tasks not seen in training; -1 if unknown."""
    cells_had: Integers
    """[rows] Cells of the board in which the model has a score."""
    cells_total: int
    """How many cells the board has: coverage is `cells_had / cells_total`."""
    tasks_complete: Integers
    """[rows] Tasks of the board that the model completed."""


def rank(
    table: ScoreTable, facts: Facts, question: Question, scored_rows: Scored | None = None
) -> Board:
    """Answer `question` from `table`.

    `scored_rows` are the question's rows, if the caller has gathered them already.

    Coverage is judged for each variant by the cells that any variant has: a task that a variant
    completed in part has no score. Borda ranks are taken over models, with a model's variants
    pooled, and over all its scores; both as in mteb's leaderboard.
    """
    found = _ordered(table, facts, question, scored_rows)
    shown, scored, order, borda = found.shown, found.scored, found.order, found.borda
    types, counted, variants, place = found.types, scored.rows, found.variants, found.place
    completed, _, _ = _means(question, scored, facts, lenient_mean, found.subsets)
    groups = {g.name: group_means(scored, g, found.mean) for g in question.groupings}
    means, by_type = _pick(found.means, order), found.by_type[order]
    if question.policy is Policy.SHOWN_LENIENT:
        lenient, types, lenient_by_type = _means(question, shown, facts, lenient_mean, None)
        means |= {name: lenient[name][place] for name in ("mean_task", "mean_task_type")}
        by_type = lenient_by_type[place]
    present = set(shown.rows.tasks)
    return Board(
        policy=question.policy,
        tasks=shown.rows.tasks,
        counted_tasks=counted.tasks,
        missing_tasks=tuple(s.task for s in question.scopes if s.task not in present),
        task_types=types,
        variants=variants,
        rank=np.arange(1, len(order) + 1) if question.sort_by else borda[order],
        borda=borda[order],
        primary=next((name for agg, name in _PRIMARY if agg in question.aggregations), None),
        means=means,
        completed_means=_pick(completed, order),
        counted_complete=np.count_nonzero(~np.isnan(scored.by_task[order]), axis=1),
        by_type=by_type,
        by_group={name: _pick(labels, order) for name, labels in groups.items()},
        zero_shot=facts.zero_shot_of(table, variants, counted.tasks),
        by_task=shown.by_task[place],
        cells_had=shown.cells_had.sum(axis=1)[place],
        cells_total=int(shown.cells_required.sum()),
        tasks_complete=np.count_nonzero(~np.isnan(shown.by_task), axis=1)[place],
    )


class Standing(NamedTuple):
    """The order and coverage of a board's rows, which the guards of an update compare."""

    variants: Integers
    """[rows] Index into the table's variants, best row first."""
    cells_had: Integers
    """[rows] Cells of the board in which the model has a score."""


def standing(table: ScoreTable, facts: Facts, question: Question) -> Standing:
    """The rows that `rank` gives, in its order, in two thirds of its time."""
    found = _ordered(table, facts, question, None)
    return Standing(found.variants, found.shown.cells_had.sum(axis=1)[found.place])


class _Ordered(NamedTuple):
    """The rows of a board in their order, and what gives it."""

    shown: Scored
    scored: Scored
    """The rows that count."""
    mean: Mean
    subsets: SubsetScores | None
    means: Mapping[str, Floats]
    """Of all variants in `scored`, as are the next two."""
    types: tuple[str, ...]
    by_type: Floats
    borda: Integers
    """[variants of `scored`]"""
    order: Integers
    """[rows] Index into the variants of `scored`, best first."""
    variants: Integers
    """[rows] Index into the table's variants."""
    place: Integers
    """[rows] Index into the variants of `shown`."""


def _ordered(
    table: ScoreTable, facts: Facts, question: Question, scored_rows: Scored | None
) -> _Ordered:
    shown = scored_rows or score(table, question)
    scored = shown
    if question.public_only:
        public = set(shown.rows.tasks) - facts.private_tasks
        scored = shown.only(shown.rows.only_tasks(public))
    counted = scored.rows
    kept = np.flatnonzero(~np.isnan(scored.by_task).all(axis=1))
    mean: Mean = lenient_mean if question.policy is Policy.LENIENT else strict_mean
    subsets = SubsetScores.of(scored) if Aggregation.MEAN_SUBSET in question.aggregations else None
    means, types, by_type = _means(question, scored, facts, mean, subsets)
    pooled = subsets.pooled_by_model if subsets else scored.pooled_by_model
    weights = _of_columns(question, scored, facts, subsets)
    borda = borda_ranks(pooled, len(kept), weights)[counted.model_of]
    order = kept[_order(question, counted.variants[kept], _pick(means, kept), borda[kept])]
    variants = counted.variants[order]
    # Tasks that do not count are still shown.
    place = np.searchsorted(shown.rows.variants, variants)
    return _Ordered(
        shown, scored, mean, subsets, means, types, by_type, borda, order, variants, place
    )


def _pick(columns: Mapping[str, Floats], rows: Integers) -> dict[str, Floats]:
    return {name: values[rows] for name, values in columns.items()}


def _of_columns(
    question: Question, scored: Scored, facts: Facts, subsets: SubsetScores | None
) -> Floats | None:
    """How much each column of Borda points counts; None if all count alike."""
    if question.weights is None:
        return None
    of_tasks = question.weights.over_tasks(scored.rows.tasks, facts.task_type)
    return subsets.of_columns(of_tasks) if subsets else of_tasks


def _means(
    question: Question, scored: Scored, facts: Facts, mean: Mean, subsets: SubsetScores | None
) -> tuple[dict[str, Floats], tuple[str, ...], Floats]:
    """The board's means, the types of its tasks, and [variants, types] the mean of each."""
    scores, tasks = scored.by_task, scored.rows.tasks
    columns: dict[str, list[int]] = {}
    for number, task in enumerate(tasks):
        columns.setdefault(facts.task_type[task], []).append(number)
    by_type = np.empty((len(scores), len(columns)))
    weights = question.weights

    def over(some: list[int]) -> Floats | None:
        names = (tasks[number] for number in some)
        return None if weights is None else weights.over_tasks(names, facts.task_type)

    for number, some in enumerate(columns.values()):
        within = None if weights is None else weights.within_type(tasks[one] for one in some)
        by_type[:, number] = mean(scores, some, within)
    private = [number for number, task in enumerate(tasks) if task in facts.private_tasks]
    public = [number for number, task in enumerate(tasks) if task not in facts.private_tasks]
    means = {
        "mean_task": mean(scores, None, over(list(range(len(tasks))))),
        "mean_task_type": mean(by_type, None, weights.over_types(columns) if weights else None),
        "mean_public": mean(scores, public, over(public)),
        "mean_private": mean(scores, private, over(private)),
    }
    if subsets:
        means["mean_subset"] = subsets.mean(_of_columns(question, scored, facts, subsets))
    return means, tuple(columns), by_type


def _order(
    question: Question,
    variants: Integers,
    means: Mapping[str, Floats],
    borda: Integers,
) -> Integers:
    """Positions of the rows, best first. Complete ties are ordered by name."""
    if question.sort_by:
        keys = [means[name] for name in question.sort_by]
    elif Aggregation.MEAN_SUBSET in question.aggregations:
        keys = [means["mean_subset"]]
    else:
        keys = [-borda.astype(np.float64)]
    # Variants are numbered by name; of equal Borda ranks the higher mean comes first.
    keys = [*keys, means["mean_task"]]
    # A sort puts NaN last: rows without a mean come after those that have one.
    return np.lexsort((variants, *(-key for key in reversed(keys))))
