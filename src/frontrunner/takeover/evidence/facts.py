"""Evidence as plain data: what the gates judge. Collected by `collect`, judged by `gates`."""

from __future__ import annotations

import msgspec

from frontrunner.checks.gates import Verdict


class SideCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What one side did since the analysis began.

    The unit is one bucket in one window of time, counted once: a client that asks a thousand
    times in a window, or fails a thousand times, is one unit.
    """

    units: int = 0
    failed: int = 0
    """Units with at least one failed attempt at this side, as first asked. Fallbacks count."""
    timed: int = 0
    """Units whose first page was answered, so that its time is known."""
    slow: int = 0
    """Timed units whose first page took longer than the old side's frozen p95."""


class Chances(msgspec.Struct, frozen=True, kw_only=True):
    """The log-likelihood of the counts if both sides are equal, summed window by window.

    In a window with n_new and n_old units, a failure is on the new side with probability
    n_new / (n_new + n_old) if both sides are equal.
    """

    failed: float = 0.0
    slow: float = 0.0


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """Which buckets were seen on which side, where the bucket decides the side."""

    old: int = 0
    """Distinct buckets."""
    new: int = 0
    share: int = 0
    """The share of the data plane at that time, of 10,000."""
    wrong: int = 0
    """Requests that reached another side than their bucket's."""


class Shadows(msgspec.Struct, frozen=True, kw_only=True):
    """Compared reads since the analysis began."""

    same: int = 0
    noisy: int = 0
    ignored: int = 0
    different: int = 0
    unanswered: int = 0
    """Reads that could not be compared, because a side or the comparer failed."""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """The last run of a check outside the traffic: parity, contract, links, a webhook, a query."""

    verdict: Verdict
    text: str
    at: float
    value: float | None = None
    limit: float | None = None
    sample: int = 0


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known at one look."""

    at: float
    since: float
    """When the counts began."""
    old: SideCounts = SideCounts()
    new: SideCounts = SideCounts()
    chances: Chances = Chances()
    split: Split = Split()
    p95_ms: float | None = None
    """The old side's p95 of the time of a page, frozen when it had enough evidence."""
    shadows: Shadows | None = None
    """None if the comparer has not been heard of."""
    complaints: int = 0
    """Messages of users of the new side."""
    visitors: int = 0
    """Distinct buckets seen on the new side."""
    old_data_at: float | None = None
    new_data_at: float | None = None
    checks: dict[str, Checked] = {}
    """By the name of the gate."""
    approved: dict[str, bool] = {}
    """Manual gates that an operator approved or rejected, by name."""
    unread: int = 0
    """Log lines that could not be read."""
