"""The lease: one controller at a time, however many run.

No clock of one machine is compared with that of another. The holder counts its renewals up. A
standby takes the lease over when it has seen the same count for the whole time to live, on its own
monotonic clock, which no step of the wall clock moves. Each lease has a token, larger than all
before, and a write that carries an old one is refused.

Leases: Gray and Cheriton, "Leases: an efficient fault-tolerant mechanism for distributed file
cache consistency", SOSP 1989. Watching a count in place of a date: as Amazon's lock client for
DynamoDB does. Fencing tokens: Kleppmann, "How to do distributed locking", 2016.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec
import sqlalchemy as sql

from frontrunner.base.errors import LedgerError
from frontrunner.base.sql import Database
from frontrunner.takeover.ledger import schema
from frontrunner.takeover.ledger.opening import errors

TIME_TO_LIVE = 15.0
"""Seconds; the holder should renew at least three times in this time."""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A lease that is held."""

    holder: str
    token: int
    renewals: int


class Lease:
    """The lease in a ledger's database, as one process sees it."""

    def __init__(
        self,
        database: Database,
        time_to_live: float = TIME_TO_LIVE,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`now` is a clock in seconds that never steps."""
        self._database = database
        self._time_to_live = time_to_live
        self._now = now
        self._seen: Held | None = None
        self._since = 0.0

    def acquire(self, holder: str, above: int = 0) -> int | None:
        """The token of a new lease, or None while another holder renews it: ask again.

        A lease that was released is given at once; one that is not renewed any more is given
        when this process has watched it for the time to live. The token is larger than `above`,
        such as the last one that the data plane has seen: a database that was restored from a
        backup has forgotten the tokens since. Raises LedgerError.
        """
        if not holder or not holder.isprintable():
            raise LedgerError(f"{holder!r} cannot be the name of a holder of the lease.")
        with errors(self._database, "written"), self._database.writing() as connection:
            token, held = _read(connection, lock=True)
            if held and not self._is_over(held):
                return None
            token = max(token, above, _largest_written(connection)) + 1
            connection.execute(schema.lease.update().values(token=token, holder=holder, renewals=0))
        return token

    def renew(self, token: int) -> bool:
        """Say that the holder is alive; False if the lease is over. Raises LedgerError."""
        change = schema.lease.update().where(_is(token))
        change = change.values(renewals=schema.lease.c.renewals + 1)
        with errors(self._database, "written"), self._database.writing() as connection:
            return connection.execute(change).rowcount == 1

    def release(self, token: int) -> None:
        """Give the lease back, if it is still this one. Raises LedgerError."""
        with errors(self._database, "written"), self._database.writing() as connection:
            connection.execute(schema.lease.update().where(_is(token)).values(holder=""))

    def current(self) -> Held | None:
        """The holder of the lease, alive or not; None if it was released. Raises LedgerError."""
        with errors(self._database, "read"), self._database.reading() as connection:
            return _read(connection)[1]

    def _is_over(self, held: Held) -> bool:
        now = self._now()
        if held != self._seen:
            self._seen, self._since = held, now
        return now - self._since >= self._time_to_live


def _is(token: int) -> sql.ColumnElement[bool]:
    return (schema.lease.c.token == token) & (schema.lease.c.holder != "")


def _read(connection: sql.Connection, *, lock: bool = False) -> tuple[int, Held | None]:
    columns = schema.lease.c
    query = sql.select(columns.token, columns.holder, columns.renewals)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise LedgerError("The ledger has lost its lease. Restore its database from a backup.")
    token, holder, renewals = row
    return token, Held(holder=holder, token=token, renewals=renewals) if holder else None


def _largest_written(connection: sql.Connection) -> int:
    """Entries keep tokens too, so none is given again even if the row of the lease is reset."""
    return connection.scalar(sql.select(sql.func.max(schema.ledger.c.token))) or 0
