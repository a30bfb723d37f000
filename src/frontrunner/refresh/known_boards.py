"""The boards of the published snapshot as the last update ranked them.

To rank every board takes as long as everything else that the guards need. What was ranked when a
snapshot was judged is kept beside the records, and serves the next update of a folder. An update
that fetches ranks the boards meanwhile, if they have few rows.
"""

from __future__ import annotations

from contextlib import suppress

import msgspec

from frontrunner import __version__
from frontrunner.base.atomic import write_file
from frontrunner.base.home import Home
from frontrunner.base.json import read_as
from frontrunner.refresh.changes import BoardState

_FORMAT = 1


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """Boards of one snapshot, as one release ranks them."""

    format: int = _FORMAT
    release: str = __version__
    snapshot: str
    boards: dict[str, BoardState]


def keep_boards(home: Home, snapshot: str, boards: dict[str, BoardState]) -> None:
    """Keep the boards of a snapshot; the next update ranks them anew if they cannot be kept."""
    with suppress(OSError):
        kept = _Kept(snapshot=snapshot, boards=boards)
        write_file(home.refresh_boards, msgspec.json.encode(kept))


def known_boards(home: Home, snapshot: str) -> dict[str, BoardState] | None:
    """The boards of a snapshot; None if they were not kept, or by another release."""
    try:
        kept = read_as(home.refresh_boards, _Kept)
    except (OSError, ValueError):
        return None
    same = (kept.format, kept.release, kept.snapshot) == (_FORMAT, __version__, snapshot)
    return kept.boards if same else None
