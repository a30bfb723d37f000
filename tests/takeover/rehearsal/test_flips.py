"""Flips are found; what explains a change of sides is not called one."""

from __future__ import annotations

from frontrunner.takeover.rehearsal.flips import Sent, SidesSeen, Why, Window
from frontrunner.takeover.rehearsal.shares import Split


def seen_with(*readings: tuple[float, int]) -> SidesSeen:
    seen = SidesSeen()
    for at, share in readings:
        seen.shares.note(at, Split(share))
    return seen


def sent(at: float, side: str, bucket: int = 5, choice: str = "", visitor: int = 1) -> Sent:
    return Sent(at, at + 0.01, visitor, bucket, choice, side, "/")


def test_a_side_that_the_share_asks_for_is_no_flip() -> None:
    seen = seen_with((1, 0), (2, 0))
    seen.note(sent(1.5, "old"))
    seen.shares.note(3, Split(100))
    seen.note(sent(3.5, "new"))
    assert seen.flips([]) == []
    assert seen.counted == {Why.SHARE: 2}
    assert seen.changes == {"old to new": 1}
    assert seen.on_new == 1


def test_an_answer_that_came_while_the_share_changed_may_be_either() -> None:
    seen = seen_with((1, 0))
    seen.note(sent(1.9, "new"))
    seen.shares.note(2, Split(100))
    assert seen.flips([]) == []


def test_a_user_of_the_old_board_who_gets_the_new_one_has_flipped() -> None:
    seen = seen_with((1, 100), (2, 100), (9, 100))
    wrong = sent(5, "new", bucket=100)
    seen.note(wrong)
    assert seen.flips([Window(0, 9)]) == [wrong]  # no fault explains that


def test_the_old_side_needs_a_fallback_or_a_fault() -> None:
    for explained in ("log", "fault", "nothing"):
        seen = seen_with((1, 100), (9, 100))
        seen.note(sent(5, "old"))
        if explained == "log":
            seen.fallbacks.note(5, 5.2)
        windows = [Window(4, 6)] if explained == "fault" else [Window(1, 2)]
        flips = seen.flips(windows)
        assert (flips == []) == (explained != "nothing"), explained


def test_a_fallback_of_another_bucket_or_another_time_explains_nothing() -> None:
    seen = seen_with((1, 100), (99, 100))
    seen.note(sent(50, "old"))
    seen.fallbacks.note(5, 20.0)
    seen.fallbacks.note(6, 50.0)
    assert len(seen.flips([])) == 1


def test_a_choice_explains_its_side() -> None:
    seen = seen_with((1, 0), (9, 0))
    seen.note(sent(5, "new", choice="new"))
    assert seen.flips([]) == []
