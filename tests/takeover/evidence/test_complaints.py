"""Messages are counted without keeping the controller waiting."""

from __future__ import annotations

import threading
import time

from frontrunner.base.errors import GatewayError
from frontrunner.takeover.evidence.complaints import NOT_YET, Complaints, Counted


def brought(complaints: Complaints, since: float) -> int | None:
    for _ in range(500):
        found = complaints(since).number
        if found is not None:
            return found
        time.sleep(0.005)
    return None


def test_a_count_is_brought_and_renewed() -> None:
    now, count = [0.0], [3]
    complaints = Complaints(lambda since: count[0], clock=lambda: now[0])
    assert complaints(5.0) == Counted(None, NOT_YET)
    assert brought(complaints, 5.0) == 3
    count[0] = 4
    assert complaints(5.0).number == 3
    now[0] = 11.0
    assert complaints(5.0).number == 3  # a thread counts again
    for _ in range(500):
        if complaints(5.0).number == 4:
            break
        time.sleep(0.005)
    assert complaints(5.0).number == 4


def test_a_count_since_another_time_is_not_known_at_first() -> None:
    complaints = Complaints(int)
    assert brought(complaints, 5.0) == 5
    assert complaints(6.0).number is None
    assert brought(complaints, 6.0) == 6


def test_a_database_that_hangs_is_not_waited_for() -> None:
    begun, released, calls = threading.Event(), threading.Event(), [0]

    def count(since: float) -> int:
        calls[0] += 1
        begun.set()
        released.wait(30)
        return 1

    now = [0.0]
    complaints = Complaints(count, clock=lambda: now[0])
    for _ in range(20):
        now[0] += 30
        assert complaints(5.0) == Counted(None, NOT_YET)
        assert begun.wait(20)
    assert calls == [1]
    released.set()
    assert brought(complaints, 5.0) == 1


def test_a_count_that_cannot_be_renewed_is_not_known_after_a_while() -> None:
    now, fails = [0.0], [False]

    def count(since: float) -> int:
        if fails[0]:
            raise GatewayError("no database")
        return 2

    complaints = Complaints(count, clock=lambda: now[0])
    assert brought(complaints, 5.0) == 2
    fails[0] = True
    now[0] = 100.0
    assert complaints(5.0).number == 2
    now[0] = 121.0
    failed = Counted(None, "The messages of visitors could not be read: no database")
    for _ in range(500):  # a thread fails
        if complaints(5.0) == failed:
            break
        time.sleep(0.005)
    assert complaints(5.0) == failed
