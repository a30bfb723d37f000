"""What a line of the log of requests counts as; more of it is held by the tests of windows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.gateway.traffic_units import FAILED, epoch, joined
from tests.takeover.evidence.lines import BEGIN, at


def test_times() -> None:
    assert epoch("1970-01-01T00:00:01.250Z") == 1.25
    assert epoch(at(12.345)) == pytest.approx(BEGIN + 12.345)


@given(st.lists(st.integers(0, 9), min_size=3, max_size=3))
def test_units_can_be_joined_in_parts(units: list[int]) -> None:
    """So the units of short windows give those of longer ones."""
    one, two, three = units
    assert joined(joined(one, two), three) == joined(one, joined(two, three))
    assert joined(one, two) & FAILED == (one | two) & FAILED
