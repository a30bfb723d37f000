"""What users say about the new board: stored, limited per client, exported.

No address, agent or cookie is stored. Clients are counted in memory, see
`base.limit`.
"""

from __future__ import annotations

import csv
import io
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from frontrunner.answers.downloads import inert
from frontrunner.base.errors import GatewayError, WrongSettingError
from frontrunner.base.limit import Limit
from frontrunner.gateway.feedback_room import Room, write_room
from frontrunner.gateway.state import make_folder

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

log = logging.getLogger("frontrunner.gateway")
LONGEST_TEXT = 2000
"""Characters of one message; what is longer is cut."""
_LONGEST_PAGE = 500
_PER_HOUR = 5
"""Messages of one client an hour."""
_HOUR = 3600.0
_MEASURED_FOR = 10.0
"""Seconds until what is stored is measured again: other gateways may use the same database."""


class FullError(GatewayError):
    """No more messages are stored."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a user."""

    id: int = 0
    at: float
    """Seconds since the epoch."""
    side: str
    """The board whose page carried the form: `old` or `new`."""
    page: str
    """Path and query of that page."""
    text: str


def hourly() -> Limit:
    """The limit on the messages of a client."""
    return Limit(most=_PER_HOUR, seconds=_HOUR)


class Feedback:
    """The messages, in SQLite or PostgreSQL."""

    def __init__(self, url: str, folder: Path) -> None:
        """Open the database at a SQLAlchemy URL; an empty one is SQLite in `folder`.

        Raises MissingExtraError without SQLAlchemy, GatewayError if the database cannot be opened.
        """
        from frontrunner.base.sql import REFUSALS, Database  # noqa: PLC0415 -- an extra

        self._refusals = REFUSALS
        try:
            self._database = Database(url, folder / "feedback.db")
        except ValueError as error:
            raise WrongSettingError("feedback", f"cannot be used: {error}.") from error
        self._table = _table()
        self._folder = folder
        self._room = Room()
        self._measured = float("-inf")
        with self._errors(), self._database.closed_on_error():
            if not url:
                make_folder(folder)
            self._database.create_file()
            with self._database.changing_tables() as connection:
                self._table.metadata.create_all(connection)

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def add(self, message: Message) -> None:
        """Store a message. Raises FullError, and GatewayError if the database refuses."""
        page = _storable(message.page)[:_LONGEST_PAGE]
        text = _storable(message.text)[:LONGEST_TEXT]
        values = {"at": message.at, "side": message.side, "page": page, "text": text}
        with self._errors(), self._database.writing() as connection:
            if time.monotonic() - self._measured >= _MEASURED_FOR:
                self._note(self._measure(connection))
            if self._room.is_full:
                raise FullError(str(self._room))
            connection.execute(self._table.insert().values(values))
        room = self._room.with_one(len(page.encode()) + len(text.encode()))
        if room.is_full:
            self._note(room)
        self._room = room

    def room(self) -> Room:
        """What is stored now. Raises GatewayError if the database refuses."""
        with self._errors(), self._database.reading() as connection:
            return self._measure(connection)

    def delete_through(self, last: int) -> int:
        """Delete the messages up to a number; how many. Raises GatewayError if it cannot be."""
        with self._errors(), self._database.writing() as connection:
            found = connection.execute(self._table.delete().where(self._table.c.id <= last))
            self._note(self._measure(connection))
        return found.rowcount

    def _note(self, room: Room) -> None:
        """Note what is stored, for `gateway status`; what is stored counts without that too."""
        if room.is_full and not self._room.is_full:
            log.error("%s", room)
        self._room, self._measured = room, time.monotonic()
        with suppress(OSError):
            write_room(self._folder, room)

    def _measure(self, connection: Connection) -> Room:
        import sqlalchemy as sql  # noqa: PLC0415 -- an extra

        page, text = self._table.c.page, self._table.c.text
        if self._database.is_sqlite:
            sizes = [sql.func.length(sql.cast(one, sql.LargeBinary)) for one in (page, text)]
        else:
            sizes = [sql.func.octet_length(one) for one in (page, text)]
        query = sql.select(sql.func.count(), sql.func.sum(sizes[0] + sizes[1]))
        messages, size = connection.execute(query.select_from(self._table)).one()
        return Room(messages=messages, bytes=int(size or 0))

    def all(self) -> Iterator[Message]:
        """Every message, oldest first. Raises GatewayError if the database refuses."""
        with self._errors(), self._database.reading() as connection:
            for row in connection.execute(self._table.select().order_by(self._table.c.id)):
                yield Message(**row._mapping)

    def count(self, side: str, since: float) -> int:
        """Messages about a side from a time on. Raises GatewayError if the database refuses."""
        import sqlalchemy as sql  # noqa: PLC0415 -- an extra

        columns = self._table.c
        query = sql.select(sql.func.count()).where(columns.side == side, columns.at >= since)
        with self._errors(), self._database.reading() as connection:
            return int(connection.scalar(query) or 0)

    def latest(self, most: int) -> list[Message]:
        """The last messages, newest first. Raises GatewayError if the database refuses."""
        query = self._table.select().order_by(self._table.c.id.desc()).limit(most)
        with self._errors(), self._database.reading() as connection:
            return [Message(**row._mapping) for row in connection.execute(query)]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except self._refusals as error:
            raise GatewayError(
                f"The feedback database {self._database} cannot be used "
                f"({self._database.cause(error)}). Check that it runs and can be written."
            ) from error


def _table() -> Table:
    import sqlalchemy as sql  # noqa: PLC0415 -- an extra

    return sql.Table(
        "feedback",
        sql.MetaData(),
        sql.Column("id", sql.Integer, primary_key=True),
        sql.Column("at", sql.Float, nullable=False),
        sql.Column("side", sql.String(8), nullable=False),
        sql.Column("page", sql.String(_LONGEST_PAGE), nullable=False),
        sql.Column("text", sql.String(LONGEST_TEXT), nullable=False),
        sqlite_autoincrement=True,  # numbers are not given again, or a deletion could be repeated
    )


def as_csv(messages: Iterator[Message]) -> str:
    """Messages as CSV. A text that a spreadsheet would take for a formula gets a leading quote."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(["id", "at", "side", "page", "text"])
    for one in messages:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(one.at))
        writer.writerow([one.id, at, one.side, inert(one.page), inert(one.text)])
    return made.getvalue()


def _storable(text: str) -> str:
    """Text without NUL, which PostgreSQL refuses, and without halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
