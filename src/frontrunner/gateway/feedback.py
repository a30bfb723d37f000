"""What users say about the new board: stored, limited per client, exported.

No address, agent or cookie is stored. Clients are counted in memory, see
`base.limit`.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from frontrunner.answers.downloads import inert
from frontrunner.base.errors import GatewayError, WrongSettingError
from frontrunner.base.limit import Limit

if TYPE_CHECKING:
    from sqlalchemy import Table

LONGEST_TEXT = 2000
"""Characters of one message; what is longer is cut."""
_LONGEST_PAGE = 500
_PER_HOUR = 5
"""Messages of one client an hour."""
_HOUR = 3600.0


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
        with self._errors(), self._database.closed_on_error():
            self._database.create_file()
            with self._database.changing_tables() as connection:
                self._table.metadata.create_all(connection)

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def add(self, message: Message) -> None:
        """Store a message. Raises GatewayError if the database refuses."""
        values = {
            "at": message.at,
            "side": message.side,
            "page": _storable(message.page)[:_LONGEST_PAGE],
            "text": _storable(message.text)[:LONGEST_TEXT],
        }
        with self._errors(), self._database.writing() as connection:
            connection.execute(self._table.insert().values(values))

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
