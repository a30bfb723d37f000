"""The cache of pages and answers: bounded, made once, least recently used first out."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.answers.cache import Cache


def cache(capacity: int) -> Cache[bytes]:
    return Cache(capacity, len)


def test_a_value_is_made_once_however_many_ask() -> None:
    one, made = cache(100_000), []

    def make() -> bytes:
        made.append(1)
        time.sleep(0.05)
        return b"body"

    with ThreadPoolExecutor(8) as pool:
        bodies = [one.get(("key",), make) for _ in range(1)]
        bodies += pool.map(lambda _: one.get(("key",), make), range(40))
    assert len(made) == 1
    assert set(bodies) == {b"body"}


def test_those_who_wait_for_one_value_share_it_though_it_is_not_cached() -> None:
    one: Cache[bytes] = Cache(100_000, lambda _: None)
    started, made = threading.Event(), []

    def make() -> bytes:
        made.append(1)
        started.set()
        waiters = one._flights["key",]._condition._waiters  # type: ignore[attr-defined]
        end = time.monotonic() + 30
        while len(waiters) < 3 and time.monotonic() < end:
            time.sleep(0.001)
        return b"body"

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(one.get, ("key",), make)
        started.wait()
        others = [pool.submit(one.get, ("key",), make) for _ in range(3)]
        assert {future.result() for future in (first, *others)} == {b"body"}
    assert len(made) == 1
    assert one.find(("key",)) is None


def test_an_error_reaches_everybody_who_waits_and_is_not_cached() -> None:
    one, started = cache(100_000), threading.Event()

    def fail() -> bytes:
        started.set()
        time.sleep(0.1)
        raise ValueError("no")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(one.get, ("key",), fail)
        started.wait()
        second = pool.submit(one.get, ("key",), fail)
        for future in (first, second):
            with pytest.raises(ValueError, match="no"):
                future.result()
    assert one.get(("key",), lambda: b"body") == b"body"


def test_concurrent_first_visitors_count_a_value_once() -> None:
    one = cache(1_000_000)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: one.get(("page",), lambda: bytes(20_000)), range(80)))
    assert 20_000 <= one.weight <= 21_000


def test_the_least_recently_used_goes_first() -> None:
    one, made = cache(32_000), []

    def make(name: str) -> bytes:
        made.append(name)
        return bytes(4_000)

    names = "abcde"
    for name in [*names, *names]:  # asked for twice: no longer on trial
        one.get((name,), lambda name=name: make(name))  # type: ignore[misc]
        one.get((name,), lambda name=name: make(name))  # type: ignore[misc]
    made.clear()
    for name in "ae":
        one.get((name,), lambda name=name: make(name))  # type: ignore[misc]
    assert made == ["a"]


def test_what_is_asked_for_once_does_not_push_out_what_is_asked_for_often() -> None:
    one = cache(80_000)
    for _ in range(2):
        one.get(("often",), lambda: bytes(4_000))
    for number in range(1_000):
        one.get((str(number),), lambda: bytes(4_000))
    assert one.find(("often",)) is not None


def test_keys_count_as_much_as_values() -> None:
    one = cache(1_000_000)
    for number in range(1_000):
        one.get((f"{number}{'x' * 60_000}",), lambda: b"")
    assert one.weight <= 125_000


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3_000)), max_size=200))
def test_the_weight_never_exceeds_the_capacity(asked: list[tuple[int, int]]) -> None:
    one = cache(8_000)
    for name, size in asked:
        one.get((str(name),), lambda size=size: bytes(size))  # type: ignore[misc]
        assert 0 <= one.weight <= 8_000
