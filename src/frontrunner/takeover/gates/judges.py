"""One pure function for each kind of gate: evidence to a finding.

A side that is proven worse fails at once. A pass needs the minimum sample and a bound under the
limit. Everything else is inconclusive, and the text says what is missing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from frontrunner.base.gate_settings import (
    FeedbackGate,
    FreshnessGate,
    GateSettings,
    ManualGate,
    ShadowGate,
    ShareGate,
    SlownessGate,
    SuccessGate,
)
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.evidence.complaints import NOT_YET
from frontrunner.takeover.evidence.facts import Evidence, Shadows
from frontrunner.takeover.evidence.sequential import ALPHA, bounds, difference, log_e_share
from frontrunner.takeover.stages import FULL

PASS_ALPHA = 0.05
"""Probability that a bound that lets a gate pass is wrong, over all looks of one analysis."""
SHARE_ALPHA = 0.001
"""The same for a share that is as asked and is called wrong."""


class Finding(NamedTuple):
    """What a judge says; the fields are those of a `Reading`."""

    verdict: Verdict
    text: str
    value: float | None = None
    limit: float | None = None
    sample: int = 0
    wanted: int = 0


# --- the split ------------------------------------------------------------------------------------


def judge_share(gate: ShareGate, evidence: Evidence) -> Finding:
    """Whether buckets reach their side, and as many of them as asked."""
    split = evidence.split
    seen, share = split.old + split.new, split.share / FULL
    observed = split.new / seen if seen else None
    asked = f"{_percent(share)} asked"
    found = Finding(Verdict.INCONCLUSIVE, "", observed, share, seen, gate.minimum_sample)
    if split.wrong > gate.wrong:
        text = (
            f"{_count(split.wrong, 'request')} reached another board than their bucket's; "
            f"{gate.wrong} allowed."
        )
        return found._replace(verdict=Verdict.FAILED, text=text)
    if not seen:
        return found._replace(text="No visitor has been seen since the counts began.")
    what = f"{_count(split.new, 'bucket')} of {seen:,} on the new board, {asked}."
    if log_e_share(split.new, split.old, share) >= -math.log(SHARE_ALPHA):
        return found._replace(
            verdict=Verdict.FAILED, text=f"Visitors are not split as asked: {what}"
        )
    if seen < gate.minimum_sample:
        return _passed_or_missing(found, what, "bucket")
    return found._replace(verdict=Verdict.PASSED, text=f"Visitors are split as asked: {what}")


# --- new against old ------------------------------------------------------------------------------


class _Compared(NamedTuple):
    """Hits and units of both boards, with the words for them."""

    new: tuple[int, int]
    old: tuple[int, int]
    log_e: float
    noun: str
    hit: str


def judge_success(gate: SuccessGate, evidence: Evidence) -> Finding:
    """Whether the new board fails more units than the old one."""
    new, old = evidence.new, evidence.old
    compared = _Compared(
        (new.failed, new.units), (old.failed, old.units), evidence.failing.log_e, "unit", "failed"
    )
    if evidence.split.share == FULL:
        return _alone(gate, compared)
    return _against(gate, compared)


def judge_slowness(gate: SlownessGate, evidence: Evidence) -> Finding:
    """Whether the new board's pages are slow more often than the old one's."""
    new, old = evidence.new, evidence.old
    if evidence.slow_over_ms is None:
        text = "The old board's time for a page is not known yet: too few of its pages were timed."
        return Finding(Verdict.INCONCLUSIVE, text, None, gate.margin, 0, gate.minimum_sample)
    slow = f"slower than {evidence.slow_over_ms:,.0f} ms"
    compared = _Compared(
        (new.slow, new.timed), (old.slow, old.timed), evidence.slowing.log_e, "page", slow
    )
    if evidence.split.share == FULL:
        return _alone(gate, compared)
    return _against(gate, compared)


def _against(gate: SuccessGate | SlownessGate, compared: _Compared) -> Finding:
    new, old, log_e, noun, hit = compared
    sample = min(new[1], old[1])
    if not sample:
        side = "new" if not new[1] else "old"
        text = f"No {noun} of the {side} board was measured, so there is nothing to compare."
        return Finding(Verdict.INCONCLUSIVE, text, None, gate.margin, 0, gate.minimum_sample)
    between = difference(new, old, PASS_ALPHA)
    found = Finding(
        Verdict.INCONCLUSIVE, "", between.upper, gate.margin, sample, gate.minimum_sample
    )
    what = (
        f"{_rate(new, noun)} of the new board and {_rate(old, noun)} of the old board {hit}; the "
        f"difference is at most {_points(between.upper)}, {_points(gate.margin)} allowed."
    )
    observed = new[0] / new[1] - old[0] / old[1]
    if log_e >= -math.log(ALPHA) and observed > gate.tolerated:
        return found._replace(verdict=Verdict.FAILED, text=f"Proven worse: {what}")
    return _passed_or_missing(found, what, noun)


def _alone(gate: SuccessGate | SlownessGate, compared: _Compared) -> Finding:
    """All visitors are on the new board: its own rate is compared with a limit."""
    new, noun, hit = compared.new, compared.noun, compared.hit
    between = bounds(*new, PASS_ALPHA)
    found = Finding(
        Verdict.INCONCLUSIVE, "", between.upper, gate.at_most, new[1], gate.minimum_sample
    )
    if not new[1]:
        return found._replace(text=f"No {noun} of the new board was measured.", value=None)
    what = (
        f"{_rate(new, noun)} of the new board {hit}; the rate is at most "
        f"{_percent(between.upper)}, {_percent(gate.at_most)} allowed."
    )
    if bounds(*new, 2 * ALPHA).lower > gate.at_most:
        return found._replace(verdict=Verdict.FAILED, text=f"Too many: {what}")
    return _passed_or_missing(found, what, noun)


def _passed_or_missing(found: Finding, what: str, noun: str) -> Finding:
    value, limit = found.value, found.limit
    if found.sample < found.wanted:
        missing = found.wanted - found.sample
        needed = f"{_count(missing, noun)} more {'is' if missing == 1 else 'are'} needed."
        return found._replace(text=f"{what} {needed}")
    if value is not None and limit is not None and value < limit:
        return found._replace(verdict=Verdict.PASSED, text=what)
    return found._replace(text=f"{what} More evidence is needed to lower that bound.")


# --- people ---------------------------------------------------------------------------------------


def judge_manual(gate: ManualGate, evidence: Evidence) -> Finding:
    """Whether an operator approved."""
    answer = evidence.approved.get(gate.name)
    if answer is None:
        what = f": {gate.text}" if gate.text else "."
        return Finding(Verdict.INCONCLUSIVE, f"Waits for an operator's approval{what}")
    if answer:
        return Finding(Verdict.PASSED, "Approved by an operator.")
    return Finding(Verdict.FAILED, "Rejected by an operator.")


def judge_feedback(gate: FeedbackGate, evidence: Evidence) -> Finding:
    """Whether few visitors of the new board complain, and whether an operator read it."""
    complaints, visitors = evidence.complaints, evidence.visitors
    found = Finding(Verdict.INCONCLUSIVE, "", None, gate.at_most, visitors, gate.minimum_sample)
    if evidence.approved.get(gate.name) is False:
        return found._replace(verdict=Verdict.FAILED, text="Rejected by an operator.")
    if complaints is None:
        return found._replace(text=evidence.complaints_unknown or NOT_YET)
    hits = (min(complaints, visitors), visitors)
    upper = bounds(*hits, PASS_ALPHA).upper
    what = (
        f"{_count(complaints, 'message')} of {_count(visitors, 'visitor')}; the rate is at most "
        f"{_percent(upper)}, {_percent(gate.at_most)} allowed."
    )
    if bounds(*hits, 2 * ALPHA).lower > gate.at_most:
        return found._replace(verdict=Verdict.FAILED, text=f"Too many complain: {what}")
    found = _passed_or_missing(found._replace(value=upper if visitors else None), what, "visitor")
    if found.verdict is Verdict.PASSED and gate.human and not evidence.approved.get(gate.name):
        text = f"{found.text} An operator must read the messages and approve."
        return found._replace(verdict=Verdict.INCONCLUSIVE, text=text)
    return found


# --- answers and data -----------------------------------------------------------------------------


def judge_shadow(gate: ShadowGate, evidence: Evidence) -> Finding:
    """Whether few compared reads differ beyond the old board's own noise."""
    shadows = evidence.shadows
    if shadows is None:
        text = (
            "No counts of compared reads were found. Check that the gateway runs and that a share "
            "of reads is compared."
        )
        return Finding(Verdict.INCONCLUSIVE, text, None, gate.at_most, 0, gate.minimum_sample)
    judged = shadows.same + shadows.different
    hits = (shadows.different, judged)
    upper = bounds(*hits, PASS_ALPHA).upper
    found = Finding(Verdict.INCONCLUSIVE, "", upper, gate.at_most, judged, gate.minimum_sample)
    uncounted = shadows.noisy + shadows.ignored + shadows.old_failed
    left_out = _left_out(shadows)
    if not judged:
        lost = f" {shadows.unanswered:,} could not be compared." if shadows.unanswered else ""
        return found._replace(text=f"No read has been compared yet.{left_out}{lost}", value=None)
    what = (
        f"{_rate(hits, 'compared read')} differ; the rate is at most {_percent(upper)}, "
        f"{_percent(gate.at_most)} allowed.{left_out}"
    )
    if bounds(*hits, 2 * ALPHA).lower > gate.at_most:
        return found._replace(verdict=Verdict.FAILED, text=f"Too many: {what}")
    broken = _broken_route(gate, shadows)
    if broken:
        return found._replace(verdict=Verdict.FAILED, text=f"{broken} {what}")
    tried = judged + uncounted + shadows.unanswered
    if shadows.unanswered > gate.unanswered * tried:
        lost = f"{shadows.unanswered:,} of {_count(tried, 'read')} could not be compared."
        return found._replace(text=f"{what} {lost}")
    return _passed_or_missing(found, what, "compared read")


