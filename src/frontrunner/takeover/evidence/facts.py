"""Evidence as plain data: what the gates judge. Collected by `collect`, judged by `gates`."""

from __future__ import annotations

import msgspec

from frontrunner.checks.gates import Verdict
from frontrunner.takeover.evidence.sequential import Regression


class SideCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What one side did since the analysis began.

    The unit is one bucket in one window of time, counted once: a client that asks a thousand
    times in a window, or fails a thousand times, is one unit. Only windows that ended count.
    """

    units: int = 0
    failed: int = 0
    """Units that this side failed at least once as the one that was asked first. A request that
    the new side was asked and the old side answered is a failure of the new side."""
    timed: int = 0
    """Units whose first page was answered, so that its time is known."""
    slow: int = 0
    """Timed units whose first page took longer than `slow_over_ms`."""
    unfollowed: int = 0
    """Requests that are left out, because a choice or an owned path decided the side."""


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """Which buckets were seen on which side, where the bucket decides the side."""

    old: int = 0
    """Distinct buckets."""
    new: int = 0
    share: int = 0
    """The share of the data plane at that time, of 10,000."""
    wrong: int = 0
    """Requests that reached another side than their bucket's."""


class RouteShadows(msgspec.Struct, frozen=True, kw_only=True):
    """Compared reads of one route."""

    route: str
    different: int
    compared: int


class Shadows(msgspec.Struct, frozen=True, kw_only=True):
    """Compared reads since the analysis began; only those that are the same or different count."""

    same: int = 0
    noisy: int = 0
    """The old side differs as much from itself, so nothing is known of the new one."""
    ignored: int = 0
    """They differ in what a rule ignores."""
    old_failed: int = 0
    """The old side answered 500 or more, or nothing, and the new side did better."""
    different: int = 0
    unanswered: int = 0
    """Reads that could not be compared, because the new side, both, or the comparer failed."""
    dropped: int = 0
    """Reads that came while too many waited. Their answers were not asked for, so which ones are
    left out does not depend on what they would have shown."""
    routes: tuple[RouteShadows, ...] = ()
    """The routes with most differences."""


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
    lost: str = ""
    """Why they began then and not with the step; empty if nothing was lost."""
    unknown: str = ""
    """What is missing in them although they continue, such as what a container did not deliver."""
    old: SideCounts = SideCounts()
    new: SideCounts = SideCounts()
    failing: Regression = Regression()
    """Evidence that the new side fails more units than the old one."""
    slowing: Regression = Regression()
    """Evidence that its pages are slow more often."""
    split: Split = Split()
    slow_over_ms: float | None = None
    """The old side's p95 of the time of a page, frozen when it had enough evidence, or the time
    below which no page is slow, if that is longer. None until then."""
    shadows: Shadows | None = None
    """None if the comparer has no counts."""
    complaints: int | None = None
    """Messages of users of the new side since the counts began; None if they cannot be read."""
    complaints_unknown: str = ""
    """Why they are not known."""
    visitors: int = 0
    """Distinct buckets seen on the new side."""
    old_data_at: float | None = None
    new_data_at: float | None = None
    silent: tuple[str, ...] = ()
    """The sides that do not answer, of `old` and `new`."""
    checks: dict[str, Checked] = {}
    """By the name of the gate."""
    approved: dict[str, bool] = {}
    """Manual gates that an operator approved or rejected, by name."""
    unread: int = 0
    """Log lines that could not be read."""
    problem: str = ""
    """Why the counts may not show what happens now, such as a log that cannot be read."""
