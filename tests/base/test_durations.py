"""Durations as people write them."""

from __future__ import annotations

import pytest

from frontrunner.base.durations import seconds


@pytest.mark.parametrize(
    ("text", "long"),
    [
        ("90s", 90),
        ("30m", 1800),
        ("1d12h", 129_600),
        ("1.5h", 5400),
        ("250ms", 0.25),
        ("1w", 604800),
    ],
)
def test_durations(text: str, long: float) -> None:
    assert seconds(text) == long


@pytest.mark.parametrize("text", ["", "7", "d", "7 days", "-1h", "1h30", "1y", "1h x", "infs"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a duration such as 30m"):
        seconds(text)
