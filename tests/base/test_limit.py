"""A client may do a thing so many times, and knows when it may again."""

from __future__ import annotations

import pytest

from frontrunner.base import limit
from frontrunner.base.limit import Limit


def test_a_client_may_come_back_after_the_time() -> None:
    clock = [0.0]
    one = Limit(lambda: clock[0], most=2, seconds=60)
    found = []
    for clock[0] in (0.0, 10.0, 20.0):
        found.append(one.allows("a"))
    assert found == [True, True, False]
    assert one.wait("a") == 40.0
    assert one.wait("b") == 0.0
    assert one.allows("b")
    clock[0] = 60.0
    assert one.wait("a") == 0.0
    assert one.allows("a")
    assert not one.allows("a")


def test_few_clients_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "_CLIENTS", 2)
    one = Limit(lambda: 0.0, most=1, seconds=60)
    assert [one.allows(client) for client in "abca"] == [True] * 4
    assert not one.allows("c")
