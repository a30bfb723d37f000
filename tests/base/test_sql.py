"""Databases by URL: which are taken, what is said of them, and what is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from frontrunner.base.errors import MissingExtraError
from frontrunner.base.sql import Database

FILE = Path("/no/such/folder/x.db")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("", "/no/such/folder/x.db"),
        ("sqlite:////a/b.db", "/a/b.db"),
        ("sqlite+pysqlite:////a/b.db", "/a/b.db"),
        ("postgresql://u:p@h/d", "postgresql://u:***@h/d"),
        ("postgres://u:p@h:1/d?password=p&sslmode=require", "postgresql://u:***@h:1/d"),
        ("postgresql+psycopg2://u@h/d", "postgresql://u@h/d"),
    ],
)
def test_how_a_database_is_named_in_messages(url: str, shown: str) -> None:
    database = Database(url, FILE)
    assert str(database) == shown
    assert database.is_sqlite == (not url.startswith("postgres"))


@pytest.mark.parametrize("url", ["mysql://h/d", "sqlite://", "sqlite:///file:x?uri=true", "x y"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"use|needs|not a URL"):
        Database(url, FILE)


@pytest.mark.parametrize("secret", ["p%40ss%2Fword", "p@ss/word"])
def test_a_cause_has_no_password_in_any_spelling(secret: str) -> None:
    database = Database("postgresql://u:p%40ss%2Fword@h/d", FILE)
    error = OperationalError("SELECT 1", {}, Exception(f"no\n  entry for {secret} here"))
    assert database.cause(error) == "no entry for *** here"


def test_without_psycopg_the_command_that_installs_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtraError, match=r"pip install '\.\[postgres\]'"):
        Database("postgresql://h/d", FILE)


def test_without_sqlalchemy_the_command_that_installs_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    monkeypatch.delitem(sys.modules, "frontrunner.base.sql")
    with pytest.raises(MissingExtraError, match=r"pip install '\.\[takeover\]'"):
        __import__("frontrunner.base.sql")


def test_others_cannot_read_a_new_file_or_its_log(tmp_path: Path) -> None:
    database = Database("", tmp_path / "x.db")
    database.create_file()
    with database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE t (n INTEGER)")
        assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {
            "x.db": 0o600, "x.db-wal": 0o600, "x.db-shm": 0o600
        }  # fmt: skip
    database.close()


def test_a_replaced_file_is_opened_anew(tmp_path: Path) -> None:
    """A backup that was put in place while the program runs is the one that is read."""
    database = Database("", tmp_path / "x.db")
    database.create_file()
    with database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE t (n INTEGER)")
    (tmp_path / "x.db").unlink()
    other = Database("", tmp_path / "x.db")
    other.create_file()
    with other.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE u (n INTEGER)")
    other.close()
    with database.reading() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars().all()
    assert tables == ["u"]
    database.close()
