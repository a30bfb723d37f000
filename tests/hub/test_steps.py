"""The plan names every call that it makes, and says what it cannot keep before anybody agrees."""

from __future__ import annotations

import re

import msgspec
import pytest

from frontrunner.base.errors import UsageError
from frontrunner.hub.standin.calls_table import GENERAL, OF_API, OF_PAGES
from frontrunner.hub.step_calls import Call
from frontrunner.hub.steps import HubPlan, Places, Strategy, plan_steps, unaccepted

PLACES = Places(space="board/live", demo="board/demo", archive="board/old")
STRATEGIES: tuple[Strategy, ...] = ("overwrite", "rename")


def plans() -> list[HubPlan]:
    dataset = Places(space="b/l", demo="b/d", archive="b/o", archive_kind="dataset")
    return [plan_steps(one, places) for one in STRATEGIES for places in (PLACES, dataset)]


def calls(plan: HubPlan) -> list[Call]:
    return [one for step in plan.steps for one in (*step.reads, *step.writes, *step.undo_writes)]


def is_known(call: Call) -> bool:
    """Whether the stand-in, and so the real client, has such a call."""
    known = {"{commit}": "0" * 40, "{path}": "x", "{num}": "1"}
    path = call.path.replace("{storage}", "/-/upload/" + "0" * 64)
    for name, value in known.items():
        path = path.replace(name, value)
    if path.startswith("/api/resolve-cache/"):
        return call.method == "GET"
    tables = (
        (GENERAL, path),
        (OF_API, re.sub(r"^/api/(spaces|datasets)/[^/]+/[^/]+", "", path)),
        (OF_PAGES, re.sub(r"^/(spaces|datasets)/[^/]+/[^/]+?(?=\.git/|/|$)", "", path)),
    )
    return any(
        call.method in one.methods.split() and re.fullmatch(one.pattern, rest)
        for table, rest in tables
        for one in table
    )


@pytest.mark.parametrize("plan", plans(), ids=lambda plan: plan.strategy)
def test_every_call_of_a_plan_exists(plan: HubPlan) -> None:
    assert [one for one in calls(plan) if not is_known(one)] == []


@pytest.mark.parametrize("plan", plans(), ids=lambda plan: plan.strategy)
def test_steps_have_names_of_their_own_and_an_end_that_can_be_read(plan: HubPlan) -> None:
    keys = [step.key for step in plan.steps]
    assert len(set(keys)) == len(keys)
    assert all(step.done_when and step.title for step in plan.steps)
    assert all(step.reads for step in plan.steps), "what is done is read back"


def test_overwriting_saves_first_and_everything_can_be_taken_back() -> None:
    plan = plan_steps("overwrite", PLACES)
    assert [one.key for one in plan.steps] == [
        *("save", "archive", "parallel", "guide", "provide", "cutover", "hardware", "sleep"),
        *("storage", "verify"),
    ]
    assert plan.losses == ()
    assert [one.key for one in plan.steps if one.no_way_back] == []
    changes = [one for one in plan.steps if any("board/live" in c.path for c in one.writes)]
    assert all(one.undo and one.undo_writes for one in changes if one.stage != "planned")


def test_an_archive_without_a_container_is_a_loss_and_the_way_out_of_a_402() -> None:
    paid = plan_steps("overwrite", PLACES)
    [archive] = [one for one in paid.steps if one.key == "archive"]
    assert 'archive_kind = "dataset"' in archive.if_unpaid
    places = Places(space="b/l", demo="b/d", archive="b/o", archive_kind="dataset")
    free = plan_steps("overwrite", places)
    assert [one.name for one in free.losses] == ["old-board"]
    [archive] = [one for one in free.steps if one.key == "archive"]
    assert "static page" in archive.title
    assert not archive.if_unpaid
    assert {one.path for one in archive.writes} >= {
        "/api/repos/create", "/api/datasets/b/o/commit/main", "/api/spaces/b/o/commit/main",
    }  # fmt: skip


def test_overwriting_commits_and_never_deletes_or_moves() -> None:
    paths = {one.path for one in calls(plan_steps("overwrite", PLACES))}
    assert not paths & {"/api/repos/move", "/api/repos/delete"}


def test_renaming_moves_the_name_before_it_gives_up_what_does_not_come_back() -> None:
    plan = plan_steps("rename", PLACES)
    keys = [one.key for one in plan.steps]
    assert keys.index("save") < keys.index("parallel") < keys.index("aside")
    assert keys.index("aside") + 1 == keys.index("take-name") < keys.index("give-up")
    assert [one.key for one in plan.steps if one.no_way_back] == ["give-up"]


def test_each_loss_is_agreed_to_by_its_name() -> None:
    plan = plan_steps("rename", PLACES)
    names = tuple(one.name for one in plan.losses)
    assert names == ("likes", "discussions", "grant", "subdomain", "storage")
    assert [one.name for one in unaccepted(plan, ("likes", "grant"))] == [
        "discussions",
        "subdomain",
        "storage",
    ]
    assert unaccepted(plan, names) == ()
    with pytest.raises(UsageError, match="loses no 'everything'"):
        unaccepted(plan, ("everything",))


@pytest.mark.parametrize(
    "places",
    [
        Places(space="a/b", demo="a/b", archive="a/c"),
        Places(space="a", demo="a/b", archive="a/c"),
        Places(space="a/b", demo="", archive="a/c"),
        Places(space="a/b", demo="/x", archive="a/c"),
    ],
)
def test_a_plan_needs_three_repositories(places: Places) -> None:
    with pytest.raises(UsageError):
        plan_steps("overwrite", places)


def test_shares_are_two_steps_more_and_need_the_old_board_to_run() -> None:
    places = Places(space="b/l", demo="b/d", archive="b/o", shifting=True)
    keys = [one.key for one in plan_steps("overwrite", places).steps]
    assert keys[keys.index("provide") : keys.index("cutover")] == ["provide", "shift", "share"]
    for strategy, kind in (("rename", "space"), ("overwrite", "dataset")):
        wrong = msgspec.structs.replace(places, archive_kind=kind)
        with pytest.raises(UsageError, match="shifting under"):
            plan_steps(strategy, wrong)  # type: ignore[arg-type]


def test_what_shares_need_is_said_before_anybody_agrees() -> None:
    """A private archive cannot be asked by the gateway."""
    places = Places(space="a/b", demo="a/c", archive="a/d", shifting=True)
    [shift] = [one for one in plan_steps("overwrite", places).steps if one.key == "shift"]
    assert "a/b and a/d must be public" in shift.needs
