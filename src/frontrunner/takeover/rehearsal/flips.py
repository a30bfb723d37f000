"""Whether users were sent to the right board, as seen from outside. Pure.

A user may get the other board by a choice, because the share changed, or because the new board
failed and the old one answered. Everything else is a flip. A fallback is believed only if Envoy's
log has it too, or if the new board was failing or Envoy was ended at that time.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from frontrunner.takeover.rehearsal.shares import Shares, expected

_SLACK = 1.5
"""Seconds between Envoy's time of a request and the client's, on a busy machine."""


class Window(NamedTuple):
    """A time in which a fault was on, with the time that it may take to wear off."""

    start: float
    end: float


class Sent(NamedTuple):
    """One answer on a path that a bucket decides."""

    start: float
    end: float
    visitor: int
    bucket: int
    choice: str
    side: str
    path: str


class Why(StrEnum):
    """How a user came to the side that answered."""

    SHARE = "share or choice"
    FALLBACK = "fallback"
    FLIP = "flip"


@dataclass
class Fallbacks:
    """Requests that the new board was asked and the old one answered, by Envoy's log."""

    times: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

    def note(self, bucket: int, at: float) -> None:
        """Add one, in the order of time."""
        self.times[bucket].append(at)

    def has(self, bucket: int, start: float, end: float) -> bool:
        """Whether this bucket had one then."""
        found = self.times.get(bucket, [])
        at = bisect_left(found, start - _SLACK)
        return at < len(found) and found[at] <= end + _SLACK


def why(sent: Sent, shares: Shares, fallbacks: Fallbacks, failing: Iterable[Window]) -> Why:
    """How one answer came to its side."""
    right = {expected(sent.bucket, sent.choice, one) for one in shares.between(*sent[:2])}
    if sent.side in right:
        return Why.SHARE
    if sent.side != "old":
        return Why.FLIP
    if fallbacks.has(sent.bucket, sent.start, sent.end):
        return Why.FALLBACK
    known = any(one.start <= sent.end and sent.start <= one.end for one in failing)
    return Why.FALLBACK if known else Why.FLIP


@dataclass
class SidesSeen:
    """What is known of sides so far."""

    shares: Shares = field(default_factory=Shares)
    fallbacks: Fallbacks = field(default_factory=Fallbacks)
    counted: Counter[Why] = field(default_factory=Counter)
    waiting: list[Sent] = field(default_factory=list)
    """Answers from another side than the share of that moment says; judged at the end."""
    side_of: dict[int, str] = field(default_factory=dict)
    """The board that each user had last."""
    changes: Counter[str] = field(default_factory=Counter)
    """Changes of a user's board: `old to new` and `new to old`."""
    on_new: int = 0
    """Users whose last answer was the new board's."""
    last_new: float = 0.0
    """When the last request was sent that the new board answered without having been chosen."""

    def note(self, sent: Sent) -> None:
        """Count an answer."""
        before = self.side_of.get(sent.visitor)
        if before != sent.side:
            self.side_of[sent.visitor] = sent.side
            self.on_new += 1 if sent.side == "new" else -(before == "new")
            if before is not None:
                self.changes[f"{before} to {sent.side}"] += 1
        if sent.side == "new" and not sent.choice:
            self.last_new = max(self.last_new, sent.start)
        if sent.side == expected(sent.bucket, sent.choice, self.shares.now):
            self.counted[Why.SHARE] += 1
        else:
            self.waiting.append(sent)

    def flips(self, failing: list[Window]) -> list[Sent]:
        """Judge what waits, once no reading of the share and no line of a log is missing."""
        found = []
        for sent in self.waiting:
            reason = why(sent, self.shares, self.fallbacks, failing)
            self.counted[reason] += 1
            if reason is Why.FLIP:
                found.append(sent)
        self.waiting = []
        return found
