"""What each kind of gate makes of its evidence."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.base.gate_settings import (
    BUILT_IN,
    FeedbackGate,
    FreshnessGate,
    GateSettings,
    ManualGate,
    QuotaGate,
    ShadowGate,
    ShareGate,
    SlownessGate,
    SuccessGate,
)
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.evidence.facts import (
    Checked,
    Evidence,
    RouteShadows,
    Shadows,
    SideCounts,
    Split,
)
from frontrunner.takeover.evidence.sequential import Regression, added
from frontrunner.takeover.gates.judges import Finding
from frontrunner.takeover.gates.look import judge
from frontrunner.takeover.stages import FULL

P, F, I = Verdict.PASSED, Verdict.FAILED, Verdict.INCONCLUSIVE  # noqa: E741
SUCCESS, SLOWNESS = SuccessGate(name="success"), SlownessGate(name="slowness")


def facts(**known: Any) -> Evidence:
    return Evidence(**({"at": 1e9, "since": 0.0} | known))


def counted(new: tuple[int, int], old: tuple[int, int], share: int = 5000, **more: Any) -> Evidence:
    """Units and failures of both boards in one stretch; as many timed pages and slow ones."""
    sides = [SideCounts(units=n, failed=k, timed=n, slow=k) for n, k in (new, old)]
    seen = added(Regression(), new[0], old[0], new[1], old[1])
    return facts(
        new=sides[0], old=sides[1], failing=seen, slowing=seen, slow_over_ms=250.0,
        split=Split(share=share), **more,
    )  # fmt: skip


# --- share ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("split", "verdict", "said"),
    [
        (Split(share=5000), I, "No visitor has been seen"),
        (Split(share=5000, old=30, new=30), I, "40 buckets more are needed"),
        (Split(share=5000, old=60, new=45), P, "split as asked: 45 buckets of 105"),
        (Split(share=5000, old=300, new=150), F, "not split as asked"),
        (Split(share=100, old=990, new=10), P, "1.00 % asked"),
        (Split(share=100, old=990, new=60), F, "not split as asked"),
        (Split(share=0, old=500), P, "0.00 % asked"),
        (Split(share=0, old=500, new=1), F, "not split as asked"),
        (Split(share=FULL, new=500), P, "100.00 % asked"),
        (Split(share=FULL, new=500, old=1), F, "not split as asked"),
        (Split(share=5000, old=60, new=45, wrong=1), F, "1 request reached another board"),
        (Split(share=5000, old=1, wrong=1), F, "1 request reached another board"),
    ],
)
def test_share(split: Split, verdict: Verdict, said: str) -> None:
    found = judge(ShareGate(name="share"), facts(split=split))
    assert found.verdict is verdict
    assert said in found.text
    assert (found.sample, found.wanted) == (split.old + split.new, 100)


def test_a_share_may_allow_some_wrong_requests() -> None:
    split = Split(share=5000, old=60, new=45, wrong=2)
    assert judge(ShareGate(name="share", wrong=2), facts(split=split)).verdict is P


# --- success and slowness -------------------------------------------------------------------------


@pytest.mark.parametrize("gate", [SUCCESS, SLOWNESS])
@pytest.mark.parametrize(
    ("new", "old", "verdict", "said"),
    [
        ((0, 0), (500, 2), I, "of the new board was measured"),
        ((500, 2), (0, 0), I, "of the old board was measured"),
        ((150, 0), (9000, 0), I, "50 "),
        ((1000, 5), (1000, 5), P, "the difference is at most"),
        ((1000, 0), (1000, 5), P, "the difference is at most"),
        ((200, 4), (200, 4), I, "More evidence is needed"),
        ((1000, 200), (1000, 5), F, "Proven worse: 200 of 1,000"),
        ((40, 30), (9000, 5), F, "Proven worse: 30 of 40"),
    ],
)
def test_new_against_old(
    gate: GateSettings, new: tuple[int, int], old: tuple[int, int], verdict: Verdict, said: str
) -> None:
    found = judge(gate, counted(new, old))
    assert (found.verdict, found.sample) == (verdict, min(new[0], old[0]))
    assert said in found.text


def test_a_proven_difference_that_is_tolerated_does_not_fail() -> None:
    many = counted((1_000_000, 3000), (1_000_000, 1000))
    assert many.failing.log_e > 100
    assert judge(SUCCESS, many).verdict is P
    strict = SuccessGate(name="success", tolerated=0.001)
    assert judge(strict, many).verdict is F


def test_a_better_side_never_fails() -> None:
    found = judge(SUCCESS, counted((1000, 0), (1000, 300)))
    assert found.verdict is P


@pytest.mark.parametrize("gate", [SUCCESS, SLOWNESS])
@pytest.mark.parametrize(
    ("new", "verdict", "said"),
    [
        ((0, 0), I, "was measured"),
        ((199, 0), I, "1 "),
        ((5000, 5), P, "the rate is at most"),
        ((300, 90), F, "Too many: 90 of 300"),
    ],
)
def test_without_an_old_side_the_new_one_is_held_against_a_limit(
    gate: GateSettings, new: tuple[int, int], verdict: Verdict, said: str
) -> None:
    found = judge(gate, counted(new, (0, 0), FULL))
    assert found.verdict is verdict
    assert said in found.text


def test_slowness_needs_the_old_sides_time() -> None:
    unknown = msgspec.structs.replace(counted((1000, 0), (1000, 0)), slow_over_ms=None)
    found = judge(SLOWNESS, unknown)
    assert found.verdict is I
    assert "not known yet" in found.text
    assert "slower than 250 ms" in judge(SLOWNESS, counted((1000, 0), (1000, 0))).text


# --- shadow ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shadows", "verdict", "said"),
    [
        (None, I, "No counts of compared reads"),
        (Shadows(), I, "No read has been compared"),
        (Shadows(same=499), I, "1 compared read more"),
        (Shadows(same=900, noisy=300, ignored=100), P, "0 of 900 compared reads"),
        (Shadows(same=100, noisy=600, ignored=9), I, "400 compared reads more"),
        (Shadows(noisy=600, ignored=9), I, "609 reads more do not count"),
        (Shadows(same=10, noisy=600, ignored=600, different=20), F, "Too many: 20 of 30"),
        (Shadows(same=490, different=10), I, "More evidence is needed"),
        (Shadows(same=950, different=50), F, "Too many: 50 of 1,000"),
        (Shadows(different=20), F, "Too many: 20 of 20"),
        (Shadows(same=1000, unanswered=300), I, "300 of 1,300 reads could not be compared"),
        (Shadows(unanswered=300), I, "No read has been compared yet. 300 could not be compared."),
        (Shadows(same=1000, dropped=9000), P, "9,000 reads more came too fast to be compared"),
        (Shadows(same=1000, old_failed=5000), P, "The old board failed 5,000 more reads."),
        (Shadows(old_failed=700), I, "The old board failed 700 more reads."),
        (Shadows(same=1000, unanswered=300, old_failed=700), P, "1,000 compared reads"),
        (Shadows(dropped=9000), I, "No read has been compared yet. 9,000 reads more came too fast"),
    ],
)
def test_shadow(shadows: Shadows | None, verdict: Verdict, said: str) -> None:
    found = judge(ShadowGate(name="shadow"), facts(shadows=shadows))
    assert found.verdict is verdict
    assert said in found.text


def test_one_broken_route_fails_although_few_reads_ask_for_it() -> None:
    def shadows(different: int, compared: int) -> Shadows:
        route = RouteShadows(route="/model/*", different=different, compared=compared)
        return Shadows(same=100_000, different=different, routes=(route,))

    gate = ShadowGate(name="shadow")
    found = judge(gate, facts(shadows=shadows(20, 20)))
    assert found.verdict is F
    assert "Too many on /model/*: 20 of 20 reads" in found.text
    assert judge(gate, facts(shadows=shadows(20, 2000))).verdict is P
    assert judge(gate, facts(shadows=shadows(1, 1))).verdict is P


# --- data and people ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "old", "verdict", "said"),
    [
        (None, None, I, "neither board says"),
        (1e9, None, I, "the old board does not say"),
        (None, 1e9, I, "the new board does not say"),
        (math.nan, 1e9, I, "the new board does not say"),
        (1e9 - 3600, 1e9 - 7200, P, "1.0 h old (72 h allowed) and not older"),
        (1e9 - 100 * 3600, 1e9 - 200 * 3600, F, "100.0 h old"),
        (1e9 - 30 * 3600, 1e9, F, "30.0 h older"),
        (1e9 - 20 * 3600, 1e9, P, "20.0 h older"),
    ],
)
def test_freshness(new: float | None, old: float | None, verdict: Verdict, said: str) -> None:
    found = judge(FreshnessGate(name="f"), facts(new_data_at=new, old_data_at=old))
    assert found.verdict is verdict
    assert said in found.text


@pytest.mark.parametrize(
    ("new", "old", "silent", "said"),
    [
        (None, 1e9, ("new",), "Not measured: the new board does not answer."),
        (1e9, None, ("old",), "Not measured: the old board does not answer."),
        (
            None,
            None,
            ("new",),
            "the new board does not answer, and the old board does not say when",
        ),
        (
            None,
            None,
            ("old", "new"),
            "new board does not answer, and the old board does not answer.",
        ),
    ],
)
def test_a_dead_board_is_not_one_that_forgot_to_say(
    new: float | None, old: float | None, silent: tuple[str, ...], said: str
) -> None:
    evidence = facts(new_data_at=new, old_data_at=old, silent=silent)
    found = judge(FreshnessGate(name="f"), evidence)
    assert found.verdict is I
    assert said in found.text


@pytest.mark.parametrize(
    ("complaints", "visitors", "approved", "verdict", "said"),
    [
        (None, 1000, True, I, "are being counted"),
        (None, 1000, False, F, "Rejected"),
        (0, 0, True, I, "200 visitors more"),
        (0, 199, True, I, "1 visitor more"),
        (1, 1000, None, I, "must read the messages and approve"),
        (1, 1000, True, P, "1 message of 1,000 visitors"),
        (1, 1000, False, F, "Rejected"),
        (1, 10, False, F, "Rejected"),
        (200, 1000, True, F, "Too many complain"),
        (50, 20, None, F, "Too many complain"),
    ],
)
def test_feedback(
    complaints: int | None, visitors: int, approved: bool | None, verdict: Verdict, said: str
) -> None:
    answers = {} if approved is None else {"feedback": approved}
    known = facts(complaints=complaints, visitors=visitors, approved=answers)
    found = judge(FeedbackGate(name="feedback"), known)
    assert found.verdict is verdict
    assert said in found.text


def test_feedback_says_why_it_is_not_known() -> None:
    why = "The messages of visitors could not be read: no database"
    found = judge(FeedbackGate(name="feedback"), facts(complaints_unknown=why))
    assert (found.verdict, found.text) == (I, why)


def test_feedback_may_do_without_a_person() -> None:
    gate = FeedbackGate(name="feedback", human=False)
    assert judge(gate, facts(complaints=1, visitors=1000)).verdict is P


def test_manual() -> None:
    gate = ManualGate(name="person", text="Read the front page.")
    assert judge(gate, facts()).text == "Waits for an operator's approval: Read the front page."
    assert judge(gate, facts(approved={"other": True})).verdict is I
    assert judge(gate, facts(approved={"person": True})).verdict is P
    assert judge(gate, facts(approved={"person": False})).verdict is F


# --- checks ---------------------------------------------------------------------------------------


def test_a_check_is_reported_as_it_is() -> None:
    checked = Checked(verdict=F, text="Too warm.", at=1.0, value=3.0, limit=2.0, sample=7)
    found = judge(BUILT_IN[4], facts(checks={"parity": checked}))
    assert found == Finding(F, "Too warm.", 3.0, 2.0, 7)
    assert judge(BUILT_IN[4], facts()).text == "The check has not run yet."
    assert judge(QuotaGate(name="quota"), facts()).text == "The check has not run yet."


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_check_without_a_finite_number_does_not_pass(value: float) -> None:
    checked = Checked(verdict=P, text="Fine.", at=1.0, value=value)
    assert judge(BUILT_IN[4], facts(checks={"parity": checked})).verdict is I


# --- laws -----------------------------------------------------------------------------------------

counts = st.integers(0, 3000)


@given(counts, counts, counts, counts, st.sampled_from([0, 100, 5000, FULL]))
def test_no_gate_on_counts_passes_below_its_minimum(
    new: int, old: int, new_hits: int, old_hits: int, share: int
) -> None:
    sides = (new, min(new, new_hits)), (old, min(old, old_hits))
    for gate in (SUCCESS, SLOWNESS):
        found = judge(gate, counted(*sides, share))
        assert found.text
        if found.verdict is P:
            assert found.sample >= gate.minimum_sample
            assert found.value is not None
            assert found.limit is not None
            assert found.value < found.limit


@given(counts, counts, st.integers(1, 3000))
def test_one_more_failure_of_the_new_side_never_makes_a_gate_pass(
    new_hits: int, old_hits: int, units: int
) -> None:
    new_hits, old_hits = min(new_hits, units), min(old_hits, units)
    fewer = judge(SUCCESS, counted((units, new_hits), (units, old_hits)))
    more = judge(SUCCESS, counted((units + 1, new_hits + 1), (units, old_hits)))
    assert more.verdict is not P or fewer.verdict is P or units < SUCCESS.minimum_sample
