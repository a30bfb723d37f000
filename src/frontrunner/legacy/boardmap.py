"""Which new benchmark, or set of tasks, succeeds each table of the first board."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from frontrunner.base.errors import LegacyError


class Successor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What succeeds one old table, and the reason."""

    board: str
    """The old board's key, such as `en-x`."""
    type: str = ""
    """The task type of the table; empty for the overall table."""
    today: str = ""
    """The current name of the type, if it has changed."""
    task: str
    """The `task` of the old links."""
    language: str
    """The `language` of the old links."""
    benchmark: str | None = None
    """The benchmark that succeeds it; None if the table is built from its tasks."""
    tasks: tuple[str, ...] = ()
    """The tasks of a table without a benchmark, by their current names."""
    reason: str
    """Why it succeeds the table."""

    @property
    def key(self) -> tuple[str, str]:
        """Board and type, as `Table.key`."""
        return self.board, self.type


class _File(msgspec.Struct, forbid_unknown_fields=True):
    table: list[Successor]


@cache
def load_board_map() -> dict[tuple[str, str], Successor]:
    """The reviewed map, by board and type."""
    text = files("frontrunner.legacy").joinpath("boards.toml").read_bytes()
    return parse_board_map(text)


def parse_board_map(text: bytes) -> dict[tuple[str, str], Successor]:
    """Read a map from TOML; raises LegacyError if it is invalid or contradicts itself."""
    try:
        rows = msgspec.toml.decode(text, type=_File).table
    except (msgspec.DecodeError, ValueError) as error:
        raise LegacyError(f"The map of boards is wrong: {error}.") from error
    found: dict[tuple[str, str], Successor] = {}
    for row in rows:
        if row.key in found or not row.reason.strip():
            what = "is listed twice" if row.key in found else "has no reason"
            raise LegacyError(f"The map of boards is wrong: {row.board} / {row.type} {what}.")
        if bool(row.benchmark) == bool(row.tasks):
            raise LegacyError(
                f"The map of boards is wrong: {row.board} / {row.type} needs a benchmark or tasks."
            )
        found[row.key] = row
    return found
