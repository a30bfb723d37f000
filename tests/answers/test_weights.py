"""Weights as requests write them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from frontrunner.answers.weights import number, read, spelled, split
from frontrunner.base.errors import UsageError
from frontrunner.ranking import Weights


def test_a_name_may_have_colons() -> None:
    assert split("a:b : 2") == ("a:b", "2")
    assert read(["a:b:2"], ["a:b"], ["STS"]) == Weights({"a:b": Fraction(2)}, {})


def test_a_decimal_is_exact() -> None:
    assert number("0.1") == Fraction(1, 10)
    assert [number(one) for one in ("", "1e2", "-1", "100.01", "1.234", "\u0663")] == [None] * 6


def test_weights_are_spelled_out_types_first() -> None:
    weights = read(["T1:0", "STS:1.5", "T2:1"], ["T1", "T2"], ["STS"])
    assert list(spelled(weights).items()) == [("STS", 1.5), ("T1", 0.0)]
    assert spelled(None) == {}


def test_the_closest_name_is_suggested() -> None:
    with pytest.raises(UsageError, match="Did you mean 'STS12'"):
        read(["STS21:2"], ["STS12"], [])
