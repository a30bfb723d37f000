"""What became of each model of the old board, kept in a home for its public page.

Light, since the server reads it.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.base.errors import LegacyError
from frontrunner.base.home import Home
from frontrunner.base.json import read_as


class RowFate(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one model of the old board."""

    name: str
    link: str | None
    model: str | None
    how: str
    reason: str
    tables: int
    """The number of old tables that it was in."""
    cells: int
    """The number of its numbers there, overall tables left out."""
    equal: int = 0
    differs: int = 0
    absent: int = 0
    removed: str | None = None
    """The commit and day that removed the last of its results, if they were removed."""


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for every row of the old board."""

    snapshot: str
    """The snapshot that it was compared with."""
    rows: tuple[RowFate, ...]


def keep_moved(snapshot: str, rows: tuple[RowFate, ...], home: Path) -> Path:
    """Write the answers into `home`; raises LegacyError if they cannot be written."""
    path = Home(home).moved
    try:
        write_file(path, msgspec.json.encode(Moved(snapshot=snapshot, rows=rows)))
    except OSError as error:
        raise LegacyError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path


def read_moved(home: Path) -> Moved | None:
    """The answers in a home; None if there are none, or if they cannot be read."""
    try:
        return read_as(Home(home).moved, Moved)
    except (OSError, ValueError):
        return None
