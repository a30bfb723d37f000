"""What a plan says of the evidence that a gate needs is what the gate then needs."""

from __future__ import annotations

import msgspec
import pytest

from frontrunner.base.gate_settings import (
    BUILT_IN,
    FeedbackGate,
    FreshnessGate,
    ManualGate,
    ShadowGate,
    SlownessGate,
    SuccessGate,
)
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.evidence.facts import Evidence, Shadows, SideCounts, Split
from frontrunner.takeover.gates.enough import enough
from frontrunner.takeover.gates.look import judge
from frontrunner.takeover.stages import FULL


def even(gate: SuccessGate | SlownessGate, share: int, new: int) -> Evidence:
    """Both sides fail 0.5 % and are slow on 5 %."""
    old = 0 if share == FULL else round(new * (FULL - share) / share)

    def side(units: int) -> SideCounts:
        failed, slow = round(0.005 * units), round(0.05 * units)
        return SideCounts(units=units, failed=failed, timed=units, slow=slow)

    split = Split(share=share, new=new, old=old)
    return Evidence(at=1.0, since=0.0, new=side(new), old=side(old), split=split, slow_over_ms=1.0)


@pytest.mark.parametrize("share", [100, 500, 2500, 5000, 9000, 10_000])
@pytest.mark.parametrize("gate", [SuccessGate(name="one"), SlownessGate(name="one")])
def test_a_comparison_passes_from_there_on(gate: SuccessGate | SlownessGate, share: int) -> None:
    needed = enough(gate, share)
    assert judge(gate, even(gate, share, needed)).verdict is Verdict.PASSED
    assert judge(gate, even(gate, share, needed - 1)).verdict is Verdict.INCONCLUSIVE
    assert judge(gate, even(gate, share, 3 * needed)).verdict is Verdict.PASSED


def test_a_smaller_margin_needs_more() -> None:
    margins = [0.005, 0.01, 0.02, 0.05]
    needed = [enough(SuccessGate(name="one", margin=margin), 500) for margin in margins]
    assert needed == sorted(needed, reverse=True)
    assert len(set(needed)) == len(needed)


def test_no_share_or_a_limit_below_what_is_usual_is_never_enough() -> None:
    assert enough(SuccessGate(name="one"), 0) > 10**8
    assert enough(SuccessGate(name="one", at_most=0.004), FULL) > 10**8


@pytest.mark.parametrize("limit", [0.001, 0.01, 0.2])
def test_reads_without_a_difference_and_visitors_without_a_complaint(limit: float) -> None:
    shadow, feedback = (
        ShadowGate(name="one", at_most=limit),
        FeedbackGate(name="one", at_most=limit),
    )
    plain = Evidence(at=1.0, since=0.0, complaints=0, approved={"one": True})
    for more, verdict in ((-1, Verdict.INCONCLUSIVE), (0, Verdict.PASSED)):
        same = Shadows(same=enough(shadow, 0) + more)
        assert judge(shadow, msgspec.structs.replace(plain, shadows=same)).verdict is verdict
        visitors = enough(feedback, 100) + more
        assert judge(feedback, msgspec.structs.replace(plain, visitors=visitors)).verdict is verdict


def test_gates_whose_evidence_does_not_grow_with_traffic() -> None:
    assert enough(ManualGate(name="one"), 100) == enough(FreshnessGate(name="one"), 100) == 0
    assert enough(BUILT_IN[0], 100) == 100
