"""What became of each model of the old board, kept in a home for its public page."""

from __future__ import annotations

from pathlib import Path

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.base.errors import LegacyError
from frontrunner.base.home import Home
from frontrunner.base.json import read_as
from frontrunner.checks.parity.fate import RowFate


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
    """The answers that a home keeps; None where there are none that can be read."""
    try:
        return read_as(Home(home).moved, Moved)
    except (OSError, ValueError):
        return None
