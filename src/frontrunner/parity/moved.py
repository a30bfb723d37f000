"""Where each model of the old board is today, kept where the server finds it.

`HOME/moved.json` is replaced by one rename. It belongs to a home and not to a snapshot: the old
board no longer changes, and the next snapshot must not forget it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from frontrunner.errors import LegacyError
from frontrunner.snapshot.disk import sync_file, sync_folder

FILE = "moved.json"
_HUB = "https://huggingface.co/"


class RowFate(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one model of the old board."""

    name: str
    link: str | None
    model: str | None
    how: str
    reason: str
    tables: int
    """In how many old tables it stood."""
    stood: tuple[str, ...] = ()
    """Those tables: board and task type, the board alone for its overall table."""
    cells: int
    """How many numbers it had there, overall tables left out."""
    equal: int = 0
    differs: int = 0
    absent: int = 0


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the old board's models."""

    snapshot: str
    """What they were compared with."""
    legacy: str
    rows: tuple[RowFate, ...]

    def find(self, asked: str) -> list[RowFate]:
        """The models that go by a name, as printed or as their link names them."""
        wanted = slug(asked)
        return [row for row in self.rows if wanted in slugs(row)]

    def search(self, asked: str) -> list[RowFate]:
        """The models of which a name or a link holds every word of `asked`."""
        words = asked.lower().split()
        return [row for row in self.rows if all(word in _text(row) for word in words)]


def slug(name: str) -> str:
    """A name as one harmless segment of a path; capitals do not count."""
    return re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-.") or "unnamed"


def slugs(row: RowFate) -> Iterator[str]:
    """What a row's page is called, its main address first."""
    yield slug(row.name)
    if row.link and row.link.startswith(_HUB):
        yield slug(row.link.removeprefix(_HUB))


def _text(row: RowFate) -> str:
    return f"{row.name} {row.link or ''} {row.model or ''}".lower()


def publish(moved: Moved, home: Path) -> Path:
    """Put the answers where the server of `home` finds them, whole or not at all.

    Raises LegacyError where they cannot be written.
    """
    fresh = home / f".{FILE}-{os.getpid()}"
    try:
        fresh.write_bytes(msgspec.json.encode(moved))
        sync_file(fresh)
        fresh.replace(home / FILE)
        sync_folder(home)
    except OSError as error:
        raise LegacyError(
            f"{home / FILE} cannot be written: {error.strerror or error}. Make room, or see who "
            "may write there, and run the comparison again."
        ) from error
    finally:
        fresh.unlink(missing_ok=True)
    return home / FILE


def read_moved(home: Path) -> Moved | None:
    """The published answers; None where nothing was published. Raises LegacyError if damaged."""
    try:
        return msgspec.json.decode((home / FILE).read_bytes(), type=Moved)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise LegacyError(
            f"{home / FILE} cannot be read: {error}. Write it again: frontrunner parity --publish"
        ) from error