def _left_out(shadows: Shadows) -> str:
    """The sentences about reads that say nothing for or against the new board."""
    uncounted = shadows.noisy + shadows.ignored
    text = ""
    if shadows.old_failed:
        text = f" The old board failed {_count(shadows.old_failed, 'more read')}."
    if uncounted:
        text += (
            f" {_count(uncounted, 'read')} more do not count: the old board differs from itself on "
            f"{shadows.noisy:,}, an ignore rule applies to {shadows.ignored:,}."
        )
    if shadows.dropped:
        text += f" {_count(shadows.dropped, 'read')} more came too fast to be compared."
    return text


def _broken_route(gate: ShadowGate, shadows: Shadows) -> str:
    """The finding about the first route that differs too often; empty if none does."""
    alpha = 2 * ALPHA / max(1, len(shadows.routes))
    for one in shadows.routes:
        hits = (one.different, one.compared)
        if bounds(*hits, alpha).lower > gate.route_at_most:
            allowed = _percent(gate.route_at_most)
            return f"Too many on {one.route}: {_rate(hits, 'read')} differ, {allowed} allowed."
    return ""


def judge_freshness(gate: FreshnessGate, evidence: Evidence) -> Finding:
    """Whether the new board's data is recent, and not behind the old board's."""
    new, old = evidence.new_data_at, evidence.old_data_at
    missing = [name for name, at in (("new", new), ("old", old)) if not _is_time(at)]
    if new is None or old is None or missing:
        text = f"Not measured: {_unsaid(missing, evidence.silent)}."
        if "old" in missing and "old" not in evidence.silent:
            text += " [takeover] old_data must be a URL of the old board that sends Last-Modified."
        return Finding(Verdict.INCONCLUSIVE, text, None, gate.hours, 0, 1)
    age, behind = (evidence.at - new) / 3600, (old - new) / 3600
    text = f"The new board's data is {age:.1f} h old ({gate.hours:g} h allowed)"
    text += f" and {behind:.1f} h older" if behind > 0 else " and not older"
    text += f" than the old board's ({gate.behind:g} h allowed)."
    failed = age > gate.hours or behind > gate.behind
    return Finding(Verdict.FAILED if failed else Verdict.PASSED, text, age, gate.hours, 1, 1)


