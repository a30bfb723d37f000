"""Asking again and again: less often while it fails, and what goes wrong is kept for others."""

from __future__ import annotations

import os
from pathlib import Path

from frontrunner.base.errors import StoreError
from frontrunner.base.home import Home
from frontrunner.remote.following import Looked, follow, next_state, pause, until_closed
from frontrunner.remote.pull import Pulled
from frontrunner.remote.state import Following, Watch, read_following

ADDRESS = "s3://bucket/board"


class Scripted:
    """A puller whose answers are given."""

    def __init__(self, *answers: Pulled | Exception | None) -> None:
        self._answers = list(answers)

    def pull(self) -> Pulled | None:
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_pauses_grow_while_it_fails_up_to_a_minute() -> None:
    assert [pause(5, failures) for failures in (0, 1, 2, 3, 4, 400)] == [5, 10, 20, 40, 60, 60]
    assert pause(600, 3) == 600


def test_a_failure_keeps_what_is_known_and_a_success_forgets_it() -> None:
    state = Following(store=ADDRESS, snapshot="one", asked_at=1, answered_at=1)
    failed = next_state(state, Looked(None, "down"), 5)
    assert (failed.snapshot, failed.asked_at, failed.answered_at) == ("one", 5, 1)
    assert (failed.failures, failed.problem) == (1, "down")
    well = next_state(failed, Looked(Pulled("two", 7), ""), 9)
    assert well == Following(store=ADDRESS, snapshot="two", asked_at=9, answered_at=9)


def test_following_goes_on_whatever_happens(tmp_path: Path) -> None:
    home = Home(tmp_path)
    puller = Scripted(Pulled("one", 1), StoreError("down"), OSError("full"), None)
    seen: list[tuple[float, str]] = []

    def wait(seconds: float) -> bool:
        state = read_following(home)
        assert state is not None
        seen.append((seconds, state.problem))
        return len(seen) < 4

    follow(puller, home, ADDRESS, 5, wait)  # type: ignore[arg-type]
    assert seen == [(5, ""), (10, "down"), (20, "full"), (5, "")]


def test_waiting_ends_when_the_parent_does() -> None:
    reading, writing = os.pipe()
    wait = until_closed(reading)
    assert wait(0.0)
    os.close(writing)
    assert not wait(60.0)
    os.close(reading)


def test_a_server_sees_what_changes(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    assert watch.problem() == ""
    follow(Scripted(StoreError("down")), Home(tmp_path), ADDRESS, 5, lambda _: False)  # type: ignore[arg-type]
    assert watch.problem() == "down"
