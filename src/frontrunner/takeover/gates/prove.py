"""Prove, before a gate is trusted, that it can fail: evidence of a fault is put before it.

A gate that does not fail on the worst evidence of its kind, or that fails on good evidence, is
not armed: it is measured and shown, and never passes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from frontrunner.base.errors import FrontrunnerError
from frontrunner.base.gate_settings import (
    ContractGate,
    EngagementGate,
    FeedbackGate,
    FreshnessGate,
    GateSettings,
    LinksGate,
    ManualGate,
    ParityGate,
    PrometheusGate,
    QuotaGate,
    ShadowGate,
    ShareGate,
    SlownessGate,
    SuccessGate,
    WebhookGate,
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
from frontrunner.takeover.gates.asking import judged_query, judged_webhook
from frontrunner.takeover.gates.look import RAISED, judge
from frontrunner.takeover.gates.on_boards import WHY_NOT
from frontrunner.takeover.gates.outside import why_not_set_up
from frontrunner.takeover.stages import FULL

_AT = 1_000_000_000.0
_MANY = 10
_FAILED, _PASSED = Verdict.FAILED, Verdict.PASSED


def prove(gates: Sequence[GateSettings]) -> dict[str, str]:
    """Why a gate is not armed, by name; empty if all of them are.

    For a check outside the traffic, a fault is put before the check itself: a board without
    anything, values that break the limits. Nothing is asked over the network for it.
    """
    found = {gate.name: _reason(gate) for gate in gates}
    return {name: reason for name, reason in found.items() if reason}


def _reason(gate: GateSettings) -> str:
    try:
        return _reason_of_check(gate) or _reason_of_judge(gate)
    except FrontrunnerError as error:
        return str(error)
    except RAISED as error:
        return f"It raised {error!r} on injected evidence."


def _reason_of_judge(gate: GateSettings) -> str:
    bad, good = _INJECTED.get(type(gate), _of_check)(gate)
    for evidence, wanted in (*((one, _FAILED) for one in bad), *((one, _PASSED) for one in good)):
        reason = _unlike(judge(gate, evidence).verdict, wanted)
        if reason:
            return reason
    return ""


def _reason_of_check(gate: GateSettings) -> str:
    match gate:
        case WebhookGate():
            return _reason_of_webhook(gate)
        case PrometheusGate():
            return _reason_of_query(gate)
        case EngagementGate() | QuotaGate():
            return _reason_of_hub(gate)
        case ParityGate() | ContractGate() | LinksGate():
            unset = why_not_set_up(gate)
            return unset or WHY_NOT[type(gate)](gate)
    return ""


def _reason_of_webhook(gate: WebhookGate) -> str:
    for wanted in (_FAILED, _PASSED):
        body = msgspec.json.encode({"verdict": wanted, "text": "Injected."})
        reason = _unlike(judged_webhook(gate, body, _AT).verdict, wanted)
        if reason:
            return reason
    return ""


def _reason_of_hub(gate: EngagementGate | QuotaGate) -> str:
    from frontrunner.takeover.gates import on_hub  # noqa: PLC0415 -- needs an extra

    if isinstance(gate, QuotaGate):
        return on_hub.why_quota_cannot_fail(gate)
    return on_hub.why_engagement_cannot_fail(gate)


def _reason_of_query(gate: PrometheusGate) -> str:
    """Values beyond each limit, and at it."""
    limits = [one for one in (gate.at_least, gate.at_most) if one is not None]
    beyond = [] if gate.at_least is None else [math.nextafter(gate.at_least, -math.inf)]
    beyond += [] if gate.at_most is None else [math.nextafter(gate.at_most, math.inf)]
    for value, wanted in (*((one, _FAILED) for one in beyond), *((o, _PASSED) for o in limits)):
        sample = {"metric": {}, "value": [_AT, repr(value)]}
        data = {"resultType": "vector", "result": [sample]}
        body = msgspec.json.encode({"status": "success", "data": data})
        reason = _unlike(judged_query(gate, body, _AT).verdict, wanted)
        if reason:
            return reason
    return ""


def _unlike(verdict: Verdict, wanted: Verdict) -> str:
    if verdict is wanted:
        return ""
    what = "a fault" if wanted is _FAILED else "no fault"
    return f"It is {verdict} on injected evidence of {what}."


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
    """The old side has no hits, and no units either at a share of 100%."""
    old = SideCounts() if share == FULL else SideCounts(units=count, timed=count)
    new = SideCounts(units=count, failed=hits, timed=count, slow=hits)
    seen = added(Regression(), _MANY, _MANY, _MANY, 0) if hits and old.units else Regression()
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
