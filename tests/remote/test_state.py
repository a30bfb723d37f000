"""How following goes is kept in the home, for servers and for doctor."""

from __future__ import annotations

from pathlib import Path

from frontrunner.base.home import Home
from frontrunner.remote.state import Following, Watch, problem_of, read_following, write_following

ADDRESS = "s3://bucket/board"


def test_a_home_that_follows_nothing_has_no_state(tmp_path: Path) -> None:
    assert read_following(Home(tmp_path)) is None
    assert Watch(tmp_path).look() is None


def test_a_state_that_cannot_be_read_leaves_the_last_one(tmp_path: Path) -> None:
    home, watch = Home(tmp_path), Watch(tmp_path)
    write_following(home, Following(store=ADDRESS, problem="down"))
    assert watch.problem() == "down"
    home.store_state.write_bytes(b"{")
    assert read_following(home) is None
    assert watch.problem() == "down"


def test_a_process_that_no_longer_asks_is_a_problem() -> None:
    state = Following(store=ADDRESS, asked_at=1000)
    assert problem_of(state, 1060) == ""
    assert "last polled 500 seconds ago" in problem_of(state, 1500)
