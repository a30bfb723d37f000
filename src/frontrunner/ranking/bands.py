"""How far a rank depends on which tasks a board happens to have.

The board's tasks are drawn again, with replacement, and its own rule ranks the models in each draw.
A model's band is the range of ranks that it has in 95 of 100 draws. Two models are tied if the
interval of the difference of what the board ranks by contains 0. `docs/ranking.md` has the
assumptions and the sources.

Sums over draws are sums of whole numbers, so they are exact in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from frontrunner.base.intervals import FEWEST, LEVEL, student
from frontrunner.catalog import Aggregation
from frontrunner.ranking.board import Board
from frontrunner.ranking.borda import average_ranks
from frontrunner.ranking.draws import DRAWS, draws
from frontrunner.ranking.facts import Facts
from frontrunner.ranking.gather import Bools, Floats, Integers
from frontrunner.ranking.means import Scored, score
from frontrunner.ranking.question import Policy, Question
from frontrunner.ranking.subsets import SubsetScores
from frontrunner.results.table import ScoreTable

Ranks = NDArray[np.int32]
_OUTSIDE = int(DRAWS * (1 - LEVEL) / 2)
"""Draws that are dropped at each end."""
_AT_ONCE = 128
"""Draws, or contestants that are compared with all others, at once."""
_GRID = 2.0**40
"""Scores are rounded to whole numbers of this unit, far below what files state."""


@dataclass(frozen=True)
class Bands:
    """One entry for each row of a board."""

    low: Integers
    """[rows] The best rank of the band; 0 if the row has none."""
    high: Integers
    """[rows] The worst rank of the band; 0 if the row has none."""
    tied: Integers
    """[rows] How many other models are tied with the row's; -1 if that is not known."""


@dataclass(frozen=True)
class _Contest:
    """Who is ranked, and what a draw gives to each."""

    of_row: Integers
    """[rows] Index of a row's contestant; -1 if it takes no part."""
    shown: Bools
    """[contestants] Whether the board has a row of it."""
    value: Floats
    """[contestants] What the board ranks by."""
    draw: Callable[[], Floats]
    """Makes `drawn`, which ties do not need."""
    deviations: Floats
    """[any, contestants] Squares of differences add up to the variance of the difference of what
    the board ranks by."""
    tasks: int
    shares_ranks: bool
    """Whether equal values share the better rank; else they keep the board's order."""

    @cached_property
    def drawn(self) -> Floats:
        """[draws, contestants] What the board ranks by in each draw."""
        return self.draw()

    @cached_property
    def by_contestant(self) -> Floats:
        """[contestants, any] The deviations of each."""
        return np.ascontiguousarray(self.deviations.T)

    @cached_property
    def squares(self) -> Floats:
        """[contestants] The sum of the squares of each one's deviations."""
        by_contestant, found = self.by_contestant, np.empty(len(self.value))
        for some in _blocks(len(found)):
            found[some] = np.diagonal(_product(by_contestant[some], by_contestant[some]))
        return found


def bands(
    table: ScoreTable,
    facts: Facts,
    question: Question,
    board: Board,
    scored_rows: Scored | None = None,
) -> Bands:
    """The bands and ties of `board`, which answers `question`; `scored_rows` as for `rank`."""
    contest = _contest(table, facts, question, board, scored_rows)
    rows = len(board.rank)
    if contest is None:
        return Bands(np.zeros(rows, np.int64), np.zeros(rows, np.int64), np.full(rows, -1))
    takes_part = contest.of_row >= 0
    low, high = _quantiles(_ranks(contest))
    tied = _count_tied(contest)
    of_row = contest.of_row
    return Bands(
        np.where(takes_part, np.minimum(low[of_row], board.rank), 0),
        np.where(takes_part, np.maximum(high[of_row], board.rank), 0),
        np.where(takes_part, tied[of_row], -1),
    )


