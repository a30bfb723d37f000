"""A gate is trusted only after it failed on injected evidence."""

from __future__ import annotations

import pytest

from frontrunner.base.gate_settings import (
    BUILT_IN,
    OUTSIDE,
    ContractGate,
    EngagementGate,
    GateSettings,
    LinksGate,
    ManualGate,
    ParityGate,
    PrometheusGate,
    QuotaGate,
    SlownessGate,
    SuccessGate,
    WebhookGate,
)
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.evidence.facts import Evidence
from frontrunner.takeover.gates import look as looking
from frontrunner.takeover.gates.judges import Finding
from frontrunner.takeover.gates.look import look
from frontrunner.takeover.gates.prove import prove

EVERY_KIND: tuple[GateSettings, ...] = (
    *(gate for gate in BUILT_IN if not isinstance(gate, OUTSIDE)),
    ManualGate(name="manual"),
    EngagementGate(name="engagement"),
    QuotaGate(name="quota"),
    WebhookGate(name="webhook", url="http://host/"),
    PrometheusGate(name="query", url="http://host", query="up", at_least=0.5, at_most=1.0),
)


def test_every_kind_is_armed() -> None:
    assert prove(EVERY_KIND) == {}


@pytest.mark.parametrize("kind", [SuccessGate, SlownessGate])
@pytest.mark.parametrize("margin", [0.0005, 0.002, 0.02, 0.3])
def test_usual_limits_can_fail(kind: type[SuccessGate | SlownessGate], margin: float) -> None:
    assert prove([kind(name="one", margin=margin, at_most=margin)]) == {}


def test_a_gate_that_cannot_fail_is_not_armed_and_never_passes() -> None:
    lax = SuccessGate(name="lax", margin=0.999, at_most=0.999, minimum_sample=1)
    unarmed = prove([lax, ManualGate(name="manual")])
    assert list(unarmed) == ["lax"]
    assert "fault" in unarmed["lax"]
    [reading] = look([ManualGate(name="m")], Evidence(at=1.0, since=0.0, approved={"m": True}))
    assert (reading.verdict, reading.armed) == (Verdict.PASSED, True)
    [reading] = look(
        [ManualGate(name="m")],
        Evidence(at=1.0, since=0.0, approved={"m": True}),
        {"m": "It cannot fail."},
    )
    assert (reading.verdict, reading.armed) == (Verdict.INCONCLUSIVE, False)
    assert "Not armed: It cannot fail." in reading.text


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_judge_that_always_says_the_same_is_not_armed(
    verdict: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    always = Finding(verdict, "Always.")
    monkeypatch.setitem(looking._JUDGES, ManualGate, lambda gate, evidence: always)
    assert list(prove([ManualGate(name="manual")])) == ["manual"]


def test_a_judge_that_raises_is_not_armed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(looking._JUDGES, ManualGate, lambda gate, evidence: 1 / 0)
    assert "ZeroDivisionError" in prove([ManualGate(name="manual")])["manual"]


NEED_A_FOLDER = (ParityGate, ContractGate, LinksGate)


@pytest.mark.parametrize("gate", [one for one in BUILT_IN if isinstance(one, NEED_A_FOLDER)])
def test_a_check_that_is_not_set_up_is_not_armed(gate: GateSettings) -> None:
    assert "Not set up" in prove([gate])[gate.name]


def test_limits_that_no_value_can_meet_are_not_armed() -> None:
    gate = PrometheusGate(name="query", url="http://host", query="up", at_least=2.0, at_most=1.0)
    assert "no fault" in prove([gate])["query"]