def _unsaid(sides: Sequence[str], silent: Sequence[str]) -> str:
    """Why it is not known when the data of these sides was made."""
    dead = [f"the {one} board does not answer" for one in sides if one in silent]
    mute = [one for one in sides if one not in silent]
    if len(mute) > 1:
        return "neither board says when its data was made"
    return ", and ".join(
        dead + [f"the {one} board does not say when its data was made" for one in mute]
    )


def _is_time(at: float | None) -> bool:
    return at is not None and math.isfinite(at)


def judge_checked(gate: GateSettings, evidence: Evidence) -> Finding:
    """What the last run of a check outside the traffic found."""
    return _checked(gate, evidence, "The check has not run yet.")


def _checked(gate: GateSettings, evidence: Evidence, missing: str) -> Finding:
    found = evidence.checks.get(gate.name)
    if found is None:
        return Finding(Verdict.INCONCLUSIVE, missing)
    value = found.value
    if value is not None and not math.isfinite(value):
        text = f"Not a number: {found.text}"
        return Finding(Verdict.INCONCLUSIVE, text, None, found.limit, found.sample)
    return Finding(found.verdict, found.text, value, found.limit, found.sample)


# --- words ----------------------------------------------------------------------------------------


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _rate(hits: tuple[int, int], noun: str) -> str:
    share = _percent(hits[0] / hits[1])
    return f"{hits[0]:,} of {_count(hits[1], noun)} ({share})"


def _percent(rate: float) -> str:
    return f"{100 * rate:.2f} %"


def _points(rate: float) -> str:
    return f"{100 * rate:.2f} percentage points"
