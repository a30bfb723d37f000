"""Events wait for their clients: in order, bounded, and forgotten after a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from frontrunner.base.errors import LegacyError
from frontrunner.calls import queue
from frontrunner.calls.queue import EventQueue, QueueFullError


def within(steps: Callable[[EventQueue], Awaitable[None]]) -> None:
    async def run() -> None:
        await steps(EventQueue())

    asyncio.run(run())


def test_a_session_gets_its_own_events_in_order() -> None:
    async def steps(events: EventQueue) -> None:
        first = events.join("a", lambda: [1])
        events.join("b", lambda: [2])
        second = events.join("a", lambda: [3])
        assert events.next_of("a") == first
        assert (await first.outcome).data == b"[1]"
        events.leave(first)
        assert events.next_of("a") == second
        assert events.find(first.id) is None
        assert events.next_of("c") is None
        assert len(events) == 2
        events.leave(first)  # twice is no error

    within(steps)


def test_a_call_that_the_old_board_refused_has_no_data() -> None:
    def refused() -> list[Any]:
        raise LegacyError("no")

    async def steps(events: EventQueue) -> None:
        done: list[bool] = []
        event = events.join("a", refused, lambda: done.append(True))
        assert (await event.outcome).data is None
        await asyncio.sleep(0)
        assert done == [True]

    within(steps)


@pytest.mark.parametrize("error", [ZeroDivisionError("by zero"), MemoryError(), OSError(5, "disk")])
def test_a_call_with_an_unexpected_error_ends_like_one_that_was_refused(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def failing() -> list[Any]:
        raise error

    async def steps(events: EventQueue) -> None:
        event = events.join("a", failing)
        assert (await event.outcome).data is None
        assert events.find(event.id) == event  # until its client fetches it

    with caplog.at_level(logging.ERROR, "frontrunner.server"):
        within(steps)
    assert [one.exc_info[1] for one in caplog.records if one.exc_info] == [error]


def test_a_result_that_is_no_json_ends_its_call_too() -> None:
    async def steps(events: EventQueue) -> None:
        assert (await events.run(lambda: [object()])).data is None

    within(steps)


def test_a_full_queue_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_MOST_WAITING", 2)

    async def steps(events: EventQueue) -> None:
        for _ in range(2):
            await events.join("a", lambda: [1]).outcome
        with pytest.raises(QueueFullError, match="Max size is 2"):
            events.join("b", lambda: [1])

    within(steps)


def test_results_that_nobody_fetches_give_way_when_it_is_full(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queue, "_MOST_BYTES", 2)
    monkeypatch.setattr(queue, "_KEPT_WHEN_FULL", 0.0)

    async def steps(events: EventQueue) -> None:
        old = events.join("a", lambda: [1, 2, 3])
        await old.outcome
        new = events.join("b", lambda: [1])
        assert events.find(old.id) is None
        assert events.find(new.id) == new
        await new.outcome

    within(steps)


def test_old_events_are_forgotten_even_if_they_are_not_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queue, "_KEPT_SECONDS", 0.0)

    async def steps(events: EventQueue) -> None:
        first = events.join("a", lambda: [1])
        second = events.join("a", lambda: [2])
        assert events.find(first.id) is None
        await asyncio.gather(first.outcome, second.outcome)

    within(steps)


def test_the_average_follows_the_newest_calls() -> None:
    async def steps(events: EventQueue) -> None:
        outcome = await events.run(lambda: [1])
        assert events.average == outcome.seconds
        events.average = 100.0
        slow = await events.run(lambda: [1])
        assert events.average == pytest.approx(100.0 + (slow.seconds - 100.0) * 0.1)

    within(steps)
