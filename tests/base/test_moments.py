"""Moments as text."""

from __future__ import annotations

from frontrunner.base.moments import utc


def test_a_moment_is_a_whole_second_in_utc() -> None:
    assert utc(0.0) == "1970-01-01T00:00:00Z"
    assert utc(1_738_324_800.999) == "2025-01-31T12:00:00Z"