def tied_rows(
    table: ScoreTable,
    facts: Facts,
    question: Question,
    board: Board,
    row: int,
    scored_rows: Scored | None = None,
) -> list[int] | None:
    """The rows of `board` that are tied with `row`, in the board's order; None if not known.

    As many as `Bands.tied` counts: of runs that rank as one model, the first row stands for all.
    """
    contest = _contest(table, facts, question, board, scored_rows)
    own = -1 if contest is None else int(contest.of_row[row])
    if contest is None or own < 0:
        return None
    # The block that is compared when all are counted, so that rounding is the same.
    begin = own - own % _AT_ONCE
    tied = _ties(contest, slice(begin, begin + _AT_ONCE))[own - begin]
    tied[own] = False
    contestants, first = np.unique(contest.of_row, return_index=True)
    found = first[(contestants >= 0) & tied[contestants]]
    return sorted(int(number) for number in found)


def _contest(
    table: ScoreTable,
    facts: Facts,
    question: Question,
    board: Board,
    scored_rows: Scored | None,
) -> _Contest | None:
    """None if there are too few tasks, or if the board's rule or its weights have no band."""
    too_few = len(board.counted_tasks) < FEWEST or not len(board.rank)
    if too_few or question.weights is not None:
        return None
    scored = scored_rows or score(table, question)
    if question.public_only:
        public = set(scored.rows.tasks) - facts.private_tasks
        scored = scored.only(scored.rows.only_tasks(public))
    if not question.sort_by:
        return _by_borda(scored, question, board)
    groups = _groups(question.sort_by[0], board.counted_tasks, facts)
    if groups is None or question.policy is Policy.LENIENT:
        return None
    return _by_mean(scored, board, groups)


# --- boards ranked by Borda points ----------------------------------------------------------------


def _by_borda(scored: Scored, question: Question, board: Board) -> _Contest:
    rows = scored.rows
    if Aggregation.MEAN_SUBSET in question.aggregations:
        subsets = SubsetScores.of(scored)
        pooled, task_of = subsets.pooled_by_model, _task_of_column(subsets)
    else:
        pooled, task_of = scored.pooled_by_model, np.arange(len(rows.tasks))
    earned = len(board.rank) - average_ranks(pooled)
    # Ranks of ties end in a half. The subsets of a task are drawn together.
    doubled = np.where(np.isnan(earned), 0.0, 2 * earned)
    of_task = np.zeros((len(pooled), len(rows.tasks)))
    np.add.at(of_task.T, task_of, doubled.T)
    place = np.searchsorted(rows.variants, board.variants)
    of_row = rows.model_of[place]
    shown = np.zeros(len(pooled), dtype=bool)
    shown[of_row] = True
    tasks = len(rows.tasks)
    return _Contest(
        of_row,
        shown,
        of_task.sum(axis=1) / tasks,
        lambda: _product(draws(tasks), of_task),
        _of_mean(of_task),
        tasks,
        shares_ranks=True,
    )


def _of_mean(of_task: Floats) -> Floats:
    """[tasks, contestants] The deviations of a mean over tasks: the standard error is s / sqrt(n),
    which is also that of draws of n - 1 tasks."""
    tasks = of_task.shape[1]
    centred = of_task - of_task.mean(axis=1, keepdims=True)
    deviations: Floats = centred.T / np.sqrt(tasks * (tasks - 1))
    return deviations


def _of_draws(drawn: Floats) -> Floats:
    """[draws, contestants] The deviations that draws have: a type may have one task, and so no
    spread of its own."""
    deviations: Floats = (drawn - drawn.mean(axis=0)) / np.sqrt(DRAWS)
    return deviations


def _task_of_column(subsets: SubsetScores) -> Integers:
    task_of = np.zeros(subsets.columns, dtype=np.int64)
    task_of[subsets.column_of_cell] = subsets.scored.rows.task_of_cell
    return task_of


# --- boards ranked by a mean ----------------------------------------------------------------------


def _groups(mean: str, tasks: tuple[str, ...], facts: Facts) -> list[list[int]] | None:
    """The columns whose means are averaged; None for a mean that has no band."""
    if mean == "mean_task":
        return [list(range(len(tasks)))]
    if mean != "mean_task_type":
        return None
    of_type: dict[str, list[int]] = {}
    for number, task in enumerate(tasks):
        of_type.setdefault(facts.task_type[task], []).append(number)
    return list(of_type.values())


