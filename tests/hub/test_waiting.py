"""A Space counts as running only with the commit, and when its live address answers."""

from __future__ import annotations

from typing import Any

import pytest

from frontrunner.base.errors import HubUnavailableError, SpaceFailedError
from frontrunner.hub.standin.deploys import Cause, Result
from frontrunner.hub.standin.faults import hang, refusal
from frontrunner.hub.standin.switches import Switches
from frontrunner.hub.waiting import Waited, WaitTimes, shows_snapshot, wait_until_served
from tests.hub.made_hub import BOARD, Hub, made_hub

TIMES = WaitTimes(total=10, error=0.3, look=0.02)


def wait(hub: Hub, **options: Any) -> tuple[Waited, list[str]]:
    told: list[str] = []
    options = {"times": TIMES, "commit": hub.board.head.id, **options}
    return wait_until_served(hub.opened(), BOARD, tell=told.append, **options), told


def push_new(hub: Hub, **files: str) -> None:
    hub.wait("RUNNING")
    hub.stored.push(hub.board, {"new.txt": "1", **files})


def test_running_with_the_commit_before_is_not_enough() -> None:
    """The client's own `wait_for_space` looks at the stage alone."""
    with made_hub(Switches(build=10, start=10, preparing=10)) as hub:
        clock, told = hub.frozen(), []
        push_new(hub)

        def tell(text: str) -> None:
            told.append(text.removeprefix(f"{BOARD}: "))
            assert hub.run().serving != hub.board.head.id or "live address" in text
            clock.advance(10)

        found = wait_until_served(hub.opened(), BOARD, hub.board.head.id, times=TIMES, tell=tell)
        assert found.commit == hub.run().serving == hub.board.head.id
        assert told == [
            "its stage is RUNNING_BUILDING",
            "its stage is RUNNING_APP_STARTING",
            "its live address does not show the new board: status 503",
        ]


def test_a_runtime_that_lags_says_running_with_the_old_commit(hub: Hub) -> None:
    hub.wait("RUNNING")
    with pytest.raises(HubUnavailableError, match="it still runs"):
        wait(hub, commit="f" * 40, times=WaitTimes(total=0.3, error=0.3, look=0.02))


def test_the_live_address_must_show_the_new_snapshot(hub: Hub) -> None:
    clock = hub.frozen()
    push_new(hub, **{"served/v1/snapshot": '{"id": "abc"}'})
    clock.advance(1)
    assert wait(hub, probe=shows_snapshot("abc"))[0].live.endswith("board-leaderboard")
    quick = WaitTimes(total=0.3, error=0.3, look=0.02)
    for served, why in (
        ('{"id": "other"}', "it serves the snapshot other"),
        ("<html>", "names no snapshot"),
    ):
        hub.stored.push(hub.board, {"served/v1/snapshot": served})
        clock.advance(1)
        with pytest.raises(HubUnavailableError, match=why):
            wait(hub, probe=shows_snapshot("abc"), times=quick)


@pytest.mark.parametrize("keeps", ["old", "nothing"])
@pytest.mark.parametrize("names", ["new", "old"])
@pytest.mark.parametrize("result", [Result.BUILD_ERROR, Result.RUNTIME_ERROR])
def test_an_error_after_a_commit_whatever_is_served_meanwhile(
    result: Result, keeps: Any, names: Any
) -> None:
    switches = Switches(
        build=0.02, start=0, after_build_error=keeps, after_runtime_error=keeps, error_sha=names
    )
    with made_hub(switches) as hub:
        hub.wait("RUNNING")
        hub.stored.let_next_end(hub.board, result)
        hub.stored.push(hub.board, {"new.txt": "1"})
        with pytest.raises(SpaceFailedError, match=result) as error:
            wait(hub)
        assert "exit code 1" in str(error.value)


def test_an_error_of_the_commit_before_is_not_taken_for_one_of_this(hub: Hub) -> None:
    hub.stored.let_next_end(hub.board, Result.BUILD_ERROR)
    hub.stored.push(hub.board, {"broken": "1"})
    hub.wait("BUILD_ERROR")
    hub.stored.push(hub.board, {"broken": None})
    assert wait(hub)[0].commit == hub.board.head.id


@pytest.mark.parametrize("cause", [Cause.PAUSE])
def test_a_space_that_is_paused_is_said(hub: Hub, cause: Cause) -> None:
    hub.stored.restart(hub.board, cause)
    with pytest.raises(SpaceFailedError, match=r"PAUSED\. Restart it"):
        wait(hub)


def test_a_space_that_sleeps_is_woken_by_a_visit(hub: Hub) -> None:
    hub.wait("RUNNING")
    hub.stored.restart(hub.board, Cause.SLEEP)
    assert "it wakes up" in " ".join(wait(hub)[1])
    assert hub.run().stage == "RUNNING"


def test_a_hub_that_does_not_answer_for_a_while(hub: Hub) -> None:
    hub.stored.inject(hang(2, path="/runtime"), refusal(503, path="/runtime", times=9))
    opened = hub.opened(seconds=1)
    assert wait_until_served(opened, BOARD, hub.board.head.id, times=TIMES)


def test_a_missing_app_file_fails_at_once(hub: Hub) -> None:
    hub.stored.push(hub.board, {"app.py": None})
    with pytest.raises(SpaceFailedError, match="NO_APP_FILE"):
        wait(hub)


def test_a_log_that_cannot_be_read_does_not_hide_the_failure(hub: Hub) -> None:
    hub.stored.let_next_end(hub.board, Result.BUILD_ERROR)
    hub.stored.push(hub.board, {"a": "1"})
    hub.stored.inject(refusal(403, "No", path="/logs/", times=99))
    with pytest.raises(SpaceFailedError, match="BUILD_ERROR"):
        wait(hub)
