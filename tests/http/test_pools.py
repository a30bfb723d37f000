"""Threads that make answers: limited in number and in time, one kind apart from the other."""

from __future__ import annotations

import asyncio
import threading

import pytest

from frontrunner.answers.service import Service
from frontrunner.http.app import Application
from frontrunner.http.pages import Page, PageRequest
from frontrunner.http.pools import BusyError, Pool
from frontrunner.snapshot.answers import Encoded
from frontrunner.snapshot.reader import Snapshot
from tests.http.conftest import call


def test_work_gives_its_result_or_its_error() -> None:
    async def steps() -> None:
        pool = Pool(threads=1, most=1, seconds=5)
        assert await pool.run(lambda: 1) == 1
        with pytest.raises(ZeroDivisionError):
            await pool.run(lambda: 1 // 0)
        with pytest.raises(TimeoutError):
            await pool.run(_raise_timeout)
        assert await pool.run(lambda: 2) == 2

    asyncio.run(steps())


def _raise_timeout() -> None:
    raise TimeoutError


def test_too_many_at_once_and_too_slow_are_refused() -> None:
    stop = threading.Event()

    async def steps() -> None:
        pool = Pool(threads=1, most=2, seconds=0.05)
        slow = [asyncio.create_task(pool.run(stop.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(BusyError, match="Too many"):
            await pool.run(lambda: 1)
        for task in slow:
            with pytest.raises(BusyError, match=r"longer than 0\.05 seconds"):
                await task
        stop.set()
        async with asyncio.timeout(60):
            while not pool.idle:
                await asyncio.sleep(0.01)
        assert await pool.run(lambda: 1) == 1

    asyncio.run(steps())


class Slow:
    """Pages of which those with a query wait for an event."""

    def __init__(self) -> None:
        self.event = threading.Event()

    def find(self, service: Service, request: PageRequest) -> Page | None:
        if request.query:
            self.event.wait(60)
        return Page(Encoded("text/html", "x", b"page"), "/x", [])

    def failed(self, service: Service, request: PageRequest, status: int, why: str) -> Page:
        return Page(Encoded("text/html", "x", why.encode()), "/x", [], status)


def test_costly_queries_do_not_stop_pages(snapshot: Snapshot) -> None:
    pages = Slow()
    application = Application(snapshot, pages=pages)
    asking = [
        threading.Thread(target=call, args=(application, "GET", f"/x?{number}"))
        for number in range(8)
    ]
    for thread in asking:
        thread.start()
    # None of the others can be done before the event.
    assert call(application, "GET", "/x").text == "page"
    pages.event.set()
    for thread in asking:
        thread.join()


def test_an_answer_that_takes_too_long_is_a_503_that_says_so(snapshot: Snapshot) -> None:
    pages = Slow()
    application = Application(snapshot, pages=pages)
    application._pools.asked = Pool(threads=1, most=1, seconds=0.05)
    answer = call(application, "GET", "/x?1", headers={"accept": "text/html"})
    assert answer.status_code == 503
    assert "longer than" in answer.text
    answer = call(application, "GET", "/x?2")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    pages.event.set()
