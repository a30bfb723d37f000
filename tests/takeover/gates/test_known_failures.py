"""Failures that other rollout tools had, in their gates and their statistics: each a test here.

The numbers are those of the table in docs/invariants/users.md. Those of the controller are in
tests/takeover/test_known_failures.py.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from frontrunner.base.gate_settings import (
    BUILT_IN,
    ContractGate,
    FreshnessGate,
    GateSettings,
    ManualGate,
    PrometheusGate,
    ShadowGate,
    ShareGate,
    SlownessGate,
    SuccessGate,
    WebhookGate,
)
from frontrunner.checks.gates import Verdict
from frontrunner.gateway.render import Place
from frontrunner.takeover.evidence.collect import Analysis, Collector
from frontrunner.takeover.evidence.facts import Checked, Evidence, Shadows
from frontrunner.takeover.evidence.windows import Windows
from frontrunner.takeover.gates.asking import judged_query
from frontrunner.takeover.gates.look import look
from frontrunner.takeover.gates.on_boards import Boards
from frontrunner.takeover.gates.outside import Checks, Versions
from frontrunner.takeover.gates.prove import prove
from frontrunner.takeover.records import Reading
from tests.takeover.evidence.lines import BEGIN, at_once, encoded, request

SUCCESS, SLOWNESS = SuccessGate(name="success"), SlownessGate(name="slowness")
NOTHING = Evidence(at=BEGIN, since=BEGIN)


def traffic(
    new: float, old: float, *, minutes: int = 20, visitors: int = 100, share: int = 5000,
    **more: Any,
) -> Evidence:  # fmt: skip
    """Minutes of visitors, some of whom each side fails."""
    dice = random.Random(1)
    windows = Windows(share=share, seconds=60.0, begun=BEGIN, slow_over_ms=250.0)
    for minute in range(minutes):
        for visitor in range(visitors):
            bucket = 10_000 * visitor // visitors
            fails = dice.random() < (new if bucket < share else old)
            line = request(60 * minute + 2, bucket, share, status=500 if fails else 200, **more)
            windows.add(line)
    windows.end_before(BEGIN + 1e6)
    return evidence_of(windows)


def evidence_of(windows: Windows) -> Evidence:
    return msgspec.structs.replace(
        NOTHING,
        old=windows.old.counts(),
        new=windows.new.counts(),
        failing=windows.failing,
        slowing=windows.slowing,
        split=windows.split(),
        slow_over_ms=windows.slow_over_ms,
    )


def verdicts(gates: list[GateSettings], evidence: Evidence) -> dict[str, Verdict]:
    return {one.gate: one.verdict for one in look(gates, evidence)}


def success(evidence: Evidence, gate: SuccessGate = SUCCESS) -> Reading:
    [reading] = look([gate], evidence)
    return reading


def ended(checks: Checks, gate: GateSettings) -> Checked:
    for _ in range(6000):
        found = checks.poll([gate], Versions())
        if found:
            return found[gate.name]
        time.sleep(0.01)
    pytest.fail("the check did not end")


# --- 2, 7: waiting and new builds -----------------------------------------------------------------


def test_2_gates_are_judged_while_a_person_is_waited_for() -> None:
    """flagger#1801: while a rollout waited, failures passed the limit and nothing happened."""
    gates: list[GateSettings] = [ManualGate(name="person"), SUCCESS]
    found = verdicts(gates, traffic(new=0.2, old=0.0))
    assert found == {"person": Verdict.INCONCLUSIVE, "success": Verdict.FAILED}


