"""What a visitor sees while a Space is updated, renamed, asleep or broken."""

from __future__ import annotations

from typing import Any

import pytest

from frontrunner.hub.standin.deploys import Cause, Result
from frontrunner.hub.standin.exchange import Reply
from frontrunner.hub.standin.switches import Switches
from frontrunner.net.client import Answer, Limits, get
from tests.hub.made_hub import BOARD, Hub, made_hub

NEAR = Limits(seconds=20, size=100_000, private=True)
FOLLOWING = NEAR._replace(redirects=3)


def visit(hub: Hub, path: str = "/", name: str = "board-leaderboard") -> Answer:
    return get(f"{hub.url}/-/live/{name}{path}", NEAR)


def test_the_live_address_serves_the_commit_that_runs(hub: Hub) -> None:
    hub.wait("RUNNING")
    found = visit(hub)
    assert (found.status, found.headers["x-served-commit"]) == (200, hub.board.head.id)
    assert b"<title>Old board</title>" in found.body
    assert visit(hub, "/health").status == 200
    assert visit(hub, "/none").status == 404


def test_files_below_served_are_the_answers_of_a_container(hub: Hub) -> None:
    hub.stored.push(hub.board, {"served/v1/about.json": '{"snapshot": "abc"}'})
    hub.wait("RUNNING")
    assert visit(hub, "/v1/about.json").body == b'{"snapshot": "abc"}'


def test_an_application_of_the_test_answers_for_a_space(hub: Hub) -> None:
    hub.app.applications[BOARD] = lambda site, path: Reply(200, f"{site.repo_id}{path}".encode())
    hub.wait("RUNNING")
    assert visit(hub, "/x").body == b"board/leaderboard/x"


def test_the_old_container_serves_during_an_update(hub: Hub) -> None:
    clock, before = hub.frozen(), hub.board.head.id
    hub.stored.push(hub.board, {"a": "1"})
    assert visit(hub).headers["x-served-commit"] == before
    clock.advance(1)
    assert visit(hub).headers["x-served-commit"] == hub.board.head.id


def test_a_stage_of_running_may_come_before_the_live_address_answers() -> None:
    with made_hub(Switches(build=0, start=0, preparing=60)) as hub:
        assert hub.run().stage == "RUNNING"
        found = visit(hub)
        assert (found.status, b"Preparing" in found.body) == (503, True)


@pytest.mark.parametrize(("keeps", "status"), [("old", 200), ("nothing", 503)])
def test_what_is_served_after_a_build_that_failed(keeps: Any, status: int) -> None:
    with made_hub(Switches(build=0.05, start=0, after_build_error=keeps)) as hub:
        hub.wait("RUNNING")
        hub.stored.let_next_end(hub.board, Result.BUILD_ERROR)
        hub.stored.push(hub.board, {"a": "1"})
        hub.wait("BUILD_ERROR")
        assert visit(hub).status == status


@pytest.mark.parametrize(("old", "status"), [("redirects", 307), ("gone", 404)])
def test_the_live_address_of_an_old_name(old: Any, status: int) -> None:
    with made_hub(Switches(build=0, start=0, old_subdomain=old)) as hub:
        hub.api().move_repo(BOARD, "board/new-name", repo_type="space")
        assert visit(hub, "/?q=1").status == status
        assert visit(hub, name="board-new-name").status == 200


def test_the_page_of_an_old_name_leads_to_the_new_one(hub: Hub) -> None:
    hub.api().move_repo(BOARD, "board/new-name", repo_type="space")
    assert get(f"{hub.url}/spaces/{BOARD}", NEAR).status == 307
    found = get(f"{hub.url}/spaces/{BOARD}", FOLLOWING)
    assert found.status == 200
    assert b"<h1>board/new-name</h1><p>3 likes</p><iframe" in found.body


def test_a_visit_wakes_a_space_that_sleeps(hub: Hub) -> None:
    hub.wait("RUNNING")
    hub.stored.restart(hub.board, Cause.SLEEP)
    assert visit(hub).status == 503
    hub.wait("RUNNING")
    assert visit(hub).status == 200


def test_a_static_space_serves_its_files(hub: Hub) -> None:
    made = hub.stored.create("space", "board/page", author="owner", sdk="static")
    hub.stored.push(made, {"index.html": "<h1>Moved</h1>"})
    found = visit(hub, name="board-page")
    assert (found.body, found.media_type) == (b"<h1>Moved</h1>", "text/html")
