"""The controller's time never steps and never runs backwards."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from frontrunner.takeover.clock import Clock
from tests.takeover.fake_book import FakeTime


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(-1e9, 1e9)), max_size=20))
def test_no_step_of_the_wall_clock_shows(steps: list[tuple[float, float]]) -> None:
    time = FakeTime()
    clock = Clock(lambda: time.wall, lambda: time.mono)
    clock.anchor(0.0, 50.0)
    begin, passed = clock.at(), 0.0
    for seconds, jump in steps:
        time.sleep(seconds)
        time.wall += jump
        passed += seconds
        assert abs(clock.elapsed() - 50 - passed) < 1e-3
        assert abs(clock.at() - begin - passed) < 1e-3


def test_it_goes_on_from_the_last_time_of_the_ledger() -> None:
    time = FakeTime()
    clock = Clock(lambda: time.wall, lambda: time.mono)
    time.sleep(5000)  # standing by does not count
    clock.anchor(time.wall + 777, 12.0)
    assert clock.at() == time.wall + 777
    assert clock.elapsed() == 12.0
