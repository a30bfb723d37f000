"""Open the ledger's database: make or upgrade its tables, and turn its errors into LedgerError."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sql

from frontrunner.base.errors import LedgerError
from frontrunner.base.sql import REFUSALS, WAIT, Database
from frontrunner.takeover.ledger import schema

MIGRATIONS = Path(__file__).with_name("migrations")


def ledger_file(folder: Path) -> Path:
    """SQLite's file of the ledger in a folder."""
    return folder / "ledger.db"


def open_database(url: str, folder: Path) -> Database:
    """The database at a SQLAlchemy URL with the newest tables; empty is SQLite in `folder`.

    Two processes may open it at once. Raises LedgerError, or MissingExtraError without psycopg.
    """
    try:
        database = Database(url, ledger_file(folder))
    except ValueError as error:
        raise LedgerError(
            f"The URL of the ledger's database cannot be used: {error}. Correct it in the settings."
        ) from None
    with errors(database, "opened"), database.closed_on_error():
        database.create_file()
        _upgrade(database)
    return database


@contextmanager
def errors(database: Database, use: str) -> Iterator[None]:
    """Raise LedgerError for any error of the database in the block."""
    try:
        yield
    except REFUSALS as error:
        raise LedgerError(
            f"The ledger {database} cannot be {use} ({database.cause(error)}). {_advice(error)}"
        ) from error


_ADVICE = {
    "SQLITE_BUSY": f"Another process has held it for {WAIT:.0f} s. Stop that one, or try again.",
    "SQLITE_FULL": "Free space on its disk, then try again.",
    "53100": "Free space on the disk of the database, then try again.",
    "SQLITE_READONLY": "Give this user permission to write the file and its folder.",
    "25006": "Connect to a server that takes writes.",
    "SQLITE_CANTOPEN": "Put the file back, or give this user permission to read and write it.",
    "SQLITE_CORRUPT": "Restore it from a backup.",
    "SQLITE_NOTADB": "Restore it from a backup. To move all users back now: frontrunner gateway "
    "share 0 --force",
    "28": "Correct the user or the password in its URL.",
    "3D": "Create the database, or correct its name in the URL.",
    "55P03": f"Another process has held it for {WAIT:.0f} s. Stop that one, or try again.",
    "57014": "The server was too slow. Look at its load, then try again.",
}
"""By the beginning of SQLite's name of an error, or of PostgreSQL's number."""


def _advice(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or ""
    for begin, advice in _ADVICE.items():
        if code.startswith(begin):
            return advice
    return "Check that the database can be reached and written, then try again."


def _upgrade(database: Database) -> None:
    with database.reading() as connection:
        if _version(connection) == schema.HEAD:
            return
    with database.changing_tables() as connection:
        found = _version(connection)
        if found != schema.HEAD:
            _migrate(connection, found)


def _version(connection: sql.Connection) -> str | None:
    if not sql.inspect(connection).has_table(schema.VERSION_TABLE):
        return None
    found: str | None = connection.scalar(
        sql.text(f"SELECT version_num FROM {schema.VERSION_TABLE}")  # noqa: S608 -- a constant
    )
    return found


def _migrate(connection: sql.Connection, found: str | None) -> None:
    from alembic import command  # noqa: PLC0415 -- slow, and seldom needed
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    revisions = ScriptDirectory.from_config(config).walk_revisions()
    known = [one.revision for one in revisions]
    if found is not None and found not in known:
        raise LedgerError(
            f"The ledger was made by a newer Frontrunner: its tables have version {found}, and "
            f"this program knows them up to {schema.HEAD}. Upgrade Frontrunner."
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
