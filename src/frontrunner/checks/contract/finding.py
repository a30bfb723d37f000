"""What a check found out about one item of a record."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Compatibility(StrEnum):
    """Whether programs made for the recorded board work with an item of the other board."""

    COMPATIBLE = "compatible"
    ADDITIONS = "compatible with additions"
    CHANGED = "changed"
    MISSING = "missing"
    ERROR = "error"
    """The item could not be checked."""

    @property
    def holds(self) -> bool:
        """Whether programs keep working."""
        return self in (Compatibility.COMPATIBLE, Compatibility.ADDITIONS)


Judged = tuple[Compatibility, str]
"""A verdict and its reason."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a record, compared with another board."""

    kind: str
    """`route`, `answer`, `link`, `call` or `file`."""
    item: str
    verdict: Compatibility
    reason: str
    ignored: str = ""
    """The reason and owner of the rule that ignores it."""
