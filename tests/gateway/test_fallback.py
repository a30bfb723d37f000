"""A visitor of the new board never sees it fail, if asking again is safe."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from frontrunner.gateway.logs import AttemptLine, RequestLine, Tail
from tests.gateway.conftest import PLAIN, Running, ask, start_gateway, stop_gateway, until


def posted(gateway: Running, number: int = 4) -> set[str]:
    """The boards that answer a few POSTs, with `503` for those that nobody answers."""
    answers = [ask("POST", f"{gateway.url}/x") for _ in range(number)]
    return {
        one.headers["x-frontrunner-side"] if one.is_success else str(one.status_code)
        for one in answers
    }


@pytest.mark.parametrize("mode", ["500", "reset", "hang", "slow", "garbage"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_the_new_board_fails_is_answered_by_the_old_one(
    gateway: Running, mode: str, method: str
) -> None:
    gateway.hurry()
    gateway.share(100)
    gateway.new.mode = mode
    answer = ask(method, f"{gateway.url}/x")
    assert answer.status_code == 200
    sides = {"old", "new"} if mode == "slow" else {"old"}  # the slow one goes on meanwhile
    assert answer.headers["x-frontrunner-side"] in sides


def test_the_old_board_may_take_its_time_to_answer_what_the_new_one_failed(
    gateway: Running,
) -> None:
    gateway.hurry()
    gateway.share(100)
    gateway.old.mode = "slow"  # longer than the new board has for an attempt
    for mode in ("hang", "500", "reset"):
        gateway.new.mode = mode
        answer = gateway.get("/x")
        assert (answer.status_code, answer.headers["x-frontrunner-side"]) == (200, "old")


def test_a_slow_old_board_is_not_left_out_as_well(gateway: Running) -> None:
    gateway.hurry()
    gateway.share(100)
    gateway.old.mode, gateway.new.mode = "slow", "hang"
    for _ in range(3):
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda n: gateway.get(f"/{n}").status_code, range(8)))
        assert statuses == [200] * 8


def test_a_board_that_is_gone_costs_nobody_a_request(gateway: Running) -> None:
    gateway.share(100)
    gateway.new.refuse()
    try:
        answers = [gateway.get(f"/{number}") for number in range(40)]
        # Once it is left out, requests that may not be repeated go to the old board at once.
        until(lambda: posted(gateway) == {"old"})
    finally:
        gateway.new.listen_again()
    assert {one.status_code for one in answers} == {200}
    assert {one.json()["board"] for one in answers} == {"old"}


def test_a_post_is_never_sent_twice(gateway: Running) -> None:
    gateway.share(100)
    gateway.new.mode = "500"
    assert ask("POST", f"{gateway.url}/x", content=b"once").status_code == 500
    assert [one.method for one in gateway.new.asked] == ["POST"]
    assert not gateway.old.asked


def test_an_answer_of_the_old_board_is_final(gateway: Running) -> None:
    gateway.old.mode = "500"
    assert gateway.get("/x").status_code == 500
    assert len(gateway.old.asked) == 1
    assert not gateway.new.asked


def test_a_slow_answer_of_the_old_board_is_waited_for(gateway: Running) -> None:
    gateway.old.mode = "slow"
    assert gateway.get("/x").status_code == 200


def test_a_board_that_fails_again_and_again_is_left_out_and_comes_back(gateway: Running) -> None:
    gateway.share(100)
    gateway.new.mode = "500"
    for number in range(8):
        gateway.get(f"/{number}")
    until(lambda: posted(gateway) == {"old"})
    gateway.new.mode = "ok"
    until(lambda: posted(gateway) == {"new"})


def failed_writes(gateway: Running) -> int:
    """How many POSTs in turn the new board fails before the old one gets them."""
    for failed in range(1000):
        if ask("POST", f"{gateway.url}/x").status_code != 500:
            return failed
    pytest.fail("it is not left out")


def failed_again(gateway: Running) -> Iterator[int]:
    """How many POSTs fail each time that the new board is back and left out anew.

    Three times at most: a busy machine may be slow once, but a wait for a second to end is in all.
    """
    for _ in range(3):
        until(lambda: not ask("POST", f"{gateway.url}/x").is_success)
        yield failed_writes(gateway)


def test_a_board_that_says_it_is_well_but_fails_is_left_out_for_its_time(tmp_path: Path) -> None:
    """Each health check that passed let it back in, and it was left out again a second later."""
    gateway, thread = start_gateway(tmp_path, ejection_time=3, health_interval=0.5)
    try:
        gateway.reset()
        gateway.share(100)
        gateway.new.mode = "500"
        begun = time.monotonic()
        # More than five, until each of Envoy's threads knows: on a busy machine quite some.
        assert 5 <= failed_writes(gateway) < 200
        until(lambda: posted(gateway, 12) == {"old"})  # none of the threads is asked by chance
        asked = len(gateway.new.asked)
        while True:
            boards, asked_since = posted(gateway), len(gateway.new.asked)
            if time.monotonic() > begun + 2.9:
                break  # it may be back
            assert (boards, asked_since) == ({"old"}, asked)
        assert any(failed < 12 for failed in failed_again(gateway))  # asked until it is so
    finally:
        stop_gateway(gateway, thread)


def test_all_requests_at_once_find_the_old_board_when_the_new_one_dies(gateway: Running) -> None:
    gateway.hurry()
    gateway.share(100)
    gateway.new.mode = "hang"
    statuses: list[int] = []

    def ask(number: int) -> None:
        statuses.append(gateway.get(f"/{number}").status_code)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 60


def stream_of(side: str) -> str:
    """All events of a board's stream."""
    return "".join(f"data: {side} {number}\n\n" for number in range(20))


