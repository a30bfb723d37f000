"""All gates are looked at, and all of them are reported."""

from __future__ import annotations

import pytest

from frontrunner.base.gate_settings import BUILT_IN, ManualGate, ShadowGate, ShareGate, SuccessGate
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.evidence.facts import Evidence, Split
from frontrunner.takeover.gates import look as looking
from frontrunner.takeover.gates.judges import Finding
from frontrunner.takeover.gates.look import look

NOTHING = Evidence(at=1.0, since=0.0)
WRONG = Split(old=500, new=500, share=5000, wrong=3)


def test_no_evidence_is_inconclusive_and_says_what_is_missing() -> None:
    gates = (*BUILT_IN, ManualGate(name="manual"))
    readings = look(gates, NOTHING)
    assert [one.gate for one in readings] == [gate.name for gate in gates]
    assert {one.verdict for one in readings} == {Verdict.INCONCLUSIVE}
    assert all(one.text for one in readings)


def test_a_gate_that_raises_is_an_error_and_the_others_are_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(gate: ShareGate, evidence: Evidence) -> Finding:
        raise KeyError("missing")

    monkeypatch.setitem(looking._JUDGES, ShareGate, broken)
    share, manual = look(
        [ShareGate(name="share"), ManualGate(name="manual")],
        Evidence(at=1.0, since=0.0, approved={"manual": True}),
    )
    assert share.verdict is Verdict.ERROR
    assert "missing" in share.text
    assert manual.verdict is Verdict.PASSED


def test_a_wrong_share_stops_the_comparison() -> None:
    gates = [*reversed(BUILT_IN)]
    by_name = {one.gate: one for one in look(gates, Evidence(at=1.0, since=0.0, split=WRONG))}
    assert list(by_name) == [gate.name for gate in gates]
    assert by_name["share"].verdict is Verdict.FAILED
    for name in ("feedback", "slowness", "success"):
        assert by_name[name].verdict is Verdict.INCONCLUSIVE
        assert "Not judged, because gate share failed" in by_name[name].text
    assert "Not judged" not in by_name["shadow"].text


def test_what_is_missing_in_the_counts_is_said_whatever_they_show() -> None:
    evidence = Evidence(at=0, since=0, unknown="A container restarted.")
    texts = {one.gate: one.text for one in look((SuccessGate(name="success"),), evidence)}
    assert texts["success"].endswith(" A container restarted.")
    shadow = ShadowGate(name="shadow")
    [other] = look((shadow,), evidence)
    assert "container" not in other.text


def test_a_dry_run_stops_nothing() -> None:
    share, success = look(
        [ShareGate(name="share", dry_run=True), SuccessGate(name="success")],
        Evidence(at=1.0, since=0.0, split=WRONG),
    )
    assert (share.verdict, share.dry_run) == (Verdict.FAILED, True)
    assert "Not judged" not in success.text
