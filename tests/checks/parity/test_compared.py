"""What equal means in print, and every cause in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.checks.parity.compared import (
    CAUSE_TEXT,
    Cause,
    Confidence,
    Explanation,
    printed_equal,
)


@given(st.floats(0, 1))
def test_equal_is_what_prints_alike(value: float) -> None:
    shown = round(value * 100, 2)
    assert printed_equal(shown, value * 100, 0.01)
    assert not printed_equal(shown, value * 100 + 0.011, 0.01)


@pytest.mark.parametrize(
    ("new", "equal"),
    [
        (50.0, True),
        (50.0049, True),
        (50.005, True),  # half a step prints either way
        (49.995, True),
        (50.0051, False),
        (49.9949, False),
        (50.01, False),
        (49.99, False),
    ],
)
def test_half_a_step_is_the_limit(new: float, equal: bool) -> None:
    assert printed_equal(50.0, new, 0.01) is equal


def test_the_limit_grows_with_the_step() -> None:
    assert printed_equal(50.1, 50.149, 0.1)
    assert not printed_equal(50.1, 50.151, 0.1)


def test_each_cause_is_said_in_words() -> None:
    assert CAUSE_TEXT.keys() == set(Cause)


@pytest.mark.parametrize(
    ("confidence", "explains"),
    [
        (Confidence.CERTAIN, True),
        (Confidence.LIKELY, True),
        (Confidence.INFERRED, False),
        (Confidence.NONE, False),
    ],
)
def test_only_a_number_in_a_file_or_a_fact_explains(confidence: Confidence, explains: bool) -> None:
    assert Explanation(Cause.OTHER_RUN, confidence, "").explains is explains
