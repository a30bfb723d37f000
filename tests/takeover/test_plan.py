"""The plan: settings as a value, its hash, its positions, what each of them wants."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.base.errors import TakeoverError
from frontrunner.base.gate_settings import ShareGate
from frontrunner.base.takeover_settings import StageSettings, TakeoverSettings
from frontrunner.takeover.plan import (
    HubPart,
    following,
    guarding,
    needed,
    parse_plan,
    plan_hash,
    plan_of,
    plan_text,
    positions,
    wanted,
)
from frontrunner.takeover.stages import FULL, Mode, Position, Stage, World

PLAN = plan_of(TakeoverSettings())


def test_the_path_goes_through_every_share_and_ends_settled() -> None:
    found = [(one.stage, wanted(PLAN, one).share) for one in positions(PLAN)]
    assert found == [
        (Stage.PLANNED, 0), (Stage.PARALLEL, 0), (Stage.GUIDED, 0),
        (Stage.SHIFTING, 100), (Stage.SHIFTING, 500), (Stage.SHIFTING, 2500),
        (Stage.SHIFTING, 5000), (Stage.SHIFTING, FULL), (Stage.CUTOVER, FULL),
        (Stage.SETTLED, FULL),
    ]  # fmt: skip
    path = positions(PLAN)
    assert [following(PLAN, one) for one in path] == [*path[1:], None]


def test_each_stage_asks_for_its_own() -> None:
    worlds = {one.stage: wanted(PLAN, one) for one in positions(PLAN)}
    assert worlds[Stage.PLANNED] == World()
    assert worlds[Stage.PARALLEL] == World(shadow=2000)
    assert worlds[Stage.GUIDED] == World(shadow=2000, banner=True)
    assert worlds[Stage.CUTOVER] == World(share=FULL, banner=True)
    assert worlds[Stage.SETTLED] == World(share=FULL, settled=True)
    quiet = plan_of(TakeoverSettings(banner=False, shadow=0))
    assert not any(wanted(quiet, one).banner for one in positions(quiet))


@given(st.sampled_from(positions(PLAN)), st.sampled_from(Mode))
def test_only_a_rollback_changes_what_a_position_wants(position: Position, mode: Mode) -> None:
    held = msgspec.structs.replace(position, mode=mode)
    back = mode is Mode.ROLLED_BACK
    assert wanted(PLAN, held) == (World() if back else wanted(PLAN, position))


def test_gates_guard_every_later_stage() -> None:
    found: set[str] = set()
    for position in positions(PLAN):
        now = set(guarding(PLAN, position))
        assert found <= now
        assert set(needed(PLAN, position)) <= now
        found = now
    assert guarding(PLAN, Position()) == ()


def test_shadows_are_not_waited_for_once_no_read_is_left_to_compare() -> None:
    """The last share is 100 %: its step would wait for shadows until its deadline."""
    for position in positions(PLAN)[1:]:
        compared = "shadow" in needed(PLAN, position)
        asked = "shadow" in PLAN.stage(position.stage).gates
        assert compared == (asked and wanted(PLAN, position).share < FULL), position


def test_the_hash_covers_what_happens_to_users_and_nothing_else() -> None:
    same = TakeoverSettings(tick="1s", database="sqlite:///elsewhere.db")
    assert plan_hash(plan_of(same)) == plan_hash(PLAN)
    changed = [
        TakeoverSettings(shares=(2, 100)), TakeoverSettings(shadow=1), TakeoverSettings(warm="8d"),
        TakeoverSettings(guided=StageSettings(gates=("parity",))), TakeoverSettings(sick="2m"),
        TakeoverSettings(gate=(ShareGate(name="share", wrong=1),)),
    ]  # fmt: skip
    hashes = {plan_hash(plan_of(one)) for one in changed}
    hashes.add(plan_hash(plan_of(TakeoverSettings(), {"shadow.toml": "a" * 64})))
    assert len(hashes) == 7
    assert plan_hash(PLAN) not in hashes


def test_a_plan_can_be_read_back() -> None:
    assert parse_plan(plan_text(PLAN)) == PLAN
    assert plan_hash(parse_plan(plan_text(PLAN))) == plan_hash(PLAN)
    with pytest.raises(TakeoverError, match="cannot be read"):
        parse_plan('{"shares": [1]}')


def test_the_old_board_is_kept_warm_whatever_the_stage_says() -> None:
    short = plan_of(TakeoverSettings(warm="3d", cutover=StageSettings(at_least="1h")))
    assert short.stage(Stage.CUTOVER).at_least == 3 * 86400
    long = plan_of(TakeoverSettings(warm="3d", cutover=StageSettings(at_least="5d")))
    assert long.stage(Stage.CUTOVER).at_least == 5 * 86400


def test_on_the_hub_traffic_is_judged_while_users_move_in_shares() -> None:
    """Its evidence ends with the gateway, so these gates guard no later stage."""
    part = HubPart(
        strategy="overwrite", space="a/b", demo="a/c", archive="a/d", archive_kind="space",
        shifting=True,
    )  # fmt: skip
    plan = plan_of(TakeoverSettings(), hub=part)
    assert plan.stage(Stage.SHIFTING).gates == ("share", "success", "slowness", "freshness")
    traffic = {"share", "success", "slowness", "shadow", "feedback"}
    for stage in (Stage.PARALLEL, Stage.GUIDED, Stage.CUTOVER, Stage.SETTLED):
        assert not traffic & {*guarding(plan, Position(stage=stage)), *plan.stage(stage).gates}
    assert {"share", "success", "slowness"} <= set(guarding(plan, Position(stage=Stage.SHIFTING)))
    alone = plan_of(TakeoverSettings(), hub=msgspec.structs.replace(part, shifting=False))
    assert alone.stage(Stage.SHIFTING).gates == ()
