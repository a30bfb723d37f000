"""Prove, before a gate is trusted, that it can fail: evidence of a fault is put before it.

A gate that does not fail on the worst evidence of its kind, or that fails on good evidence, is
not armed: it is measured and shown, and never passes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

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
from frontrunner.takeover.evidence.facts import (
    Checked,
    Evidence,
    Shadows,
    SideCounts,
    Split,
)
from frontrunner.takeover.evidence.sequential import Regression, added
from frontrunner.takeover.gates.look import RAISED, judge
from frontrunner.takeover.stages import FULL

_AT = 1_000_000_000.0
_MANY = 10
_FAILED, _PASSED = Verdict.FAILED, Verdict.PASSED


def prove(gates: Sequence[GateSettings]) -> dict[str, str]:
    """Why a gate is not armed, by name; empty if all of them are.

    Judges alone are proved here. `Checks.prove` does the same for checks outside the traffic.
    """
    found = {gate.name: _reason(gate) for gate in gates}
    return {name: reason for name, reason in found.items() if reason}


def _reason(gate: GateSettings) -> str:
    bad, good = _INJECTED.get(type(gate), _of_check)(gate)
    for evidence, wanted in (*((one, _FAILED) for one in bad), *((one, _PASSED) for one in good)):
        try:
            verdict = judge(gate, evidence).verdict
        except RAISED as error:
            return f"It raised {error!r} on injected evidence."
        if verdict is not wanted:
            what = "a fault" if wanted is _FAILED else "no fault"
            return f"It is {verdict} on injected evidence of {what}."
    return ""


# --- evidence to inject ---------------------------------------------------------------------------

_Injected = tuple[list[Evidence], list[Evidence]]
"""Evidence on which a gate has to fail, and evidence on which it has to pass."""


def _of_share(gate: ShareGate) -> _Injected:
    count = _MANY * gate.minimum_sample
    even = Split(share=FULL // 2, old=count, new=count)
    skewed = msgspec.structs.replace(even, new=0)
    wrong = msgspec.structs.replace(even, wrong=gate.wrong + 1)
    return [_known(split=skewed), _known(split=wrong)], [_known(split=even)]


def _of_comparison(gate: SuccessGate | SlownessGate) -> _Injected:
    count = _enough(gate.minimum_sample, min(gate.margin, gate.at_most))
    shares = (FULL // 2, FULL)
    return [_compared(count, count, share) for share in shares], [
        _compared(count, 0, share) for share in shares
    ]


def _compared(count: int, hits: int, share: int) -> Evidence:
    """The old side has no hits, and no units either if nobody is left there."""
    old = SideCounts() if share == FULL else SideCounts(units=count, timed=count)
    new = SideCounts(units=count, failed=hits, timed=count, slow=hits)
    seen = added(Regression(), count, old.units, hits, 0)
    return _known(
        old=old,
        new=new,
        failing=seen,
        slowing=seen,
        slow_over_ms=100.0,
        split=Split(share=share),
    )


def _of_shadow(gate: ShadowGate) -> _Injected:
    count = _enough(gate.minimum_sample, gate.at_most)
    return [_known(shadows=Shadows(different=count))], [_known(shadows=Shadows(same=count))]


def _of_freshness(gate: FreshnessGate) -> _Injected:
    fresh = _known(new_data_at=_AT, old_data_at=_AT)
    stale = _known(new_data_at=_AT - 3600 * (gate.hours + 1), old_data_at=0.0)
    behind = _known(new_data_at=_AT, old_data_at=_AT + 3600 * (gate.behind + 1))
    return [stale, behind], [fresh]


def _of_feedback(gate: FeedbackGate) -> _Injected:
    count = _enough(gate.minimum_sample, gate.at_most)
    calm = _known(complaints=0, visitors=count, approved={gate.name: True})
    angry = msgspec.structs.replace(calm, complaints=count)
    rejected = msgspec.structs.replace(calm, approved={gate.name: False})
    return [angry, rejected], [calm]


def _of_manual(gate: ManualGate) -> _Injected:
    return [_known(approved={gate.name: False})], [_known(approved={gate.name: True})]


def _of_check(gate: GateSettings) -> _Injected:
    bad, good = (Checked(verdict=one, text="Injected.", at=_AT) for one in (_FAILED, _PASSED))
    return [_known(checks={gate.name: bad})], [_known(checks={gate.name: good})]


_INJECTED: dict[type, Callable[[Any], _Injected]] = {
    ShareGate: _of_share,
    SuccessGate: _of_comparison,
    SlownessGate: _of_comparison,
    ShadowGate: _of_shadow,
    FreshnessGate: _of_freshness,
    FeedbackGate: _of_feedback,
    ManualGate: _of_manual,
}


def _known(**facts: object) -> Evidence:
    return msgspec.structs.replace(Evidence(at=_AT, since=_AT - 86_400), **facts)


def _enough(minimum: int, limit: float) -> int:
    """Units that bring a bound under `limit` with no hits, and over it with only hits."""
    return int(_MANY * (minimum + 10 / limit + 10 / (1 - limit)))
