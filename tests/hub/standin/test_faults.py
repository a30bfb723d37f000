"""Every fault that a test can ask for happens to the request that it is meant for."""

from __future__ import annotations

import time
from typing import Any

import httpx2
import pytest
from huggingface_hub import CommitOperationAdd
from huggingface_hub.errors import HfHubHTTPError

from frontrunner.base.errors import NetworkError
from frontrunner.hub.standin.faults import (
    Fault,
    busy,
    hang,
    landed_error,
    late_commit,
    lost_commit,
    other_push,
    rate_limited,
    refusal,
)
from frontrunner.net.client import Limits, get
from tests.hub.made_hub import BOARD, Hub, wait_until

QUICK = Limits(seconds=0.3, size=100_000, private=True)


def commit(hub: Hub, **options: Any) -> str:
    made = hub.api().create_commit(
        BOARD,
        repo_type="space",
        operations=[CommitOperationAdd("new.txt", b"1")],
        commit_message="New",
        **options,
    )
    return str(made.oid)


def test_an_answer_that_is_lost_after_the_commit(hub: Hub) -> None:
    hub.stored.inject(lost_commit())
    with pytest.raises(httpx2.HTTPError):
        commit(hub)
    assert "new.txt" in hub.board.head.files


@pytest.mark.parametrize("status", [500, 504])
def test_an_error_although_the_commit_was_made(hub: Hub, status: int) -> None:
    hub.stored.inject(landed_error(status))
    with pytest.raises(HfHubHTTPError) as error:
        commit(hub)
    assert error.value.response.status_code == status
    assert "new.txt" in hub.board.head.files


def test_a_commit_that_lands_after_its_error(hub: Hub) -> None:
    late, began = 0.2, time.time()
    hub.stored.inject(late_commit(late))
    with pytest.raises(HfHubHTTPError):
        commit(hub)
    assert "new.txt" not in hub.board.head.files or time.time() >= began + late
    wait_until(lambda: "new.txt" in hub.board.head.files, "the late commit")
    assert hub.board.head.at >= began + late


def test_a_push_by_somebody_else_in_between(hub: Hub) -> None:
    parent = hub.board.head.id
    hub.stored.inject(other_push({"other.txt": "x", "app.py": None}))
    with pytest.raises(HfHubHTTPError) as error:
        commit(hub, parent_commit=parent)
    assert error.value.response.status_code == 412
    assert "other.txt" in hub.board.head.files
    assert "app.py" not in hub.board.head.files


def test_statuses_and_how_often_they_happen(hub: Hub) -> None:
    hub.stored.inject(refusal(503, "Down", path="/runtime", times=2), busy())
    for _ in range(2):
        with pytest.raises(HfHubHTTPError, match="Down"):
            hub.api().get_space_runtime(BOARD)
    hub.api().get_space_runtime(BOARD)
    with pytest.raises(HfHubHTTPError, match="in progress"):
        commit(hub)


def test_a_fault_for_a_later_request(hub: Hub) -> None:
    hub.stored.inject(Fault(path="/runtime", skip=1, work="not done", status=500))
    hub.api().get_space_runtime(BOARD)
    with pytest.raises(HfHubHTTPError):
        hub.api().get_space_runtime(BOARD)


def test_a_rate_limit_with_its_header(hub: Hub) -> None:
    hub.stored.inject(rate_limited(7, path="/runtime"))
    with pytest.raises(HfHubHTTPError, match="Retry after 7 seconds"):
        hub.api().get_space_runtime(BOARD)


def test_a_redirect_to_another_repository(hub: Hub) -> None:
    hub.stored.create("space", "board/other", author="owner", sdk="static")
    to = {"Location": "/api/spaces/board/other/runtime"}
    hub.stored.inject(Fault(path="/runtime", work="not done", status=307, headers=to))
    assert hub.api().get_space_runtime(BOARD).stage == "NO_APP_FILE"


@pytest.mark.parametrize("done", [True, False])
def test_no_answer(hub: Hub, done: bool) -> None:
    likes = f"{hub.url}/api/spaces/{BOARD}"
    hub.stored.inject(hang(5, path=f"{BOARD}$", done=done))
    asked = len(hub.stored.asked)
    with pytest.raises(NetworkError):
        get(likes, QUICK)
    wait_until(lambda: len(hub.stored.asked) == asked + done, "the request")


def test_an_answer_that_comes_a_byte_at_a_time(hub: Hub) -> None:
    hub.stored.inject(Fault(path=f"{BOARD}$", answer="dribbled", seconds=5))
    with pytest.raises(NetworkError, match="within"):
        get(f"{hub.url}/api/spaces/{BOARD}", QUICK)
