"""When a board is given up."""

from __future__ import annotations

import pytest

from frontrunner.base.errors import ContractError, NotAskedError
from frontrunner.checks.contract.careful import CarefulFetch
from frontrunner.checks.contract.fetch import Response

GOOD = Response(200, "text/plain", "", b"")


class Fake:
    """Answers paths that begin with `/good`, and counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.now = 0.0

    def __call__(self, path: str) -> Response:
        self.asked.append(path)
        self.now += 10
        if path.startswith("/good"):
            return GOOD
        raise ContractError("timed out")

    def clock(self) -> float:
        return self.now


def ask(fetch: CarefulFetch, path: str) -> str:
    """What became of a request."""
    try:
        fetch(path)
    except NotAskedError:
        return "not asked"
    except ContractError:
        return "no answer"
    return "answered"


def test_three_requests_in_a_row_without_an_answer_are_the_end() -> None:
    fake = Fake()
    fetch = CarefulFetch(fake, 1e9, fake.clock)
    paths = ["/bad", "/bad", "/good", "/bad", "/bad"]
    assert [ask(fetch, path) for path in paths] == ["no answer"] * 2 + ["answered"] + [
        "no answer"
    ] * 2
    assert fetch.stopped == ""
    assert ask(fetch, "/bad") == "no answer"
    assert fetch.stopped == "the board did not answer 3 requests in a row"
    assert ask(fetch, "/good") == "not asked"
    assert len(fake.asked) == 6
    with pytest.raises(NotAskedError, match="3 requests in a row"):
        fetch("/good")


def test_ten_requests_without_an_answer_are_the_end() -> None:
    fake = Fake()
    fetch = CarefulFetch(fake, 1e9, fake.clock)
    for number in range(1, 10):
        ask(fetch, "/bad")
        ask(fetch, "/good")
        assert not fetch.stopped, number
    ask(fetch, "/bad")
    assert fetch.stopped == "the board did not answer 10 requests"


def test_the_time_for_all_requests_ends() -> None:
    fake = Fake()
    fetch = CarefulFetch(fake, 25, fake.clock)
    assert [ask(fetch, "/good") for _ in range(5)] == ["answered"] * 3 + ["not asked"] * 2
    assert fetch.stopped == "the board took longer than 25 seconds"


def test_time_that_is_just_over_is_over() -> None:
    fake = Fake()
    fetch = CarefulFetch(fake, 10, fake.clock)
    assert [ask(fetch, "/good"), ask(fetch, "/good")] == ["answered", "not asked"]


def test_a_path_that_may_do_harm_is_not_asked_and_does_not_count() -> None:
    fake = Fake()
    fetch = CarefulFetch(fake, 1e9, fake.clock)
    for _ in range(20):
        with pytest.raises(NotAskedError, match=r"^/logout is not requested: it may change data"):
            fetch("/logout?next=/secret")
    assert fake.asked == []
    assert fetch.stopped == ""
