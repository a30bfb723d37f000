"""Which edits of a plan are accepted while a take-over of a Space is under way."""

from __future__ import annotations

import msgspec
import pytest

from frontrunner.takeover.edits import objection_to_edit
from frontrunner.takeover.plan import HubPart

PART = HubPart(
    strategy="overwrite", space="a/b", demo="a/demo", archive="a/old", archive_kind="space",
    content="tree",
)  # fmt: skip


def objection(name: str, value: str, *, moved: bool = False, rolled_back: bool = False) -> str:
    after = msgspec.structs.replace(PART, **{name: value})
    return objection_to_edit(PART, after, moved=moved, rolled_back=rolled_back)


def test_an_edit_that_concerns_no_space_is_accepted() -> None:
    assert objection_to_edit(None, None, moved=True, rolled_back=False) == ""
    assert objection("hardware", "t4-small", moved=True) == ""


@pytest.mark.parametrize(("before", "after"), [(PART, None), (None, PART)])
def test_another_plane_is_refused(before: HubPart | None, after: HubPart | None) -> None:
    assert "plane" in objection_to_edit(before, after, moved=False, rolled_back=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [("strategy", "rename"), ("demo", "a/c"), ("archive", "a/c"), ("archive_kind", "dataset")],
)
def test_places_change_only_after_a_rollback(name: str, value: str) -> None:
    assert f"[hub] {name} is {getattr(PART, name)}" in objection(name, value)
    assert objection(name, value, rolled_back=True) == ""


def test_the_space_never_changes() -> None:
    assert "another home" in objection("space", "a/other", rolled_back=True)


def test_files_change_only_while_users_are_on_the_old_board() -> None:
    assert objection("content", "other") == ""
    assert "frontrunner space deploy" in objection("content", "other", moved=True)
