"""How many people like a board that is not on the Hub: a number for each day, and nothing else.

No address, agent, cookie or time of a visit is stored, so nobody can be found or named.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from frontrunner.base.errors import LikesError
from frontrunner.base.json import read_as

if TYPE_CHECKING:
    from sqlalchemy import Table

log = logging.getLogger("frontrunner.server")


class Imported(msgspec.Struct, frozen=True):
    """Likes that a board had elsewhere: what `engagement import` stored, without names."""

    repo_id: str
    likes: int
    at: str


class LikeCounts:
    """The likes, in SQLite or PostgreSQL."""

    def __init__(self, url: str, file: Path) -> None:
        """Open the database at a SQLAlchemy URL; an empty one is SQLite in `file`.

        A server that does not answer yet is opened by the first use that it answers: the board is
        served meanwhile. Raises MissingExtraError without SQLAlchemy, LikesError for a URL or a
        file that cannot be used.
        """
        from frontrunner.base.sql import REFUSALS, Database  # noqa: PLC0415 -- an extra

        self._refusals = REFUSALS
        try:
            self._database = Database(url, file)
        except ValueError as error:
            raise LikesError(f"site.likes_database cannot be used: {error}") from error
        self._table = _table()
        self._is_open = False
        try:
            with self._errors(), self._database.closed_on_error():
                self._open()
        except LikesError as error:
            if self._database.is_sqlite:
                raise
            log.error("likes are not counted yet: %s", error)

    def _open(self) -> None:
        if not self._is_open:
            self._database.create_file()
            with self._database.changing_tables() as connection:
                self._table.metadata.create_all(connection)
            self._is_open = True

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def add(self, today: date | None = None) -> None:
        """Count one more. Raises LikesError if the database refuses."""
        from sqlalchemy.dialects import postgresql, sqlite  # noqa: PLC0415 -- an extra

        day = (today or datetime.now(UTC).date()).isoformat()
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        columns = self._table.c
        more = insert(self._table).values(day=day, likes=1)
        more = more.on_conflict_do_update(
            index_elements=[columns.day], set_={"likes": columns.likes + 1}
        )
        with self._errors():
            self._open()
            with self._database.writing() as connection:
                connection.execute(more)

    def total(self) -> int:
        """All of them. Raises LikesError if the database refuses."""
        import sqlalchemy as sql  # noqa: PLC0415 -- an extra

        query = sql.select(sql.func.sum(self._table.c.likes))
        with self._errors():
            self._open()
            with self._database.reading() as connection:
                return int(connection.scalar(query) or 0)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except self._refusals as error:
            raise LikesError(
                f"The database of likes {self._database} cannot be used "
                f"({self._database.cause(error)}). Check that it runs and can be written."
            ) from error


def read_imported(path: Path) -> Imported | None:
    """The starting count of a home; None if none was imported. Raises LikesError if damaged."""
    try:
        return read_as(path, Imported)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise LikesError(
            f"{path} cannot be read: {error}. Run: frontrunner engagement import FILE"
        ) from error


def _table() -> Table:
    import sqlalchemy as sql  # noqa: PLC0415 -- an extra

    return sql.Table(
        "likes",
        sql.MetaData(),
        sql.Column("day", sql.String(10), primary_key=True),
        sql.Column("likes", sql.Integer, nullable=False),
    )
