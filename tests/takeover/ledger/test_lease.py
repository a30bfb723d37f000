"""The lease: one holder, no token twice, and no clock of another machine."""

from __future__ import annotations

import time

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


def test_no_token_comes_back_after_the_lease_was_reset(ledger: Ledger) -> None:
    """As by a backup: entries keep tokens, and the data plane knows those without an entry."""
    lease = Lease(ledger.database)
    for _ in range(3):
        token = lease.acquire("one")
        assert token
        ledger.append("controller", "", NOTE, token=token)
        lease.release(token)
    with ledger.database.writing() as connection:
        connection.exec_driver_sql("UPDATE ledger_lease SET token = 1")
    token = lease.acquire("two")
    assert token == 4
    lease.release(token)
    assert lease.acquire("two", above=17) == 18


def test_a_lost_lease_is_said(ledger: Ledger) -> None:
    with ledger.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM ledger_lease")
    for use in (
        lambda: Lease(ledger.database).acquire("one"),
        lambda: Lease(ledger.database).current(),
        lambda: ledger.append("controller", "", NOTE, token=1),
    ):
        with pytest.raises(LedgerError):
            use()
    assert not Lease(ledger.database).renew(1)
    Lease(ledger.database).release(1)
    assert ledger.append("cli:me", "", NOTE).seq == 1


def test_a_step_of_the_wall_clock_moves_no_lease(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder, standby = Lease(ledger.database, 60.0), Lease(ledger.database, 60.0)
    token = holder.acquire("one")
    assert token
    assert standby.acquire("two") is None
    for step in (10 * 86_400.0, -10 * 86_400.0):
        monkeypatch.setattr(time, "time", lambda step=step: 1e9 + step)
        assert standby.acquire("two") is None
        assert holder.renew(token)
