"""Opening: tables are made and upgraded, a newer version is refused, and passwords stay secret."""

from __future__ import annotations

import importlib
import shutil
import sqlite3
from importlib.util import find_spec
from pathlib import Path

import pytest
import sqlalchemy as sql
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import frontrunner.takeover.ledger as package
from frontrunner.base.errors import LedgerError, MissingExtraError
from frontrunner.takeover.ledger import opening, schema
from frontrunner.takeover.ledger.lease import Lease
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.records import Commanded, Noted, Verb
from tests.postgres import Cluster

NOTE = Noted(topic="test", text="")
HEAD_OF_REVISION_1 = "dc68204854661eccea0672d19b50fc649dd54fef2828cd8df095c4eea8c3dd5c"

GOOD = """
import sqlalchemy as sql
from alembic import op

revision = "2"
down_revision = "1"


def upgrade():
    op.create_table("ledger_more", sql.Column("id", sql.Integer, primary_key=True))
    op.add_column("ledger", sql.Column("more", sql.Text))
"""
BAD = GOOD + '    op.execute("THIS IS NOT SQL")\n'


def version(ledger: Ledger) -> str:
    with ledger.database.reading() as connection:
        found = connection.exec_driver_sql("SELECT version_num FROM ledger_version").scalar_one()
    return str(found)


def next_revision(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a later Frontrunner has: one more revision."""
    later = tmp_path / "a later%s version"
    shutil.copytree(opening.MIGRATIONS, later, ignore=shutil.ignore_patterns("__pycache__"))
    (later / "versions/rev_2.py").write_text(text)
    monkeypatch.setattr(opening, "MIGRATIONS", later)
    monkeypatch.setattr(schema, "HEAD", "2")


def test_the_newest_revision_is_the_one_that_the_program_knows() -> None:
    config = Config()
    config.set_main_option("script_location", str(opening.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_the_revisions_make_the_tables_that_the_program_uses(ledger: Ledger) -> None:
    assert version(ledger) == schema.HEAD
    with ledger.database.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": schema.VERSION_TABLE}
        )
        assert compare_metadata(context, schema.ledger.metadata) == []


def test_a_ledger_of_revision_1_is_read_and_goes_on(tmp_path: Path) -> None:
    """The file was made by the first version; its entries and their hashes never change."""
    text = Path(__file__).with_name("revision_1.sql").read_text(encoding="utf-8")
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.executescript(text)
    connection.close()
    ledger = Ledger("", tmp_path)
    assert version(ledger) == schema.HEAD
    found = ledger.verify({5: HEAD_OF_REVISION_1})
    assert (found.holds, found.entries, found.head) == (True, 5, HEAD_OF_REVISION_1)
    first = next(ledger.entries())
    assert first.record == Commanded(verb=Verb.START, reason="agreed on Monday")
    assert (first.at, first.actor) == (1764000000.25, "cli:operator")
    held = Lease(ledger.database).current()
    assert held
    assert (held.holder, held.token) == ("gateway-1", 1)
    assert ledger.append("controller", "", NOTE, token=1).seq == 6
    assert ledger.verify().entries == 6
    ledger.close()


def test_an_older_ledger_is_upgraded_with_its_entries(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Ledger(database_url, tmp_path)
    old.append("a", "p", NOTE)
    next_revision(GOOD, tmp_path, monkeypatch)
    for _ in range(2):
        new = Ledger(database_url, tmp_path)
        assert version(new) == "2"
        assert new.verify().holds
        new.append("a", "p", NOTE)
        new.close()
    assert old.append("a", "p", NOTE).seq == 4  # one that still runs is not disturbed
    assert old.verify().entries == 4
    old.close()


def test_an_upgrade_that_fails_changes_nothing(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Ledger(database_url, tmp_path)
    old.append("a", "p", NOTE)
    next_revision(BAD, tmp_path, monkeypatch)
    with pytest.raises(LedgerError, match="cannot be opened"):
        Ledger(database_url, tmp_path)
    assert version(old) == "1"
    with old.database.reading() as connection:
        assert not sql.inspect(connection).has_table("ledger_more")
    assert old.append("a", "p", NOTE).seq == 2
    old.close()


def test_a_newer_ledger_is_refused_and_left_alone(
    ledger: Ledger, database_url: str, tmp_path: Path
) -> None:
    with ledger.database.writing() as connection:
        connection.exec_driver_sql("UPDATE ledger_version SET version_num = '99'")
    with pytest.raises(LedgerError, match=r"version 99.*up to 1\. Upgrade Frontrunner"):
        Ledger(database_url, tmp_path)
    assert version(ledger) == "99"


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://me:s3cret@host/db",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://me:s3cret@host:port/db",
        "postgresql://me:s3cret@[::1/db",
        "sqlite:////no/such/folder/x.db",
        "postgresql://me:s3cret@/db?host=/no/such/folder",
        "postgresql://me@/db?host=/no/such/folder&password=s3cret",
        "postgresql://me:s3cret@127.0.0.1:1/db",
    ],
)
def test_a_url_that_cannot_be_used_is_said_without_its_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as caught:
        Ledger(url, tmp_path / "fresh")
    assert "s3cret" not in str(caught.value)
    assert str(caught.value).count(".") >= 2  # what happened, and what to do
    assert not (tmp_path / "fresh").exists()


@pytest.mark.postgres
def test_a_url_with_a_password_works_as_libpq_writes_it(postgres: Cluster, tmp_path: Path) -> None:
    with postgres.database() as plain:
        url = plain.replace("postgresql://postgres@", "postgres://postgres:s3cret%40@")
        ledger = Ledger(url, tmp_path)
        assert ledger.append("a", "", NOTE).seq == 1
        assert "s3cret" not in str(ledger.database)
        assert not list(tmp_path.iterdir())
        ledger.close()


@pytest.mark.parametrize("missing", ["sqlalchemy", "alembic"])
def test_a_missing_extra_is_named(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("importlib.util.find_spec", lambda n: None if n == missing else find_spec(n))
        with pytest.raises(MissingExtraError, match=r"pip install '\.\[takeover\]'"):
            importlib.reload(package)
    importlib.reload(package)