@pytest.mark.parametrize("changed", [{"begun": BEGIN + 100}, {"old_code": "b"}])
def test_7_a_new_build_is_not_judged_on_the_counts_of_the_one_before(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    """flagger#30: a new revision kept the counts, and was promoted unvalidated."""
    now = [BEGIN]
    place = Place(tmp_path)
    file = tmp_path / "evidence.json"
    collector = Collector(place, file, clock=lambda: now[0], elapsed=at_once)
    analysis = Analysis(begun=BEGIN, share=5000, old_code="a")
    collector.follow(analysis)
    collector.look()
    lines = [request(60 * m + 2, 100 * n) for m in range(20) for n in range(100)]
    place.requests.write_bytes(encoded(*lines))
    now[0] = BEGIN + 2000
    assert success(collector.look()).verdict is Verdict.PASSED
    collector.follow(msgspec.structs.replace(analysis, **changed))
    reading = success(collector.look())
    assert (reading.verdict, reading.sample) == (Verdict.INCONCLUSIVE, 0)


# --- 13, 15: no evidence --------------------------------------------------------------------------


def test_13_no_traffic_is_neither_a_pass_nor_a_failure() -> None:
    """flagger#1035, #1353, #1098: no traffic was null or zero: halt, fail, or unclear."""
    quiet = {one.gate: one for one in look(BUILT_IN, NOTHING)}
    assert {one.verdict for one in quiet.values()} == {Verdict.INCONCLUSIVE}
    assert all(one.text for one in quiet.values())
    one_sided = traffic(new=0.0, old=0.0, share=0)
    assert success(one_sided).verdict is Verdict.INCONCLUSIVE
    assert "new board" in success(one_sided).text


@pytest.mark.parametrize("gate", BUILT_IN)
def test_15_too_little_evidence_is_inconclusive_and_says_how_much_is_missing(
    gate: GateSettings,
) -> None:
    """argo-rollouts#3850, #3873: an inconclusive analysis was promoted."""
    little = msgspec.structs.replace(
        traffic(new=0.0, old=0.0, minutes=1, visitors=20),
        shadows=Shadows(same=20), complaints=0, visitors=20, approved={"feedback": True},
    )  # fmt: skip
    [reading] = look([gate], little)
    assert reading.verdict is Verdict.INCONCLUSIVE
    assert any(word in reading.text for word in ("more are needed", "Not measured", "not run yet"))


# --- 14, 17, 18, 19, 20: checks -------------------------------------------------------------------


def test_14_a_gate_is_proved_able_to_fail_before_it_counts(tmp_path: Path) -> None:
    """flagger#1581: with a wrong metric name the check passed under every fault."""
    wrong_name = PrometheusGate(name="query", url="http://host", query="no_such", at_most=1.0)
    nothing = b'{"status": "success", "data": {"resultType": "vector", "result": []}}'
    assert judged_query(wrong_name, nothing, 0.0).verdict is Verdict.INCONCLUSIVE
    never = PrometheusGate(name="never", url="http://host", query="up", at_least=3.0, at_most=1.0)
    lax = SuccessGate(name="lax", margin=0.9999, at_most=0.9999)
    empty = ContractGate(name="empty", record=str(tmp_path))
    unarmed = prove([never, lax, empty, *BUILT_IN[:4]])
    assert set(unarmed) == {"never", "lax", "empty"}
    passing = {"never": Checked(verdict=Verdict.PASSED, text="0", at=0.0)}
    [reading] = look([never], msgspec.structs.replace(NOTHING, checks=passing), unarmed)
    assert (reading.verdict, reading.armed) == (Verdict.INCONCLUSIVE, False)


@pytest.mark.parametrize("code", ["1/0", "import os; os.abort()", "pass", "import no_such"])
def test_17_a_check_that_crashes_is_not_passed(code: str) -> None:
    """argo-rollouts#521, #4393, #3562: a check failed or never started, and counted as passed."""
    checks = Checks(Boards(home=""), (sys.executable, "-c", code))
    found = ended(checks, WebhookGate(name="hook", url="http://host/"))
    checks.close()
    assert found.verdict is Verdict.ERROR
    never_started = Checks(Boards(home=""), ("/no/such/program",))
    never_started.poll([WebhookGate(name="hook", url="http://host/")], Versions())
    found = ended(never_started, WebhookGate(name="hook", url="http://host/"))
    assert found.verdict is Verdict.ERROR


def test_18_every_gate_has_its_own_verdict_and_one_that_did_not_run_says_so() -> None:
    """argo-rollouts#2158: one metric failed, and the others were marked successful."""
    gates: list[GateSettings] = [SUCCESS, *BUILT_IN[3:7]]
    found = {one.gate: one for one in look(gates, traffic(new=0.3, old=0.0))}
    assert found["success"].verdict is Verdict.FAILED
    for name in ("shadow", "parity", "contract", "links"):
        assert found[name].verdict is Verdict.INCONCLUSIVE
    assert found["parity"].text == "The check has not run yet."


def test_19_an_empty_result_names_the_query() -> None:
    """argo-rollouts#1466: an empty result was an index error that aborted the rollout."""
    gate = PrometheusGate(name="query", url="http://host", query="errors:rate5m", at_most=1.0)
    for result in ("[]", "null"):
        body = f'{{"status": "success", "data": {{"resultType": "vector", "result": {result}}}}}'
        found = judged_query(gate, body.encode(), 0.0)
        assert found.verdict in (Verdict.INCONCLUSIVE, Verdict.ERROR)
        assert "index" not in found.text
    empty = b'{"status": "success", "data": {"resultType": "vector", "result": []}}'
    assert "'errors:rate5m' gives no series" in judged_query(gate, empty, 0.0).text


def test_20_a_source_of_evidence_that_is_lost_in_mid_step_holds(tmp_path: Path) -> None:
    """flagger#553, #664: the metrics server was looked at only at the start."""
    fine = traffic(new=0.0, old=0.0)
    assert success(fine).verdict is Verdict.PASSED
    lost = msgspec.structs.replace(fine, problem="requests.log: Permission denied.")
    assert success(lost).verdict is Verdict.INCONCLUSIVE
    assert "requests.log: Permission denied." in success(lost).text
    hook = WebhookGate(name="hook", url="http://host/", every=0.001)
    switch = tmp_path / "down"
    code = (
        f"import os\nassert not os.path.exists({str(switch)!r}), 'it is down'\n"
        'print(\'{"verdict": "passed", "text": "Fine.", "at": 1.0}\')'
    )
    checks = Checks(Boards(home=""), (sys.executable, "-c", code))
    while (first := checks.poll([hook], Versions())) == {}:
        time.sleep(0.01)
    assert first["hook"].verdict is Verdict.PASSED
    switch.touch()
    for _ in range(6000):
        found = checks.poll([hook], Versions()).get("hook", first["hook"])
        if found.verdict is Verdict.ERROR:
            break
        time.sleep(0.01)
    checks.close()
    assert found.verdict is Verdict.ERROR
    assert "it is down" in found.text


def test_20_the_counts_that_a_lost_source_left_still_show_a_fault() -> None:
    bad = msgspec.structs.replace(traffic(new=0.3, old=0.0), problem="The log cannot be read.")
    assert success(bad).verdict is Verdict.FAILED


# --- 35 to 39: statistics -------------------------------------------------------------------------


@pytest.mark.parametrize("times", [4, 10, 100])
def test_35_a_side_that_is_much_worse_fails(times: int) -> None:
    """spinnaker/kayenta#780, spinnaker#6278: a rank test passed points 100 times worse."""
    reading = success(traffic(new=0.01 * times, old=0.01, minutes=60))
    assert reading.verdict is Verdict.FAILED


def test_35_pages_that_take_a_hundred_times_longer_fail() -> None:
    windows = Windows(share=5000, seconds=60.0, begun=BEGIN)
    for minute in range(20):
        for visitor in range(100):
            ms = 20 if visitor >= 50 else 2000
            windows.add(request(60 * minute + 2, 100 * visitor, ms=ms))
    windows.end_before(BEGIN + 1e6)
    [reading] = look([SLOWNESS], evidence_of(windows))
    assert reading.verdict is Verdict.FAILED


def test_36_errors_are_seen_although_the_baseline_has_none() -> None:
    """kayenta#426, #799, #377: with no errors in the baseline, errors of the canary passed."""
    reading = success(traffic(new=0.05, old=0.0))
    assert reading.verdict is Verdict.FAILED
    assert "0 of" in reading.text


def test_37_a_few_points_are_not_enough_to_pass_however_good_they_look() -> None:
    """kayenta#633: +650 % passed, on fewer than 50 points."""
    good = success(traffic(new=0.0, old=0.0, minutes=1, visitors=80))
    assert (good.verdict, good.sample, good.wanted) == (Verdict.INCONCLUSIVE, 40, 200)
    worse = success(traffic(new=0.3, old=0.04, minutes=1, visitors=80))
    assert worse.verdict is not Verdict.PASSED


def test_38_no_failure_is_removed_as_an_outlier() -> None:
    """kayenta#420: the removal of outliers removed the errors."""
    windows = Windows(share=5000, seconds=60.0, begun=BEGIN, slow_over_ms=250.0)
    for minute in range(20):
        for visitor in range(100):
            fails = minute == 7 and visitor < 50  # one short, violent outage of the new side
            windows.add(request(60 * minute + 2, 100 * visitor, status=500 if fails else 200))
    windows.end_before(BEGIN + 1e6)
    reading = success(evidence_of(windows))
    assert windows.new.failed == 50
    assert reading.verdict is Verdict.FAILED


@pytest.mark.parametrize("both", [0.0, 0.004])
def test_39_the_margin_is_absolute_so_a_mean_of_zero_is_no_special_case(both: float) -> None:
    """kayenta#510, #674: with a mean of zero the effect was undefined, and ignored."""
    reading = success(traffic(new=both, old=both, minutes=30))
    assert reading.verdict is Verdict.PASSED
    assert reading.value is not None
    assert 0 < reading.value < SUCCESS.margin
    shadow = ShadowGate(name="shadow")
    equal = msgspec.structs.replace(NOTHING, shadows=Shadows(same=2000))
    assert verdicts([shadow], equal) == {"shadow": Verdict.PASSED}
    different = msgspec.structs.replace(NOTHING, shadows=Shadows(different=2000))
    assert verdicts([shadow], different) == {"shadow": Verdict.FAILED}


# --- what these tools never looked at ------------------------------------------------------------


def test_visitors_that_are_not_split_as_asked_are_not_compared() -> None:
    skewed = traffic(new=0.0, old=0.0, share=9000)
    asked_less = msgspec.structs.replace(
        skewed, split=msgspec.structs.replace(skewed.split, share=5000)
    )
    found = verdicts([ShareGate(name="share"), SUCCESS], asked_less)
    assert found == {"share": Verdict.FAILED, "success": Verdict.INCONCLUSIVE}


def test_stale_data_fails_on_either_side() -> None:
    gate = FreshnessGate(name="freshness")
    stale = msgspec.structs.replace(NOTHING, new_data_at=BEGIN - 1e7, old_data_at=BEGIN)
    assert verdicts([gate], stale) == {"freshness": Verdict.FAILED}
