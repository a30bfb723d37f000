"""Append records to the ledger, read them, and recompute the chain."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import sqlalchemy as sql

from frontrunner.base.errors import LedgerError, StaleTokenError
from frontrunner.base.sql import Database
from frontrunner.takeover.ledger import schema
from frontrunner.takeover.ledger.hashes import (
    NOTHING,
    Mark,
    Row,
    Verified,
    check,
    entry_of,
    hash_of,
    row_of,
    time_text,
)
from frontrunner.takeover.ledger.opening import errors, open_database
from frontrunner.takeover.records import Entry, Record, Unknown

_PAGE = 500
"""Entries that are read at once."""


class Ledger:
    """The ledger of one take-over, in SQLite or PostgreSQL.

    Threads may share one; a child process opens its own.
    """

    def __init__(self, url: str, folder: Path) -> None:
        """Open the database at a SQLAlchemy URL; empty is `ledger.db` in `folder`.

        Makes or upgrades the tables. Raises LedgerError, or MissingExtraError without psycopg.
        """
        self.database: Database = open_database(url, folder)

    def close(self) -> None:
        """Close all connections."""
        self.database.close()

    def append(
        self,
        actor: str,
        plan: str,
        record: Record,
        *,
        token: int = 0,
        at: float | None = None,
    ) -> Entry:
        """Add a record at the end, and return once it is on the disk.

        `at` is in seconds since the epoch, and now by default. The entry is never dated before
        the last one. A token other than 0 must be the one that the lease has now.

        Raises StaleTokenError if it is not, LedgerError if the entry is not known to be stored.
        If the connection breaks in the last moment, it may be stored all the same: read `last`.
        """
        given = _given(actor, plan, record, time.time() if at is None else at)
        with errors(self.database, "written"), self.database.writing() as connection:
            row = _append(connection, given._replace(token=token))
        return entry_of(row)

    def entries(self, after: int = 0, limit: int | None = None) -> Iterator[Entry]:
        """Entries in order, those with a `seq` above `after`. Raises LedgerError."""
        for row in self._rows(after, limit):
            yield entry_of(row)

    def last(self) -> Entry | None:
        """The last entry; None if there is none. Raises LedgerError."""
        with errors(self.database, "read"), self.database.reading() as connection:
            row = _last(connection)
        return entry_of(row) if row else None

    def size(self) -> int:
        """How many entries there are. Raises LedgerError."""
        with errors(self.database, "read"), self.database.reading() as connection:
            return connection.scalar(sql.select(sql.func.count()).select_from(schema.ledger)) or 0

    def verify(self, known: Mapping[int, str] | None = None) -> Verified:
        """Recompute the chain; see `hashes` for what that shows and what it cannot.

        `known` has hashes by `seq` that were kept elsewhere. Raises LedgerError if the ledger
        cannot be read.
        """
        with errors(self.database, "read"), self.database.reading() as connection:
            mark = _mark(connection)
            query = sql.select(schema.ledger).order_by(schema.ledger.c.seq)
            with connection.execution_options(yield_per=_PAGE).execute(query) as rows:
                return check(map(row_of, rows), mark, known or {})

    def _rows(self, after: int, limit: int | None) -> Iterator[Row]:
        """Read page by page, so that no transaction stays open while the caller works."""
        while limit is None or limit > 0:
            most = _PAGE if limit is None else min(limit, _PAGE)
            query = sql.select(schema.ledger).where(schema.ledger.c.seq > after)
            query = query.order_by(schema.ledger.c.seq).limit(most)
            with errors(self.database, "read"), self.database.reading() as connection:
                rows = [row_of(row) for row in connection.execute(query)]
            yield from rows
            if len(rows) < most:
                return
            after = rows[-1].seq
            limit = None if limit is None else limit - most


def _given(actor: str, plan: str, record: Record, at: float) -> Row:
    """The part of an entry that the caller gives. Raises LedgerError if it cannot be stored."""
    if isinstance(record, Unknown):
        raise LedgerError("A record that this version cannot read is not written. Upgrade it.")
    for name, value in (("actor", actor), ("plan", plan)):
        if not value.isprintable():
            raise LedgerError(f"The {name} {value!r} has characters that are not text.")
    try:
        text = msgspec.json.encode(record).decode()
        return Row(0, time_text(at), actor, plan, 0, text, "", "")
    except ValueError as error:  # half a surrogate pair, or a time out of range
        raise LedgerError(f"The record cannot be stored: {error}.") from error


def _append(connection: sql.Connection, given: Row) -> Row:
    mark = _mark(connection, lock=True)
    _refuse_stale(connection, given.token)
    last = _last(connection)
    if last and last.seq > mark.seq:  # written around this program: `verify` names it
        mark = Mark(last.seq, last.hash)
    row = given._replace(
        seq=mark.seq + 1,
        at=max(given.at, last.at) if last else given.at,
        previous=mark.hash,
    )
    row = row._replace(hash=hash_of(row))
    connection.execute(schema.ledger.insert().values(row._asdict()))
    connection.execute(schema.tail.update().values(seq=row.seq, hash=row.hash))
    return row


def _refuse_stale(connection: sql.Connection, token: int) -> None:
    """On PostgreSQL the row stays locked, so the lease is not given away before the commit."""
    if not token:
        return
    query = sql.select(schema.lease.c.token, schema.lease.c.holder).with_for_update(read=True)
    current, holder = connection.execute(query).one()
    if token != current or not holder:
        raise StaleTokenError(
            f"The lease with token {token} is over: {_now_held(current, holder)}. This controller "
            "must stop; start it again to stand by."
        )


def _now_held(token: int, holder: str) -> str:
    return f"{holder} holds token {token}" if holder else f"token {token} was released"


def _mark(connection: sql.Connection, *, lock: bool = False) -> Mark:
    query = sql.select(schema.tail.c.seq, schema.tail.c.hash)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return Mark(*row) if row else NOTHING


def _last(connection: sql.Connection) -> Row | None:
    query = sql.select(schema.ledger).order_by(schema.ledger.c.seq.desc()).limit(1)
    row = connection.execute(query).first()
    return row_of(row) if row else None
