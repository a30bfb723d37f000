"""How long evidence takes at a board's traffic, and what a plan says beforehand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.base.gate_settings import SuccessGate
from frontrunner.base.takeover_settings import StageSettings, TakeoverSettings
from frontrunner.takeover.forecast import DAY, forecast
from frontrunner.takeover.plan import HubPart, plan_of, positions
from frontrunner.takeover.stages import Stage


def quiet(evidence: int = 180) -> TakeoverSettings:
    """A board with a gate that needs 10 units, unless the stage asks for more."""
    return TakeoverSettings(
        gate=(SuccessGate(name="success", minimum_sample=10, margin=0.5, at_most=0.5),),
        shares=(1, 50, 100),
        shadow=40,
        shifting=StageSettings(gates=("success",), evidence=evidence),
    )


def test_the_forecast_of_a_quiet_board_says_how_long_the_first_step_takes() -> None:
    found = forecast(plan_of(quiet()), 2000)
    steps = [one for one in found.steps if one.stage is Stage.SHIFTING]
    assert steps[0].text == (
        "At 1% and 2,000 requests a day this step cannot end in less than 9 days; shadow evidence "
        "would end it in 1."
    )
    assert "cannot end in less than 5 hours." in steps[1].text
    assert "At 100%" in steps[2].text


def test_without_traffic_nothing_is_guessed() -> None:
    for step in forecast(plan_of(quiet()), None).steps:
        assert (step.from_users, step.from_shadows, step.text) == (None, None, "")


def test_a_gate_may_need_more_than_the_stage_asks_for() -> None:
    found = forecast(plan_of(TakeoverSettings()), 2000)
    first = next(one for one in found.steps if one.stage is Stage.SHIFTING)
    assert first.evidence == 429  # for a bound below the margin of `success`
    assert first.from_users == pytest.approx(429 / 20 * DAY)
    assert first.text.endswith("Its deadline, 14 days, comes first: it would pause.")


@given(st.floats(1, 1e9), st.integers(1, 10**6))
def test_more_traffic_is_never_slower_and_no_step_is_shorter_than_its_least(
    per_day: float, evidence: int
) -> None:
    plan = plan_of(quiet(evidence))
    slow, fast = forecast(plan, per_day), forecast(plan, per_day * 2)
    assert fast.shortest <= slow.shortest
    assert slow.shortest >= sum(plan.stage(one.stage).at_least for one in positions(plan)[1:])
    assert slow.longest == sum(one.deadline for one in slow.steps)


def test_what_has_no_way_back_is_said_once() -> None:
    found = forecast(plan_of(TakeoverSettings()), None)
    assert [one.stage for one in found.steps if one.no_return] == [Stage.SETTLED]
    assert all(one.saved and one.undo and one.begins for one in found.steps)


@pytest.mark.parametrize(
    ("strategy", "undo"), [("overwrite", "restores the saved files"), ("rename", "names back")]
)
def test_a_space_has_no_shares_and_says_what_happens_on_the_hub(strategy: str, undo: str) -> None:
    part = HubPart(strategy=strategy, space="a/b", demo="a/d", archive="a/o", archive_kind="space")
    found = forecast(plan_of(TakeoverSettings(), hub=part), 2000)
    assert [one.stage for one in found.steps] == ["parallel", "guided", "cutover", "settled"]
    assert "shadow" not in found.steps[0].gates
    assert {"engagement", "quota"} <= {*found.steps[2].gates}
    assert undo in found.steps[2].undo
    assert bool(found.steps[2].no_return) is (strategy == "rename")
    assert "hub/saved" in found.steps[0].saved


def test_the_shortest_time_waits_for_every_gate_of_a_step() -> None:
    """Shadows at 50% come from half of the readers, and from a fifth of their reads."""
    stage = StageSettings(gates=("success", "shadow"), evidence=1000)
    plan = plan_of(TakeoverSettings(shares=(50, 100), shadow=20, shifting=stage))
    half = next(one for one in forecast(plan, 10_000).steps if one.share == 5000)
    assert half.from_users is not None
    assert half.from_shadows is not None
    assert half.from_shadows > half.from_users
    assert half.shortest == pytest.approx(half.from_shadows)
    assert half.shortest == pytest.approx(1000 / (10_000 * 0.5 * 0.2) * DAY)


def test_shares_on_the_hub_say_what_they_need_and_how_long_their_evidence_takes() -> None:
    part = HubPart(
        strategy="overwrite", space="a/b", demo="a/d", archive="a/o", archive_kind="space",
        shifting=True,
    )  # fmt: skip
    found = forecast(plan_of(quiet(), hub=part), 2000)
    steps = [one for one in found.steps if one.stage is Stage.SHIFTING]
    assert [one.does.partition(" ")[0] for one in steps] == ["1%", "50%"]
    assert all("the archive must be public" in one.does for one in steps)
    assert "At 1% and 2,000 requests a day this step cannot end" in steps[0].text
