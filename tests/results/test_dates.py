"""Dates of measurements, in every way that mteb has written them."""

from __future__ import annotations

import math

import pytest

from frontrunner.results.dates import seconds_of


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        (1.5, 1.5),
        (1_700_000_000, 1.7e9),
        (0.001, 0.001),
        (99_999_999_999.0, 99_999_999_999.0),
        ("1970-01-02", 86_400.0),
        ("1970-01-01T01:00:00", 3_600.0),
        ("1970-01-01T01:00:00+01:00", None),
        ("1970-01-01T01:00:10+01:00", 10.0),
        ("1970-01-01T00:00:30Z", 30.0),
        (0, None),
        (-1.0, None),
        (1e11, None),
        (1.7e12, None),
        (math.inf, None),
        (math.nan, None),
        (True, None),
        (None, None),
        ([1.5], None),
        ("", None),
        ("1.5", None),
        ("yesterday", None),
    ],
)
def test_seconds(date: object, seconds: float | None) -> None:
    found = seconds_of(date)
    assert type(found) is float
    assert math.isnan(found) if seconds is None else found == seconds
