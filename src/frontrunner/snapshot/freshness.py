"""Until when a board is known to be up to date: written by updates, read by servers."""

from __future__ import annotations

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.base.home import Home
from frontrunner.base.json import read_as
from frontrunner.snapshot.manifest import Seconds


class _Checked(msgspec.Struct, frozen=True):
    snapshot: str
    at: Seconds


def read_checked_at(home: Home, snapshot: str) -> float | None:
    """When the sources last gave `snapshot`, in seconds since the epoch.

    None if the last good update gave another one, or if that cannot be read.
    """
    try:
        found = read_as(home.checked, _Checked)
    except (OSError, ValueError):
        return None
    return found.at if found.snapshot == snapshot else None


def write_checked_at(home: Home, snapshot: str, at: float) -> None:
    """Record that the sources gave `snapshot` at `at`. Raises OSError."""
    write_file(home.checked, msgspec.json.encode(_Checked(snapshot, at)))
