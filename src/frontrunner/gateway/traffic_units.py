"""What a line of the log of requests says for or against a board.

A unit is a bucket in a window of time, counted once: it is a number that has whether the board that
was asked first failed it, and how long its first page took. Pure.

Only requests whose side the bucket decides are counted. Those of visitors who chose a board, or
for paths that belong to one, say nothing about a fair comparison.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from frontrunner.gateway.buckets import BUCKETS
from frontrunner.gateway.logs import RequestLine

FAILED = 1
"""A unit is this flag plus twice its page's milliseconds and one; without a page, twice zero."""
LATE = 2.0
"""Seconds that Envoy may take to write a line."""
STEP_BACK = 10
"""Windows that a line may be behind before the clock must have been set back."""
_FOLLOWING = frozenset({"page", "safe", "other"})
"""Routes that exist for both sides; `owned` is the other kind."""
_PAGES = frozenset({"page", "safe"})


class Counted(NamedTuple):
    """One request that a bucket's side was asked."""

    is_new: bool
    """Whether the new board was asked first."""
    start: float
    end: float
    bucket: int | None
    """None if a choice or an owned path decided the side."""
    unit: int = 0


def counted(line: RequestLine, begun: float) -> Counted | None:
    """What a request counts as; None if it began before `begun`, or reached neither board.

    Raises ValueError if the line has no time or no bucket.
    """
    asked, _, kind = (line.route or "").partition(".")
    if asked not in ("old", "new") or not (kind in _FOLLOWING or kind == "owned"):
        return None  # the gateway's own pages, and requests that it refused
    start = epoch(line.at)
    if start < begun:
        return None
    end, is_new = start + (line.ms or 0) / 1000, asked == "new"
    if line.choice or kind == "owned":
        return Counted(is_new, start, end, None)
    if not line.attempts and (line.status or 0) in range(100, 500):
        return None  # the gateway answered it: a redirect, or a request that it refused
    unit = 2 * _page_time(line) if kind in _PAGES else 0
    return Counted(is_new, start, end, _bucket(line), unit | has_failed(line) * FAILED)


def joined(unit: int, later: int) -> int:
    """Two units of the same bucket and window: failed if one is; the first page is timed."""
    return unit | later if unit <= FAILED else unit | (later & FAILED)


def has_failed(line: RequestLine) -> bool:
    """Whether the board that was asked first failed the request.

    An answer of the other board is a failure of the first, slow or broken. A slow answer that came
    before the other board's is none. A client that went away is none either, unless the other
    board had been asked by then.
    """
    if line.fell_back:
        return True
    if line.gone:
        return (line.attempts or 0) > 1
    return not line.status or line.status >= 500


def _page_time(line: RequestLine) -> int:
    """Milliseconds of a page and one; 0 if this was no page or got no answer."""
    answered = line.status is not None and 0 < line.status < 500 and not line.gone
    if line.method != "GET" or not answered or line.ms is None:
        return 0
    return max(0, line.ms) + 1


def _bucket(line: RequestLine) -> int:
    bucket = int(line.bucket or "none")
    if not 0 <= bucket < BUCKETS:
        raise ValueError(f"bucket {bucket}")
    return bucket


def epoch(at: str) -> float:
    """Seconds since the epoch of Envoy's `2026-01-31T12:00:00.123Z`. Raises ValueError."""
    if len(at) != 24:
        raise ValueError(f"time {at!r}")
    return _second(at[:19]) + int(at[20:23]) / 1000


@lru_cache(maxsize=64)
def _second(text: str) -> float:
    return datetime.fromisoformat(text + "+00:00").timestamp()
