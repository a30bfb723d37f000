"""Gaps between models: their mean and interval, wins and losses, and where their dots go."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.answers.values import BoardRow
from frontrunner.base.intervals import interval
from frontrunner.web.views.gaps import MOST, Gaps, gaps, shared_tasks


class _Row:
    """As much of a row as gaps look at."""

    def __init__(self, scores: dict[str, float]) -> None:
        self.scores_by_task = scores


def found_gaps(*scores: dict[str, float] | None) -> Gaps | None:
    rows = [None if one is None else cast(BoardRow, _Row(one)) for one in scores]
    names = [f"m{number}" for number in range(len(scores))]
    tasks = sorted({task for one in scores if one for task in one})
    return gaps(tasks, rows, names, lambda task: f"/tasks/{task}")


def level(*scores: float) -> dict[str, float]:
    return {f"T{number:02}": score for number, score in enumerate(scores)}


def test_the_gap_is_the_mean_difference_with_its_interval_and_who_wins_where() -> None:
    first = level(0.5, 0.6, 0.7, 0.8, 0.5, 0.6, 0.7, 0.8)
    second = level(0.4, 0.6, 0.6, 0.7, 0.6, 0.5, 0.6, 0.7)
    found = found_gaps(first, second)
    assert found is not None
    [gap] = found.gaps
    assert (gap.tasks, gap.wins, gap.losses, gap.ties) == (8, 6, 1, 1)
    assert gap.mean == pytest.approx(6.25)
    assert gap.interval == pytest.approx(interval([10, 0, 10, 10, -10, 10, 10, 10]))
    assert gap.kind == "apart"


def test_few_tasks_and_small_gaps_are_not_called_real() -> None:
    few = found_gaps(level(0.9, 0.9), level(0.1, 0.1))
    close = found_gaps(level(*[0.5, 0.4] * 5), level(*[0.4, 0.5] * 5))
    assert few is not None
    assert close is not None
    assert [one.gaps[0].kind for one in (few, close)] == ["few", "unclear"]
    assert few.gaps[0].interval is None


def test_tasks_that_separate_the_models_come_first_and_the_rest_waits() -> None:
    tasks = MOST + 5
    found = found_gaps(level(*[0.5] * tasks), level(*[0.5 - n / 100 for n in range(tasks)]))
    assert found is not None
    names = [row.task for row in found.rows + found.rest]
    assert names == sorted(names, reverse=True)
    assert (len(found.rows), len(found.rest)) == (MOST, 5)
    assert found.rows[0].href == f"/tasks/T{tasks - 1}"
    assert found.rows[0].said == f"T{tasks - 1} \u00b7 m0 50.00 \u00b7 m1 {50 - (tasks - 1):.2f}"


def test_a_dot_is_on_the_side_and_in_the_colour_of_the_better_model() -> None:
    found = found_gaps(level(0.5, 0.3), level(0.3, 0.5))
    assert found is not None
    right, left = (row.dots[0] for row in found.rows)
    assert (right.number, left.number) == (0, 1)
    assert (right.difference, left.difference) == ("+20.00", "-20.00")
    assert float(right.at) > 50 > float(left.at)


def test_several_models_are_each_compared_with_the_first_that_is_there() -> None:
    found = found_gaps(None, level(0.5, 0.5), level(0.4, 0.4), level(0.6, 0.6))
    assert found is not None
    assert found.base == 1
    assert [(gap.number, gap.wins, gap.losses) for gap in found.gaps] == [(2, 2, 0), (3, 0, 2)]
    assert [[dot.number for dot in row.dots] for row in found.rows] == [[2, 3]] * 2


def test_only_tasks_that_all_have_count() -> None:
    some: list[Any] = [_Row(level(0.1, 0.2)), None, _Row({"T01": 0.3, "T02": 0.4})]
    assert shared_tasks(["T00", "T01", "T02"], some) == ["T01"]
    assert found_gaps({"A": 0.5}, {"B": 0.5}) is None
    assert found_gaps({"A": 0.5}, None) is None


SCORES = st.lists(st.floats(-1, 1), min_size=1, max_size=30)


@given(SCORES, st.randoms())
def test_no_dot_and_no_interval_leaves_the_picture(scores: list[float], random: Any) -> None:
    others = [random.uniform(-1, 1) for _ in scores]
    found = found_gaps(level(*scores), level(*others))
    assert found is not None
    places = [float(dot.at) for row in found.rows + found.rest for dot in row.dots]
    places += [float(end) for span in found.spans for end in (span.low, span.high, span.dot.at)]
    assert all(3.9 <= place <= 96.1 for place in places)