def _by_mean(scored: Scored, board: Board, groups: list[list[int]]) -> _Contest | None:
    """Rows with a score on every task are ranked; the others come after them in every draw."""
    place = np.searchsorted(scored.rows.variants, board.variants)
    scores = scored.by_task[place]
    whole = np.flatnonzero(~np.isnan(scores).any(axis=1))
    if not len(whole):
        return None
    of_row = np.full(len(place), -1)
    of_row[whole] = np.arange(len(whole))
    grid = np.rint(scores[whole] * _GRID)
    tasks = grid.shape[1]
    draw = cache(lambda: _mean_of_groups(draws(tasks), grid, groups))
    return _Contest(
        of_row,
        np.ones(len(whole), dtype=bool),
        np.mean([grid[:, some].mean(axis=1) for some in groups], axis=0) / _GRID,
        draw,
        _of_mean(grid / _GRID) if len(groups) == 1 else _of_draws(draw()),
        tasks,
        shares_ranks=False,
    )


def _mean_of_groups(weights: Floats, grid: Floats, groups: list[list[int]]) -> Floats:
    """[draws, contestants] The mean over the groups that have a task in a draw."""
    total = np.zeros((len(weights), len(grid)))
    present = np.zeros((len(weights), 1))
    for some in groups:
        count = weights[:, some].sum(axis=1, keepdims=True)
        total += _product(weights[:, some], grid[:, some]) / np.maximum(count, 1)
        present += count > 0
    return total / present / _GRID


# --- what the draws say ---------------------------------------------------------------------------


def _product(one: Floats, other: Floats) -> Floats:
    """[rows of one, rows of other] The sums of products of rows.

    Not by `@`: its library starts threads for it, which wait for each other in loops. With other
    processes running, that took six times as long.
    """
    return np.asarray(np.einsum("it,jt->ij", one, other))


def _ranks(contest: _Contest) -> Ranks:
    """[contestants, draws] The rank of each in each draw."""
    draws_in_all, size = contest.drawn.shape
    ranks = np.empty((size, draws_in_all), dtype=np.int32)
    for some in _blocks(draws_in_all):
        order, place = _ordered(contest.drawn[some], shares_ranks=contest.shares_ranks)
        # A view of these draws, by draw first.
        ranks.T[some][np.arange(len(order))[:, None], order] = place + 1
    return ranks


def _ordered(drawn: Floats, *, shares_ranks: bool) -> tuple[Integers, Integers]:
    """[draws, contestants] The contestants of each draw, best first; and the places they have."""
    size = drawn.shape[1]
    place = np.arange(size)
    if not shares_ranks:
        return np.argsort(-drawn, axis=1, kind="stable"), place
    # A number and the contestant in one: whole numbers are sorted several times as fast as their
    # positions are.
    keys = drawn.astype(np.int64) * size + place
    keys.sort(axis=1)
    ordered, order = np.divmod(keys[:, ::-1], size)
    starts = np.ones(drawn.shape, dtype=bool)
    np.not_equal(ordered[:, 1:], ordered[:, :-1], out=starts[:, 1:])
    return order, np.maximum.accumulate(np.where(starts, place, 0), axis=1)


def _blocks(rows: int) -> Iterator[slice]:
    """Parts of so many rows: what is made of all at once grows with the square of the models."""
    return (slice(begin, begin + _AT_ONCE) for begin in range(0, rows, _AT_ONCE))


def _quantiles(ranks: Ranks) -> tuple[Ranks, Ranks]:
    low, high = _OUTSIDE, DRAWS - 1 - _OUTSIDE
    ordered = np.partition(ranks, (low, high), axis=1)
    return ordered[:, low], ordered[:, high]


def _count_tied(contest: _Contest) -> Integers:
    """[contestants] Others on the board whose difference has an interval that contains 0."""
    size = len(contest.value)
    tied_with = np.empty(size, dtype=np.int64)
    for some in _blocks(size):
        tied_with[some] = _ties(contest, some).sum(axis=1) - 1
    return tied_with


def _ties(contest: _Contest, some: slice) -> Bools:
    """[some contestants, contestants] Whether two are tied and the second is on the board."""
    products = _product(contest.by_contestant[some], contest.by_contestant)
    squares, value = contest.squares, contest.value
    variance = np.maximum(squares[some, None] + squares - 2 * products, 0)
    difference = value[some, None] - value
    tied = difference**2 <= student(contest.tasks) ** 2 * variance
    tied |= difference == 0
    found: Bools = tied & contest.shown
    return found