def test_a_stream_outlives_the_patience_for_one_attempt(gateway: Running) -> None:
    gateway.hurry(1.5)  # streams last two seconds
    gateway.share(100)
    with ThreadPoolExecutor(2) as pool:
        by_bucket, owned = pool.map(gateway.get, ("/streaming/x", "/stream"))
    assert (by_bucket.status_code, by_bucket.text) == (200, stream_of("new"))
    assert owned.text == stream_of("old")


def test_a_stream_goes_on_while_the_share_changes(gateway: Running) -> None:
    """caddyserver/caddy#6420, #7222: a reload cut streams."""
    events: list[str] = []

    def follow() -> None:
        with httpx.stream("GET", f"{gateway.url}/stream", timeout=30, **PLAIN) as answer:
            events.extend(line for line in answer.iter_lines() if line)

    follower = threading.Thread(target=follow)
    follower.start()
    for number in range(20):
        gateway.share(number * 5)
    follower.join()
    assert events == [f"data: old {number}" for number in range(20)]


def test_the_logs_tell_a_fallback_from_an_answer(gateway: Running) -> None:
    place = gateway.control.place
    requests, attempts = Tail(place.requests), Tail(place.attempts)
    gateway.share(100)
    list(requests.lines()), list(attempts.lines())
    gateway.get("/fine?secret=1")
    gateway.new.mode = "reset"
    gateway.get("/broken")
    lines: list[RequestLine] = []
    tries: list[AttemptLine] = []
    expected = [("new", False), ("new", True), ("old", False)]
    end = time.monotonic() + 30
    # Envoy writes its logs twice a second, so lines of earlier tests may come first.
    while time.monotonic() < end:
        lines += requests.decoded(RequestLine)
        tries += attempts.decoded(AttemptLine)
        last_tries = sorted((one.side or "", one.failed) for one in tries[-3:])
        if {"/fine", "/broken"} <= {one.path for one in lines} and last_tries == expected:
            break
        time.sleep(0.1)
    requests.close()
    attempts.close()
    fine, broken = sorted(lines[-2:], key=lambda one: one.path or "", reverse=True)
    assert (fine.path, fine.asked, fine.side, fine.attempts) == ("/fine", "new", "new", 1)
    assert (broken.status, broken.asked, broken.side, broken.attempts) == (200, "new", "old", 2)
    assert (fine.fell_back, broken.fell_back) == (False, True)
    assert last_tries == expected
    assert not [one for one in lines if "secret" in str(one)]
