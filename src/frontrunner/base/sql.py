"""Databases by URL: SQLite in a file, or PostgreSQL through psycopg.

One place for what both need: limits on every wait, no password in a message, and SQLite opened so
that a file which was removed or replaced is noticed. SQLAlchemy belongs to extras, so import this
module where it is used; without it, the import raises MissingExtraError.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from frontrunner.base.errors import MissingExtraError

try:
    import sqlalchemy as sql
    from sqlalchemy import URL, Connection, Engine
except ImportError as missing:
    raise MissingExtraError(
        "A database needs SQLAlchemy. Install it with: pip install '.[takeover]', or "
        "'.[gateway]' for the gateway alone"
    ) from missing

WAIT = 10.0
"""Seconds to wait for another process that holds the database."""
REFUSALS = (sql.exc.SQLAlchemyError, sqlite3.Error, OSError)
"""What a database raises."""
_LOOK_AGAIN = 0.02
_POSTGRES: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
    "prepare_threshold": None,
}
"""A server that vanished is noticed within about 20 seconds. Statements are not prepared, because
a pooler between may give each transaction another connection."""
_LIMITS = {"lock_timeout": 1, "statement_timeout": 2, "idle_in_transaction_session_timeout": 2}
"""PostgreSQL's settings, in units of WAIT: the one that says most about the cause comes first."""
_SETUP_LOCK = 0x66_72_6E_74_72_6E_6E_72
"""Number of PostgreSQL's lock while tables change: "frntrnnr" in ASCII."""
_BEGIN = "frontrunner_begin"


class Database:
    """Connections to one database, and how it is named in messages.

    It is meant for one process; a child process opens its own.
    """

    def __init__(self, url: str, file: Path) -> None:
        """Prepare an engine; nothing is opened yet. An empty URL is SQLite in `file`.

        Raises MissingExtraError without psycopg, ValueError for a URL that cannot be used.
        """
        self._is_default = not url
        self._url = _parsed(url) if url else URL.create("sqlite", database=str(file))
        self._file = _file_of(self._url)
        self.engine = _sqlite(self._file) if self._file else _postgres(self._url)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of SQLite; else it is PostgreSQL."""
        return self._file is not None

    def __str__(self) -> str:
        plain = self._url.set(drivername="postgresql", query={})
        return str(self._file or plain.render_as_string(hide_password=True))

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def closed_on_error(self) -> Iterator[None]:
        """Close all connections if the block fails."""
        with ExitStack() as stack:
            stack.callback(self.close)
            yield
            stack.pop_all()

    def create_file(self) -> None:
        """Make the file of SQLite if there is none; nothing for PostgreSQL.

        The folder is made too, unless a URL names the file: it may be misspelled.
        Later connections open an existing file alone: one that was removed is an error, never
        an empty database. Raises OSError, sqlite3.Error.
        """
        if self._file is not None:
            if self._is_default:
                self._file.parent.mkdir(parents=True, exist_ok=True)
            # It may hold names and messages. SQLite gives its other files the same mode.
            with suppress(OSError):  # what is wrong then, SQLite says for all its files
                os.close(os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600))
            with closing(_connect_sqlite(self._file, "rwc")) as connection:
                _keep_write_ahead_log(connection)

    @contextmanager
    def changing_tables(self) -> Iterator[Connection]:
        """The same as `writing`, while no other process is inside such a block."""
        with self.writing() as connection:
            if not self.is_sqlite:
                connection.execute(sql.select(sql.func.pg_advisory_xact_lock(_SETUP_LOCK)))
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose statements all see the database at one moment."""
        options = {"isolation_level": "REPEATABLE READ"} if not self.is_sqlite else {}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection whose changes are committed together at the end of the block.

        On SQLite nobody else writes during the block. On PostgreSQL the block must lock a row.
        """
        options = {_BEGIN: "BEGIN IMMEDIATE"} if self.is_sqlite else {}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    def is_read_only(self) -> bool:
        """Whether it answers and takes no changes, as a standby of PostgreSQL; changes nothing.

        Raises one of REFUSALS if it does not answer, if SQLite may not write the file, or if
        another process holds it for too long.
        """
        with self.writing() as connection:
            if self.is_sqlite:
                connection.execute(sql.text("SELECT count(*) FROM sqlite_master"))
                return False
            return bool(connection.scalar(sql.text("SHOW transaction_read_only")) == "on")

    def cause(self, error: Exception) -> str:
        """What went wrong, in the database's own words and on one line, without the password."""
        told = getattr(error, "orig", None) or error
        text = " ".join(str(told).split()) or type(told).__name__
        return _without_password(text, self._url)


def _parsed(url: str) -> URL:
    try:
        found = sql.make_url(url)
    except (sql.exc.ArgumentError, ValueError):
        # The text of this error may have the password.
        raise ValueError("it is not a URL like postgresql://user@host/name") from None
    backend = found.get_backend_name()
    if backend in ("postgresql", "postgres"):  # libpq takes both
        return found.set(drivername="postgresql+psycopg")
    if found.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise ValueError(
            f"{found.drivername} is not supported; use sqlite:///FILE or "
            "postgresql://user@host/name"
        )
    return found


def _file_of(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite":
        return None
    name = url.database or ""
    if name in ("", ":memory:") or name.startswith("file:"):
        raise ValueError("SQLite needs the path of a file: sqlite:///FILE")
    return Path(os.path.abspath(name))  # noqa: PTH100 -- resolve() would follow links


def _postgres(url: URL) -> Engine:
    try:
        engine = sql.create_engine(
            url,
            connect_args={name: v for name, v in _POSTGRES.items() if name not in url.query},
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
        )
    except ImportError as error:
        raise MissingExtraError(
            "PostgreSQL needs psycopg. Install it with: pip install '.[postgres]'"
        ) from error

    @sql.event.listens_for(engine, "begin")
    def limit(connection: Connection) -> None:
        limits = ((name, f"{factor * WAIT * 1000:.0f}") for name, factor in _LIMITS.items())
        connection.execute(sql.select(*(sql.func.set_config(*limit, True) for limit in limits)))

    return engine


def _connect_sqlite(file: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(file))}?mode={mode}",
        uri=True,
        timeout=WAIT,
        check_same_thread=False,
        isolation_level=None,  # BEGIN is sent below, so that a writer waits before it reads
    )
    # Bytes that are no text come back as they are, so that a damaged row can be read and named.
    connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    return connection


def _keep_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Readers then never wait for a writer. SQLite may refuse at once while another opens it."""
    until = time.monotonic() + WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > until:
                raise
            time.sleep(_LOOK_AGAIN)


def _sqlite(file: Path) -> Engine:
    url = URL.create("sqlite", database=str(file))
    engine = sql.create_engine(url, creator=lambda: _connect_sqlite(file, "rw"))

    @sql.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: Any) -> None:
        record.info["inode"] = _inode(file)
        connection.execute("PRAGMA synchronous=FULL")

    @sql.event.listens_for(engine, "checkout")
    def same_file(_: object, record: Any, __: object) -> None:
        """SQLite goes on writing into a file that has no name any more: connect again instead."""
        if record.info.get("inode") != _inode(file):
            raise sql.exc.DisconnectionError(f"{file} was removed or replaced")

    @sql.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    return engine


def _inode(file: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(file)  # noqa: PTH116 -- beside os.fstat
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _without_password(text: str, url: URL) -> str:
    secrets = [url.password, url.query.get("password")]
    for secret in (str(one) for one in secrets if one):
        for form in {secret, quote(secret), quote(secret, safe=""), unquote(secret)}:
            text = text.replace(form, "***")
    return text
