"""What became of one model of the old board; light, since the server reads it."""

from __future__ import annotations

import msgspec


class RowFate(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one model of the old board."""

    name: str
    link: str | None
    model: str | None
    how: str
    reason: str
    tables: int
    """In how many old tables it stood."""
    cells: int
    """How many numbers it had there, overall tables left out."""
    equal: int = 0
    differs: int = 0
    absent: int = 0
