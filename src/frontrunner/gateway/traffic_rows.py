"""What a gateway reports about its traffic over the control path: counts of windows that have
ended.

A row never changes, and has a number. A controller asks for the rows after the last one that it has
stored, so an answer that is lost is asked for again, and one that comes twice counts once.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from frontrunner.gateway.buckets import BUCKETS

MOST_TRAFFIC = 2 * 1024 * 1024
"""Bytes of an answer with one row of all buckets on both sides, and room to spare."""
_Bucket = Annotated[int, msgspec.Meta(ge=0, lt=BUCKETS)]
_Unit = Annotated[int, msgspec.Meta(ge=0)]


class SideRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a board that was asked first did in a window."""

    units: dict[_Bucket, tuple[_Unit, float]] = {}
    """Bucket -> unit (see `traffic_units`), and when its first request began: seconds after the
    window did, below 0 if it was under way by then."""
    unfollowed: int = 0
    """Requests whose side a choice or an owned path decided."""


class TrafficRow(msgspec.Struct, frozen=True, kw_only=True):
    """One window at one share."""

    number: int
    """1, 2, 3, without gaps."""
    generation: int
    """Of the state that Envoy followed: each change of the share begins other rows."""
    share: int
    """Of 10,000."""
    at: float
    """When the window began, on the clock of the gateway."""
    old: SideRow
    new: SideRow
    wrong: int = 0
    """Requests that reached another side than their bucket's."""
    read: int = 0
    """Lines of the log that were read for it."""
    unread: int = 0
    """Lines that could not be read."""


class Traffic(msgspec.Struct, frozen=True, kw_only=True):
    """An answer: as many rows after the cursor as it may have."""

    epoch: str
    """Names the counting process; another one begins with row 1 and without earlier counts."""
    at: float
    """The time on the clock of the gateway."""
    last: int
    """Number of the newest row; 0 if there is none."""
    rows: tuple[TrafficRow, ...] = ()
    behind: bool = False
    """Whether the log of requests has not been read to its end."""


class Cursor(msgspec.Struct, frozen=True):
    """The last row that was stored, and who counted it."""

    epoch: str = ""
    number: int = 0

    def __str__(self) -> str:
        """As it is sent: `after=EPOCH.NUMBER`."""
        return f"{self.epoch}.{self.number}"


def parsed_cursor(text: str) -> Cursor:
    """The cursor of a request. Raises ValueError."""
    epoch, dot, number = text.partition(".")
    if not dot or not number.isascii() or not number.isdigit() or len(number) > 18:
        raise ValueError(f"cursor {text!r}")
    return Cursor(epoch, int(number))
