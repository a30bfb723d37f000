"""Every request is counted once, and a failure with its cause."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from frontrunner.takeover.rehearsal.book import Answered, Book, Owner, Result, class_of, result


def answered(**changes: object) -> Answered:
    one = Answered(10.0, 10.2, "page", "GET", "/", Owner.BUCKET, 200, "new", 1)
    return one._replace(**changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Result.GOOD),
        ({"status": 301}, Result.GOOD),
        ({"status": 500}, Result.FAILED),
        ({"status": 404}, Result.FAILED),
        ({"status": 0, "error": "connection cut"}, Result.FAILED),
        ({"status": 503, "side": ""}, Result.FAILED),
        ({"status": 503, "method": "POST"}, Result.ONCE),
        ({"status": 0, "error": "connection cut", "method": "STREAM"}, Result.ONCE),
        ({"status": 404, "side": "old", "is_there": False}, Result.LOST),
        ({"status": 404, "side": "new", "is_there": False}, Result.FAILED),
        ({"status": 500, "side": "old", "is_there": False}, Result.FAILED),
        ({"status": 404, "side": "", "owner": Owner.GATEWAY}, Result.GOOD),
        ({"status": 503, "side": "", "owner": Owner.GATEWAY}, Result.FAILED),
    ],
)
def test_what_a_request_counts_as(changes: dict[str, object], expected: Result) -> None:
    assert result(answered(**changes)) is expected


def test_counts_add_up() -> None:
    book = Book()
    for one in (answered(), answered(side="old", tries=3), answered(status=500, side="old")):
        book.add(one)
    assert (book.requests, book.repeated) == (3, 2)
    assert book.results == {Result.GOOD: 2, Result.FAILED: 1}
    assert book.sides == {"new": 1, "old": 2}
    assert book.causes == {"failed: page: 500 from old": 1}
    assert [one.cause for one in book.failures] == ["500 from old"]
    assert vars(book.seconds[10]) == {
        "requests": 3, "old": 2, "new": 1, "failed": 1, "on_new": -1, "share": -1,
    }  # fmt: skip


@given(some.lists(some.floats(0, 100), min_size=1, max_size=50), some.integers(1, 100))
def test_a_percentile_is_a_quarter_too_long_at_most(times: list[float], percent: int) -> None:
    book = Book()
    for took in times:
        book.add(answered(start=0.0, end=took))
    found = book.percentile("new", percent)
    true = sorted(times)[max(-(-len(times) * percent // 100) - 1, 0)]
    assert true <= found * 1.0000001
    assert found <= max(true * 1.2500001, 0.0005)


def test_classes_of_times_grow() -> None:
    assert [class_of(one) for one in (0.0, 0.0005, 0.0006, 0.00063)] == [0, 0, 1, 2]
