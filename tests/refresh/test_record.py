"""What is kept of updates."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.base.home import Home
from frontrunner.refresh.guards import Breach
from frontrunner.refresh.record import Run, State, after_run, keep_run, read_state

BREACH = Breach("models", "7 models would vanish.")
HELD = Run(at=20, seconds=1, outcome="held", snapshot="b", previous="a", breaches=(BREACH,))


def ended(outcome: str, at: float = 30) -> Run:
    return msgspec.structs.replace(HELD, outcome=outcome, at=at, breaches=())


def test_good_runs_move_the_time_of_the_data_and_others_do_not() -> None:
    state = after_run(State(), ended("published", 10))
    assert (state.good_at, state.failures) == (10, 0)
    for number, outcome in enumerate(("failed", "held", "unseen"), 1):
        state = after_run(state, ended(outcome))
        assert (state.good_at, state.failures) == (10, number)
    state = after_run(state, ended("unprepared", 35))
    assert (state.good_at, state.failures) == (35, 4)
    state = after_run(state, ended("unchanged", 40))
    assert (state.good_at, state.failures) == (40, 0)


@pytest.mark.parametrize(
    ("outcome", "waits"),
    [
        *[(one, False) for one in ("published", "unchanged", "unprepared", "unseen")],
        ("failed", True),
    ],
)
def test_what_waits_is_over_when_something_is_published(outcome: str, waits: bool) -> None:
    state = after_run(State(), HELD)
    assert state.waiting
    assert state.waiting.breaches == (BREACH,)
    assert (after_run(state, ended(outcome)).waiting is not None) == waits


def test_a_damaged_state_is_as_good_as_none(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.refresh.mkdir()
    keep_run(home, HELD)
    assert read_state(home).last == HELD
    home.refresh_state.write_bytes(b'{"last":')
    assert read_state(home) == State()
    assert keep_run(home, HELD).failures == 1
    assert len(home.refresh_runs.read_bytes().splitlines()) == 2
