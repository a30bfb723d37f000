"""Which shares may have held at a time, between two readings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from frontrunner.takeover.rehearsal.shares import Shares, Split, expected


def read(*readings: tuple[float, int]) -> Shares:
    shares = Shares()
    for at, share in readings:
        shares.note(at, Split(share))
    return shares


def test_between_two_readings_both_may_hold() -> None:
    shares = read((1, 0), (2, 100), (3, 100), (4, 500))
    assert shares.between(1.2, 1.8) == {Split(0), Split(100)}
    assert shares.between(2.1, 2.9) == {Split(100)}
    assert shares.between(2.5, 3.5) == {Split(100), Split(500)}
    assert shares.between(5, 6) == {Split(500)}
    assert shares.between(0, 0.5) == {Split(0)}


def test_only_changes_are_listed() -> None:
    shares = read((1, 0), (2, 0), (3, 0), (4, 100), (5, 100))
    assert shares.changes == [(1, Split(0)), (4, Split(100))]
    assert (shares.now, shares.until) == (Split(100), 5)


@given(some.lists(some.integers(0, 3), min_size=1, max_size=40), some.data())
def test_leaving_out_readings_of_the_same_share_changes_no_answer(
    values: list[int], data: some.DataObject
) -> None:
    kept = read(*((float(at), value) for at, value in enumerate(values)))
    start = data.draw(some.floats(0, len(values) - 1))
    end = data.draw(some.floats(start, len(values) - 1))
    first = max(at for at in range(len(values)) if at <= start)
    last = min(at for at in range(len(values)) if at >= end)
    assert {one.share for one in kept.between(start, end)} == set(values[first : last + 1])


def test_a_choice_comes_before_the_bucket_until_it_is_settled() -> None:
    assert expected(50, "", Split(51)) == "new"
    assert expected(51, "", Split(51)) == "old"
    assert expected(9999, "new", Split(0)) == "new"
    assert expected(0, "old", Split(10_000)) == "old"
    assert expected(0, "old", Split(10_000, settled=True)) == "new"
