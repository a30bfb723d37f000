"""The lease: one holder, no token twice, and no clock of another machine."""

from __future__ import annotations

import pytest

from frontrunner.base.errors import LedgerError, StaleTokenError
from frontrunner.takeover.ledger.lease import Lease
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.records import Noted

NOTE = Noted(topic="test", text="")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_standby_waits_until_the_count_has_not_moved_for_the_time_to_live(
    ledger: Ledger,
) -> None:
    clock = Clock()
    first = Lease(ledger.database, 10.0).acquire("one")
    assert first == 1
    standby = Lease(ledger.database, 10.0, clock)
    assert standby.acquire("two") is None
    clock.now += 9.9
    assert standby.acquire("two") is None
    assert Lease(ledger.database).renew(first)
    clock.now += 9.9
    assert standby.acquire("two") is None  # it moved, so the watch begins again
    clock.now += 9.9
    assert standby.acquire("two") is None
    clock.now += 0.2
    assert standby.acquire("two") == 2
    assert not Lease(ledger.database).renew(first)


def test_a_released_lease_is_given_at_once_and_never_with_the_same_token(ledger: Ledger) -> None:
    lease = Lease(ledger.database)
    for token in (1, 2, 3):
        assert lease.acquire("one") == token
        lease.release(token - 1)
        held = lease.current()
        assert held is not None
        assert held.token == token
        lease.release(token)
        assert lease.current() is None
        assert not lease.renew(token)


def test_an_old_token_appends_nothing(ledger: Ledger) -> None:
    lease = Lease(ledger.database, 0.0)
    old = lease.acquire("one")
    new = lease.acquire("two")
    assert old
    assert new
    with pytest.raises(StaleTokenError, match="two holds token 2"):
        ledger.append("controller", "", NOTE, token=old)
    assert ledger.append("controller", "", NOTE, token=new).token == new
    lease.release(new)
    with pytest.raises(StaleTokenError, match="released"):
        ledger.append("controller", "", NOTE, token=new)
    assert ledger.append("cli:me", "", NOTE).token == 0
    assert ledger.size() == 2


@pytest.mark.parametrize("name", ["", "a\nb", "\0"])
def test_a_holder_has_a_name(ledger: Ledger, name: str) -> None:
    with pytest.raises(LedgerError, match="cannot be the name"):
        Lease(ledger.database).acquire(name)
