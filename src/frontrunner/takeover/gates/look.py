"""Look at all gates at once: evidence to one reading for each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
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
from frontrunner.takeover.evidence.facts import Evidence
from frontrunner.takeover.gates import judges
from frontrunner.takeover.gates.judges import Finding
from frontrunner.takeover.records import Reading

RAISED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a judge with a mistake in it may raise: an error of that gate, not of the controller."""
log = logging.getLogger("frontrunner.takeover")

_COUNTED = (ShareGate, SuccessGate, SlownessGate, FeedbackGate)
"""Kinds that judge counts from the log of requests."""


def look(
    gates: Sequence[GateSettings], evidence: Evidence, unarmed: Mapping[str, str] | None = None
) -> tuple[Reading, ...]:
    """What every gate says, in the order of `gates`; none is left out.

    `unarmed` has, by name, why a gate could not be proved (see `prove`): it neither passes nor
    fails. If visitors are not split as asked, the gates that compare both sides do not judge.
    """
    readings = {
        gate.name: _reading(gate, evidence, unarmed or {})
        for gate in sorted(gates, key=lambda gate: not isinstance(gate, ShareGate))
    }
    broken = [
        gate.name
        for gate in gates
        if isinstance(gate, ShareGate)
        and not gate.dry_run
        and readings[gate.name].verdict is Verdict.FAILED
    ]
    return tuple(
        _not_judged(readings[gate.name], broken[0])
        if broken and isinstance(gate, _COUNTED) and not isinstance(gate, ShareGate)
        else readings[gate.name]
        for gate in gates
    )


_JUDGES: dict[type, Callable[[Any, Evidence], Finding]] = {
    ShareGate: judges.judge_share,
    SuccessGate: judges.judge_success,
    SlownessGate: judges.judge_slowness,
    ShadowGate: judges.judge_shadow,
    FreshnessGate: judges.judge_freshness,
    FeedbackGate: judges.judge_feedback,
    ManualGate: judges.judge_manual,
}
"""The kinds that judge evidence; all others report what their check found."""


def judge(gate: GateSettings, evidence: Evidence) -> Finding:
    """The finding of one gate, whether it is armed or not."""
    return _JUDGES.get(type(gate), judges.judge_checked)(gate, evidence)


def _reading(gate: GateSettings, evidence: Evidence, unarmed: Mapping[str, str]) -> Reading:
    try:
        found = judge(gate, evidence)
    except RAISED as error:
        log.exception("gate %s failed to judge", gate.name)
        found = Finding(Verdict.ERROR, f"The gate could not judge: {error!r}. See the log.")
    if evidence.problem and found.verdict is Verdict.PASSED and isinstance(gate, _COUNTED):
        text = f"Not judged on these counts: {evidence.problem} It measured: {found.text}"
        found = found._replace(verdict=Verdict.INCONCLUSIVE, text=text)
    if evidence.lost and found.verdict is Verdict.INCONCLUSIVE and isinstance(gate, _COUNTED):
        found = found._replace(text=f"{found.text} Earlier counts were lost: {evidence.lost}")
    if evidence.unknown and isinstance(gate, _COUNTED):
        found = found._replace(text=f"{found.text} {evidence.unknown}")
    reason = unarmed.get(gate.name)
    if reason is not None and found.verdict in (Verdict.PASSED, Verdict.FAILED):
        found = found._replace(
            verdict=Verdict.INCONCLUSIVE, text=f"Not armed: {reason} It measured: {found.text}"
        )
    return Reading(
        gate=gate.name,
        verdict=found.verdict,
        text=found.text,
        value=found.value,
        limit=found.limit,
        sample=found.sample,
        wanted=found.wanted,
        armed=reason is None,
        dry_run=gate.dry_run,
    )


def _not_judged(reading: Reading, share: str) -> Reading:
    return msgspec.structs.replace(
        reading,
        verdict=Verdict.INCONCLUSIVE,
        text=f"Not judged, because gate {share} failed: visitors are not split as asked.",
    )
