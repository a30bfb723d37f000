"""What became of one item of a record."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """What became of one item."""

    COMPATIBLE = "compatible"
    ADDITIONS = "compatible with additions"
    CHANGED = "changed"
    MISSING = "missing"

    @property
    def holds(self) -> bool:
        """Whether programs go on working."""
        return self in (Verdict.COMPATIBLE, Verdict.ADDITIONS)


Judged = tuple[Verdict, str]
"""A verdict and its reason."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a record, held against another board."""

    kind: str
    """`route`, `answer`, `link`, `call` or `file`."""
    item: str
    verdict: Verdict
    reason: str
    ignored: str = ""
    """The reason and owner of the rule that ignores it."""
