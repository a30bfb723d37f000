"""What would hold a take-over is named before it begins."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from frontrunner.base.gate_settings import ManualGate, ParityGate, PrometheusGate, SuccessGate
from frontrunner.base.takeover_settings import StageSettings, TakeoverSettings
from frontrunner.gateway.shadow.rules import IgnoreRule
from frontrunner.takeover.plan import plan_of
from frontrunner.takeover.readiness import shadow_without_reads, short_measure, unready
from frontrunner.takeover.traffic import Traffic

URL = "http://127.0.0.1/data.json"


def said(settings: TakeoverSettings) -> list[str]:
    return list(unready(plan_of(settings), [gate.name for gate in settings.gate]))


def test_gates_that_are_not_set_up_are_named_with_the_stage_that_they_hold() -> None:
    found = said(TakeoverSettings())
    assert [one.split()[1] for one in found] == ["parity", "contract", "links", "freshness"]
    assert all("cannot pass, so parallel is never left." in one for one in found)
    assert "legacy = a folder" in found[0]
    assert "Without this gate, missing models" in found[0]
    assert "Set [takeover] old_data" in found[3]


def test_a_gate_that_is_set_up_is_not_named(tmp_path: Path) -> None:
    gates = (ParityGate(name="parity", legacy=str(tmp_path)),)
    found = said(TakeoverSettings(gate=gates, old_data=URL))
    assert [one.split()[1] for one in found] == ["contract", "links"]


def test_files_of_a_gate_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    limits = tmp_path / "limits.toml"
    limits.write_text("[[gate]\n")
    gates = (ParityGate(name="parity", legacy=str(tmp_path), limits=str(limits)),)
    assert str(limits) in said(TakeoverSettings(gate=gates, old_data=URL))[0]


def test_no_read_is_compared() -> None:
    stage = StageSettings(gates=("shadow",))
    none = StageSettings()
    settings = TakeoverSettings(
        shadow=0, parallel=stage, guided=none, shifting=none, settled=none,
        cutover=StageSettings(deadline="60d"),
    )  # fmt: skip
    assert said(settings)[0].startswith("Gate shadow cannot pass, so parallel is never left. No")


def test_a_table_that_no_stage_names_is_never_asked() -> None:
    query = PrometheusGate(name="api", url="http://127.0.0.1", query="up", at_least=1)
    gates = (SuccessGate(name="sucess"), query, SuccessGate(name="success", margin=0.01))
    found = [one for one in said(TakeoverSettings(gate=gates)) if "[[takeover.gate]]" in one[:18]]
    assert [one.split("'")[1] for one in found] == ["sucess", "api"]
    assert "Did you mean 'success'?" in found[0]
    assert "Did you mean" not in found[1]


def test_a_dry_run_holds_nothing() -> None:
    gates = (ParityGate(name="parity", dry_run=True), ManualGate(name="look"))
    found = said(TakeoverSettings(gate=gates, old_data=URL))
    assert found[0].startswith("Gate parity cannot pass, so it is shown as not armed.")


TODAY = date(2026, 11, 26)


def rule(**more: Any) -> IgnoreRule:
    about = {"name": "titles", "kind": "title", "until": TODAY, **more}
    return IgnoreRule(owner="Ada", reason="Two programs.", **about)


@pytest.mark.parametrize(
    ("rules", "counts", "says"),
    [
        ([rule()], {}, "The ignore rule 'titles' applies to every page"),
        ([rule(kind="*")], {"noisy": 9}, "applies to every page"),
        ([rule()], {"ignored": 41}, "All of the 41 compared reads that could count were ignored"),
        ([rule()], {"ignored": 41, "same": 1}, ""),
        ([rule()], {"ignored": 41, "different": 1}, ""),
        ([rule(kind="links")], {}, ""),
        ([rule(route="/models/*")], {}, ""),
        ([rule(until=date(2026, 11, 25))], {}, ""),
        ([], {}, ""),
    ],
)
def test_rules_that_leave_no_read_to_judge(
    rules: list[IgnoreRule], counts: dict[str, int], says: str
) -> None:
    """A take-over of a Gradio board with pages alone waited in parallel until its deadline."""
    found = shadow_without_reads(plan_of(TakeoverSettings()), rules, counts, TODAY)
    assert len(found) == bool(says)
    if says:
        assert says in found[0]
        assert "It needs 500 reads" in found[0]
        assert "parallel is never left: leave shadow out of `gates`" in found[0]


def test_rules_do_not_matter_without_the_gate() -> None:
    none = StageSettings()
    settings = TakeoverSettings(
        parallel=none, guided=none, shifting=none, settled=none,
        cutover=StageSettings(deadline="60d"),
    )  # fmt: skip
    assert shadow_without_reads(plan_of(settings), [rule()], {}, TODAY) == ()


@pytest.mark.parametrize(
    ("seconds", "said_"),
    [(90, "2 minutes"), (7200, "2 hours"), (86_399, "24 hours"), (86_400, "")],
)
def test_a_short_measure_is_not_a_day(seconds: float, said_: str) -> None:
    found = " ".join(short_measure(Traffic(requests=10, seconds=seconds)))
    assert (f"over {said_} only" in found) if said_ else not found
    assert short_measure(None) == ()
