"""Student's quantile, and intervals of a mean."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.base.intervals import interval, student

NUMBERS = st.lists(st.floats(-1, 1), min_size=8, max_size=50)


@pytest.mark.parametrize(
    ("tasks", "quantile"), [(8, 2.36462), (11, 2.22814), (31, 2.04227), (121, 1.97993)]
)
def test_students_quantile_is_that_of_the_tables(tasks: int, quantile: float) -> None:
    assert student(tasks) == pytest.approx(quantile, abs=5e-4)


def test_an_interval_is_the_one_that_textbooks_compute() -> None:
    found = interval([1, 2, 3, 4, 5, 6, 7, 8])
    assert found == pytest.approx((2.4521, 6.5479), abs=1e-3)


@given(NUMBERS)
def test_an_interval_is_around_the_mean(numbers: list[float]) -> None:
    found = interval(numbers)
    assert found is not None
    assert found.low <= statistics.fmean(numbers) + 1e-12
    assert found.high >= statistics.fmean(numbers) - 1e-12


def test_few_numbers_have_none() -> None:
    assert interval([1.0] * 7) is None
    assert interval([1.0] * 8) == (1.0, 1.0)
