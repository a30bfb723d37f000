"""Shades of cells: darker for better, alike for outliers at the low end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from frontrunner.web.shades import STEPS, Scale

VALUES = st.lists(st.none() | st.floats(-1, 1), max_size=40)


@given(VALUES)
def test_a_better_value_is_never_lighter(values: list[float | None]) -> None:
    scale = Scale.of(values)
    there = sorted(value for value in values if value is not None)
    steps = [scale.step(value) for value in there]
    assert steps == sorted(steps)
    assert all(0 <= step <= STEPS for step in steps)
    if there and there[-1] >= scale.low + 0.05:
        assert steps[-1] == STEPS


def test_what_cannot_be_compared_has_no_shade() -> None:
    assert Scale.of([]).step(0.5) == 0
    assert Scale.of([0.5, 0.5]).step(0.5) == 0
    assert Scale.of([0.1, 0.9]).step(None) == 0


def test_an_outlier_does_not_hide_the_contrast_of_the_others() -> None:
    scale = Scale.of([0.0, *(0.5 + n / 100 for n in range(30))])
    assert scale.low == 0.5
    assert scale.step(0.0) == 1


def test_columns_whose_scores_hardly_differ_stay_pale() -> None:
    close = Scale.of([0.877, 0.8752])
    assert [close.step(0.8752), close.step(0.877)] == [1, 1]
    some = Scale.of([0.90, 0.91, 0.925])
    assert some.step(0.925) == STEPS // 2
    assert Scale.of([0.85, 0.9]).step(0.9) == STEPS
