"""A folder becomes a Space by one guarded commit, and counts only when it is served."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.base.config import Settings
from frontrunner.base.errors import HubConflictError, PaymentError, SpaceFailedError, UsageError
from frontrunner.hub.boxed import Box, box_of, publish_boxed, read_box
from frontrunner.hub.committing import Patience
from frontrunner.hub.deploying import (
    Deployed,
    deploy,
    has_another_program,
    space_problems,
    upload_board,
)
from frontrunner.hub.reading import facts_of
from frontrunner.hub.space_folder import BOX_PATH, write_space
from frontrunner.hub.standin.deploys import Result
from frontrunner.hub.standin.exchange import Reply
from frontrunner.hub.standin.faults import busy, refusal
from frontrunner.hub.standin.live_sites import Site
from frontrunner.hub.standin.repos import Repository
from frontrunner.hub.waiting import WaitTimes
from frontrunner.snapshot.store import Store
from tests.hub.made_board import made_home
from tests.hub.made_hub import BOARD, Hub

DEMO = "board/demo"
TIMES = WaitTimes(total=20, error=0.3, look=0.02)


def container(site: Site, path: str) -> Reply:
    """What the new board's container answers about its snapshot."""
    if path != "/v1/snapshot" or BOX_PATH not in site.files:
        return Reply(200, b"a page")
    box = msgspec.json.decode(site.files[BOX_PATH], type=Box)
    return Reply(200, msgspec.json.encode({"id": box.snapshot}))


@pytest.fixture
def settings(tmp_path: Path, hub: Hub) -> Settings:
    hub.app.applications[DEMO] = container
    return made_home(tmp_path / "home")


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    write_space(settings, tmp_path / "space")
    return tmp_path / "space"


def deployed(hub: Hub, folder: Path) -> Deployed:
    return deploy(hub.opened(), folder, DEMO, times=TIMES)


def demo_of(hub: Hub) -> Repository:
    return hub.stored.space(DEMO)


def test_a_space_is_made_and_serves_the_snapshot(hub: Hub, folder: Path) -> None:
    done = deployed(hub, folder)
    demo = demo_of(hub)
    assert (done.commit, done.how) == (demo.head.id, "made")
    assert hub.run(demo).sha == hub.run(demo).serving == done.commit
    assert len(demo.commits) == 2, "one for the empty Space, one for everything"
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert set(demo.head.files) == files | {".gitattributes"}
    assert space_problems(hub.opened(), DEMO) == []


def test_deploying_again_commits_nothing(hub: Hub, folder: Path) -> None:
    first = deployed(hub, folder)
    again = deployed(hub, folder)
    assert (again.commit, again.how) == (first.commit, "unchanged")


def test_what_is_no_longer_in_the_folder_is_deleted(hub: Hub, folder: Path) -> None:
    (folder / "extra.txt").write_text("1")
    deployed(hub, folder)
    (folder / "extra.txt").unlink()
    deployed(hub, folder)
    assert "extra.txt" not in demo_of(hub).head.files


def test_a_build_that_fails_is_named_with_the_end_of_its_log(hub: Hub, folder: Path) -> None:
    deployed(hub, folder)
    hub.stored.let_next_end(demo_of(hub), Result.BUILD_ERROR)
    (folder / "extra.txt").write_text("1")
    with pytest.raises(SpaceFailedError, match="BUILD_ERROR"):
        deployed(hub, folder)
    assert [one.where for one in space_problems(hub.opened(), DEMO)] == ["runtime"]


def test_a_paid_plan_that_is_missing_is_said(hub: Hub, folder: Path) -> None:
    hub.stored.inject(refusal(402, "Payment required", path="/api/repos/create"))
    with pytest.raises(PaymentError):
        deployed(hub, folder)


def test_a_snapshot_in_a_data_set_is_fetched_from_the_commit_that_the_space_names(
    hub: Hub, settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "space"
    box = Box(snapshot="", dataset="board/snapshots", files={})
    write_space(settings, folder, box=box)
    upload_board(hub.opened(), folder, settings.home)
    first = read_box(folder / "home")
    assert first.source.startswith(f"{hub.url}/datasets/board/snapshots/resolve/")
    upload_board(hub.opened(), folder, settings.home)
    assert read_box(folder / "home") == first, "the same board is not committed again"
    assert deployed(hub, folder).snapshot == first.snapshot
    assert not any(path.startswith("home/snapshots") for path in demo_of(hub).head.files)
    # What the container does at its start, with the files that the Space has.
    assert publish_boxed(folder / "home") == first.snapshot
    assert Store(folder / "home").current_id() == first.snapshot
    assert box_of(folder / "home").files == first.files


def test_a_home_with_another_board_by_now_is_not_uploaded(
    hub: Hub, settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "space"
    write_space(settings, folder, box=Box(snapshot="", dataset="board/s", files={}))
    next(settings.home.rglob("built.json")).write_text('{"at": 1}')
    with pytest.raises(UsageError, match="Run: frontrunner space init"):
        upload_board(hub.opened(), folder, settings.home)


def test_the_old_board_is_another_program_and_an_empty_space_is_not(hub: Hub, folder: Path) -> None:
    opened = hub.opened()
    assert has_another_program(opened, facts_of(opened, BOARD))
    deployed(hub, folder)
    assert not has_another_program(opened, facts_of(opened, DEMO))


def test_a_space_with_the_old_board_has_problems(hub: Hub) -> None:
    found = [one.where for one in space_problems(hub.opened(), BOARD)]
    assert found == ["Dockerfile", "home/board.json", "home/frontrunner.toml"]


def test_another_snapshot_at_the_live_address_is_a_problem(hub: Hub, folder: Path) -> None:
    deployed(hub, folder)
    hub.app.applications[DEMO] = lambda site, path: Reply(200, b'{"id": "old"}')
    assert ["the snapshot old" in one.text for one in space_problems(hub.opened(), DEMO)] == [True]


def test_another_commit_under_way_is_waited_for_and_then_an_error(hub: Hub, folder: Path) -> None:
    deployed(hub, folder)
    (folder / "extra.txt").write_text("1")
    hub.stored.inject(busy(times=99))
    quick = Patience(busy=0.1, look=0.02)
    with pytest.raises(HubConflictError):
        deploy(hub.opened(), folder, DEMO, times=TIMES, patience=quick)
