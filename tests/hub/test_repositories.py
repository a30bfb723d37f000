"""Copies, new repositories and renames are made once, however often they are asked for."""

from __future__ import annotations

import pytest

from frontrunner.base.errors import HubError, MovedError, PaymentError
from frontrunner.hub.reading import facts_of, settings_of
from frontrunner.hub.repositories import (
    copy_space,
    create_repository,
    find_repository,
    rename_space,
)
from frontrunner.hub.saved_tree import SavedTree, tree_to_save
from frontrunner.hub.standin.faults import Fault, refusal
from frontrunner.hub.standin.switches import Switches
from tests.hub.made_hub import BOARD, READER, Hub, made_hub

ARCHIVE = "board/archive"


def saved(hub: Hub) -> SavedTree:
    import msgspec

    opened = hub.opened()
    found = tree_to_save(opened, BOARD, hub.board.head.id, at=1.0)
    return msgspec.structs.replace(found, settings=settings_of(opened, BOARD))


@pytest.mark.parametrize("lost", [False, True])
def test_a_space_is_copied_once_and_its_secrets_are_named(hub: Hub, lost: bool) -> None:
    if lost:
        hub.stored.inject(Fault(path="/duplicate", answer="lost"))
    for _ in range(2):
        made = copy_space(hub.opened(), saved(hub), ARCHIVE)
    assert (made.repo_id, made.secrets_to_set) == (ARCHIVE, ("API_KEY",))
    copy = hub.stored.space(ARCHIVE)
    assert copy.head.files == hub.board.head.files
    assert hub.asked("POST", "/duplicate") == 1


def test_a_copy_of_something_else_under_that_name_is_refused(hub: Hub) -> None:
    hub.stored.create("space", ARCHIVE, author="owner", sdk="static")
    with pytest.raises(HubError, match="another name for the archive"):
        copy_space(hub.opened(), saved(hub), ARCHIVE)


def test_a_board_that_was_pushed_to_since_it_was_saved_is_not_archived_unseen(hub: Hub) -> None:
    before = saved(hub)
    hub.stored.push(hub.board, {"later.txt": "1"})
    with pytest.raises(HubError, match="does not have the files"):
        copy_space(hub.opened(), before, ARCHIVE)


def test_a_copy_that_the_plan_does_not_include_meets_402(hub: Hub) -> None:
    hub.stored.replace_account("board", paid=False)
    with pytest.raises(PaymentError, match="402"):
        copy_space(hub.opened(), saved(hub), ARCHIVE)
    assert find_repository(hub.opened(), ARCHIVE) is None


def test_a_duplicate_that_moved_is_not_followed(hub: Hub) -> None:
    hub.stored.inject(Fault(path="/duplicate", status=307, work="not done",
                            headers={"Location": "/api/spaces/board/other/duplicate"}))  # fmt: skip
    with pytest.raises(MovedError):
        copy_space(hub.opened(), saved(hub), ARCHIVE)


@pytest.mark.parametrize("lost", [False, True])
def test_a_repository_is_made_once(hub: Hub, lost: bool) -> None:
    if lost:
        hub.stored.inject(Fault(path="/repos/create", answer="lost"))
    for _ in range(2):
        assert create_repository(hub.opened(), "board/new", sdk="docker").sdk == "docker"
    assert create_repository(hub.opened(), "board/data", kind="dataset").kind == "dataset"
    assert hub.asked("POST", "/repos/create") == 2


def test_a_repository_that_cannot_be_made(hub: Hub) -> None:
    with pytest.raises(PaymentError):
        create_repository(hub.opened(READER), "reader/new", sdk="docker")
    hub.stored.inject(refusal(500, path="/repos/create"))
    with pytest.raises(HubError, match="500"):
        create_repository(hub.opened(), "board/new")


@pytest.mark.parametrize("fault", [None, Fault(path="/move", answer="lost"),
                                   Fault(path="/move", status=500)])  # fmt: skip
def test_a_rename_is_made_once_and_keeps_the_likes(hub: Hub, fault: Fault | None) -> None:
    head = hub.board.head.id
    if fault is not None:
        hub.stored.inject(fault)
    for _ in range(2):
        found = rename_space(hub.opened(), BOARD, "board/old", head)
        assert (found.id, found.likes) == ("board/old", 3)
    assert hub.asked("POST", "/repos/move") == 1
    with pytest.raises(MovedError) as error:
        facts_of(hub.opened(), BOARD)
    assert error.value.to == "board/old"


def test_a_rename_to_a_name_that_is_taken(hub: Hub) -> None:
    hub.stored.create("space", "board/old", author="owner", sdk="static")
    with pytest.raises(HubError, match="exists already"):
        rename_space(hub.opened(), BOARD, "board/old", hub.board.head.id)
    assert hub.stored.space(BOARD).id == BOARD


def test_a_name_is_used_again_after_a_rename() -> None:
    with made_hub(Switches(build=0, start=0)) as hub:
        opened, head = hub.opened(), hub.board.head.id
        new = hub.stored.create("space", "board/demo", author="owner", sdk="static")
        rename_space(opened, BOARD, "board/old", head)
        rename_space(opened, "board/demo", BOARD, new.head.id)
        assert facts_of(opened, BOARD).sha == new.head.id
        assert facts_of(opened, BOARD).likes == 0
        assert find_repository(opened, "board/demo") is None
        assert rename_space(opened, "board/demo", BOARD, new.head.id).id == BOARD
