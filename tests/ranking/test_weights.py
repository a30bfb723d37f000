"""Weights of tasks and types: no rounding, and the questions that must be the same one."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from frontrunner.catalog import Aggregation
from frontrunner.ranking import Board, Facts, Policy, Question, Weights, rank
from frontrunner.ranking.borda import points
from frontrunner.ranking.means import lenient_mean, strict_mean
from frontrunner.ranking.weights import proportions
from frontrunner.results.table import ScoreTable
from tests.ranking.test_board import KNOWN, SCORES, TYPES, WHOLE, table_from

FACTS = Facts.of(KNOWN)
Cells = dict[tuple[str, str, str, str], float | None]
NUMBERS = st.fractions(0, 100, max_denominator=100)
ABOVE_0 = st.fractions("0.01", 100, max_denominator=100)
BOTH = (frozenset({Aggregation.MEAN_TASK}), frozenset({Aggregation.MEAN_SUBSET}))
RULES = st.builds(
    Question,
    scopes=st.just(WHOLE),
    policy=st.sampled_from(list(Policy)),
    aggregations=st.sampled_from(BOTH),
    sort_by=st.sampled_from([(), ("mean_task",), ("mean_task_type",)]),
)
GIVEN = st.builds(
    Weights,
    tasks=st.dictionaries(st.sampled_from(list(TYPES)), NUMBERS),
    types=st.dictionaries(st.sampled_from(list(TYPES.values())), NUMBERS),
)
slowly = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)


def weighed(table: ScoreTable, question: Question, weights: Weights) -> Board:
    return rank(table, FACTS, question.weigh(weights, FACTS.task_type))


def same(one: Board, other: Board) -> bool:
    """Whether two boards are equal to the last bit."""
    arrays_of = [
        (
            board.variants,
            board.rank,
            board.borda,
            board.by_type,
            board.by_task,
            *board.means.values(),
        )
        for board in (one, other)
    ]
    return one.tasks == other.tasks and all(
        np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in zip(*arrays_of, strict=True)
    )


@slowly
@given(SCORES, RULES, ABOVE_0)
def test_equal_weights_are_no_weights(
    tmp_path_factory: pytest.TempPathFactory, scores: Cells, question: Question, weight: Fraction
) -> None:
    table = table_from(scores, tmp_path_factory.mktemp("w") / "results")
    weights = Weights(dict.fromkeys(TYPES, weight), dict.fromkeys(TYPES.values(), weight))
    assert same(weighed(table, question, weights), rank(table, FACTS, question))
    assert same(weighed(table, question, Weights()), rank(table, FACTS, question))


@slowly
@given(SCORES, RULES, GIVEN, ABOVE_0, ABOVE_0)
def test_weights_times_a_number_are_the_same_weights(
    tmp_path_factory: pytest.TempPathFactory,
    scores: Cells,
    question: Question,
    given_weights: Weights,
    one: Fraction,
    other: Fraction,
) -> None:
    table = table_from(scores, tmp_path_factory.mktemp("w") / "results")
    tasks = {name: given_weights.tasks.get(name, Fraction(1)) for name in TYPES}
    types = {name: given_weights.types.get(name, Fraction(1)) for name in TYPES.values()}
    scaled = Weights(
        {name: weight * one for name, weight in tasks.items()},
        {name: weight * other for name, weight in types.items()},
    )
    assert same(weighed(table, question, given_weights), weighed(table, question, scaled))


@slowly
@given(SCORES, RULES, st.sampled_from([*TYPES, *TYPES.values()]), ABOVE_0)
def test_what_weighs_nothing_is_left_out(
    tmp_path_factory: pytest.TempPathFactory,
    scores: Cells,
    question: Question,
    name: str,
    weight: Fraction,
) -> None:
    table = table_from(scores, tmp_path_factory.mktemp("w") / "results")
    others = dict.fromkeys({*TYPES} - {name}, weight)
    weights = Weights(others | ({name: Fraction(0)} if name in TYPES else {}), {name: Fraction(0)})
    kept = tuple(one for one in WHOLE if name not in (one.task, TYPES[one.task]))
    without = Question(
        scopes=kept,
        policy=question.policy,
        aggregations=question.aggregations,
        sort_by=question.sort_by,
    )
    assert same(weighed(table, question, weights), rank(table, FACTS, without))


COLUMNS = arrays(
    np.float64,
    (4, 3),
    elements=st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, np.nan]),
)
TIMES = st.lists(st.integers(1, 5), min_size=3, max_size=3)


@given(COLUMNS, TIMES)
def test_a_whole_weight_is_the_column_that_many_times(scores: np.ndarray, times: list[int]) -> None:
    weights = np.array(times, dtype=np.float64)
    repeated = np.repeat(scores, times, axis=1)
    assert points(scores, 4, weights).tolist() == points(repeated, 4).tolist()
    for mean in (strict_mean, lenient_mean):
        np.testing.assert_allclose(mean(scores, None, weights), mean(repeated))


def test_a_task_counts_its_own_weight_times_that_of_its_type() -> None:
    weights = Weights({"T1": Fraction(2)}, {"Retrieval": Fraction("1.5")})
    kinds = {"T1": "Retrieval", "T2": "Retrieval", "T3": "STS"}
    assert weights.over_tasks(kinds, kinds).tolist() == [6, 3, 2]
    assert weights.within_type(["T1", "T2"]).tolist() == [2, 1]
    assert weights.over_types(["Retrieval", "STS"]).tolist() == [3, 2]


def test_proportions_are_the_smallest_whole_numbers() -> None:
    given_weights = [Fraction("0.5"), Fraction("0.75"), Fraction(0)]
    assert proportions(given_weights).tolist() == [2, 3, 0]
    assert proportions([Fraction(0)]).tolist() == [0]
    assert proportions([]).tolist() == []
