"""What people gave a board is written down, and every loss after a move is named."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.base.errors import HubError, UsageError
from frontrunner.hub.asking_engagement import engagement_of
from frontrunner.hub.engagement import (
    Engagement,
    Remark,
    Thread,
    changes_between,
    is_kept,
    read_engagement,
    without_names,
)
from frontrunner.hub.standin.faults import refusal
from tests.hub.made_hub import BOARD, READER, Hub

NAMES = st.frozensets(st.sampled_from("abcd"))
REMARK = Remark(id="1", kind="comment", at="2024-01-01T00:00:00+00:00", author="a")
THREAD = Thread(num=1, title="T", status="open", at=REMARK.at, author="a", remarks=(REMARK,))
THREADS = st.lists(st.integers(1, 4), unique=True).map(
    lambda nums: tuple(msgspec.structs.replace(THREAD, num=num) for num in nums)
)


def made(likers: frozenset[str], threads: tuple[Thread, ...] = ()) -> Engagement:
    return Engagement(
        repo_id="a/b",
        at=REMARK.at,
        likes=len(likers),
        likers=tuple(sorted(likers)),
        threads=threads,
        owner_followers=2,
    )


MADE = st.builds(made, NAMES, THREADS)


@given(MADE, MADE)
def test_every_difference_is_named_and_equal_means_none(
    before: Engagement, after: Engagement
) -> None:
    changes = changes_between(before, after)
    ordered = {t.num: t for t in before.threads} == {t.num: t for t in after.threads}
    assert (changes == ()) == (before.likers == after.likers and ordered)
    assert changes_between(before, before) == ()


@given(MADE, MADE)
def test_kept_means_no_fewer_likes_and_no_discussion_less(
    before: Engagement, after: Engagement
) -> None:
    nums = {one.num for one in before.threads} <= {one.num for one in after.threads}
    assert is_kept(before, after) == (after.likes >= before.likes and nums)
    bare = without_names(before), without_names(after)
    assert is_kept(*bare) == is_kept(before, after)


def test_who_took_a_like_back_is_named_and_one_that_came_makes_up_for_it() -> None:
    before, after = made(frozenset("ab")), made(frozenset("bc"))
    texts = {(one.text, one.lost) for one in changes_between(before, after)}
    assert texts == {("a no longer likes it", True), ("c likes it now", False)}
    assert is_kept(before, after)


@pytest.mark.parametrize(
    ("thread", "text", "kept"),
    [
        (msgspec.structs.replace(THREAD, remarks=()), "lost 1 of 1 entries", False),
        (
            msgspec.structs.replace(
                THREAD, remarks=(REMARK, msgspec.structs.replace(REMARK, id="2"))
            ),
            "has 1 more entries",
            True,
        ),
        (msgspec.structs.replace(THREAD, status="closed"), "was open, now closed", True),
    ],
)
def test_what_changes_inside_a_discussion(thread: Thread, text: str, kept: bool) -> None:
    before, after = made(frozenset(), (THREAD,)), made(frozenset(), (thread,))
    [change] = changes_between(before, after)
    assert text in change.text
    assert is_kept(before, after) == kept


def test_names_of_people_can_be_left_out() -> None:
    text = msgspec.json.encode(without_names(made(frozenset({"zoe"}), (THREAD,)))).decode()
    assert "zoe" not in text
    assert '"author":"a"' not in text


def test_what_is_no_export_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("{}")
    for name in ("x", "none"):
        with pytest.raises(UsageError, match="not an export"):
            read_engagement(tmp_path / name)


def test_against_the_hub(hub: Hub) -> None:
    hub.wait("RUNNING")
    api = hub.api(READER)
    for number in range(12):
        api.create_discussion(BOARD, repo_type="space", title=f"T{number}", description="x")
    api.comment_discussion(BOARD, 1, repo_type="space", comment="And?")
    before = engagement_of(hub.opened(), BOARD)
    assert (before.likes, before.likers) == (3, ("fan", "gone", "reader"))
    assert [one.num for one in before.threads] == list(range(1, 14))
    assert [one.author for one in before.threads[0].remarks] == ["reader", "reader"]
    assert (before.owner_followers, before.hardware) == (2, "cpu-basic")
    hub.stored.push(hub.board, {"app.py": "new"})
    hub.wait("RUNNING")
    assert changes_between(before, engagement_of(hub.opened(), BOARD)) == ()
    del hub.board.likes["fan"]
    hub.board.discussions.pop(3)
    after = engagement_of(hub.opened(), BOARD)
    assert not is_kept(before, after)
    assert {one.text for one in changes_between(before, after) if one.lost} == {
        "likes: 3 before, 2 now", "fan no longer likes it", "discussion 4 is gone: T2",
    }  # fmt: skip


def test_the_owner_may_be_a_user(hub: Hub) -> None:
    hub.stored.create("space", "owner/own", author="owner", sdk="static")
    assert engagement_of(hub.opened(), "owner/own").owner_followers == 1


def test_an_export_that_fails_half_way_is_an_error(hub: Hub) -> None:
    hub.stored.inject(refusal(403, "No", path=r"/discussions/1$"))
    with pytest.raises(HubError):
        engagement_of(hub.opened(), BOARD)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("likes", -5),
        ("likes", 10**30),
        ("owner_followers", -1),
        ("repo_id", "<script>/x"),
        ("repo_id", "javascript:alert(1)//x"),
        ("at", "\x1b[2J"),
    ],
)
def test_an_export_with_values_that_no_board_has_is_refused(
    tmp_path: Path, field: str, value: object
) -> None:
    """The home would show them to visitors as the starting count."""
    export = {"repo_id": "a/b", "at": REMARK.at, "likes": 3}
    (tmp_path / "good.json").write_text(json.dumps(export))
    assert read_engagement(tmp_path / "good.json").likes == 3
    (tmp_path / "bad.json").write_text(json.dumps(export | {field: value}))
    with pytest.raises(UsageError, match=field):
        read_engagement(tmp_path / "bad.json")
