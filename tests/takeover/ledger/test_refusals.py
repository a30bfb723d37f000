"""A database that is locked, gone, damaged or read-only: LedgerError, and then it goes on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sql

from frontrunner.base.errors import LedgerError
from frontrunner.takeover.ledger.lease import Lease
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.records import Noted
from tests.postgres import Cluster

NOTE = Noted(topic="test", text="")


def test_a_locked_file_refuses_and_goes_on_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontrunner.base.sql.WAIT", 0.05)
    ledger = Ledger("", tmp_path)
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match=r"locked.*Another process"):
        ledger.append("a", "", NOTE)
    assert ledger.size() == 0  # readers do not wait
    other.execute("ROLLBACK")
    other.close()
    assert ledger.append("a", "", NOTE).seq == 1
    ledger.close()


@pytest.mark.postgres
def test_a_locked_row_refuses_and_goes_on_afterwards(
    postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres.database() as url:
        ledger = Ledger(url, tmp_path)
        monkeypatch.setattr("frontrunner.base.sql.WAIT", 0.05)
        with ledger.database.engine.connect() as other:
            other.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
            other.execute(sql.text("SELECT * FROM ledger_tail FOR UPDATE"))
            with pytest.raises(LedgerError, match=r"timeout.*Another process"):
                ledger.append("a", "", NOTE)
            assert ledger.size() == 0
        assert ledger.append("a", "", NOTE).seq == 1
        ledger.close()


def test_a_file_that_is_gone_refuses_until_it_is_back(tmp_path: Path) -> None:
    """SQLite would go on writing into the file that has no name any more."""
    ledger = Ledger("", tmp_path)
    ledger.append("a", "", NOTE)
    moved = tmp_path / "moved.db"
    (tmp_path / "ledger.db").rename(moved)
    for use in (lambda: ledger.append("a", "", NOTE), ledger.last, ledger.verify, ledger.size):
        with pytest.raises(LedgerError, match="Put the file back"):
            use()
    with pytest.raises(LedgerError):
        next(ledger.entries())
    assert not (tmp_path / "ledger.db").exists()
    moved.rename(tmp_path / "ledger.db")
    assert ledger.append("a", "", NOTE).seq == 2
    assert ledger.verify().entries == 2
    ledger.close()


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"hello" * 1000)
    with pytest.raises(LedgerError, match=r"not a database.*Restore it from a backup"):
        Ledger("", tmp_path)


@pytest.mark.postgres
def test_a_server_that_is_gone_refuses_until_it_is_back(postgres: Cluster, tmp_path: Path) -> None:
    with postgres.database() as url:
        ledger = Ledger(url, tmp_path)
        token = Lease(ledger.database).acquire("me")
        assert token
        ledger.append("a", "", NOTE, token=token)
        postgres.stop()
        try:
            for use in (
                lambda: ledger.append("a", "", NOTE, token=token),
                ledger.last,
                ledger.verify,
                lambda: Lease(ledger.database).renew(token),
                lambda: Lease(ledger.database).acquire("you"),
                lambda: Lease(ledger.database).current(),
                lambda: Lease(ledger.database).release(token),
                lambda: Ledger(url, tmp_path),
            ):
                with pytest.raises(LedgerError, match="cannot be"):
                    use()
        finally:
            postgres.start()
        assert Lease(ledger.database).renew(token)
        assert ledger.append("a", "", NOTE, token=token).seq == 2
        assert ledger.verify().entries == 2
        ledger.close()


@pytest.mark.postgres
def test_a_connection_that_breaks_inside_append_refuses(postgres: Cluster, tmp_path: Path) -> None:
    with postgres.database() as url:
        ledger = Ledger(url, tmp_path)
        broken = [True]

        @sql.event.listens_for(ledger.database.engine, "before_cursor_execute")
        def break_it(_: object, cursor: object, statement: str, *__: object) -> None:
            if statement.startswith("INSERT INTO ledger ") and broken.pop():
                postgres.end_connections()

        with pytest.raises(LedgerError, match="cannot be written"):
            ledger.append("a", "", NOTE)
        broken.append(False)
        assert ledger.append("a", "", NOTE).seq == 1
        ledger.close()


@pytest.mark.postgres
def test_a_server_that_only_reads_is_said(postgres: Cluster, tmp_path: Path) -> None:
    with postgres.database() as url:
        ledger = Ledger(url, tmp_path)
        ledger.append("a", "", NOTE)
        name = sql.make_url(url).database or ""
        postgres.psql(f"ALTER DATABASE {name} SET default_transaction_read_only = on", name)
        ledger.close()
        with pytest.raises(LedgerError, match="takes writes"):
            ledger.append("a", "", NOTE)
        assert ledger.size() == 1
        ledger.close()
