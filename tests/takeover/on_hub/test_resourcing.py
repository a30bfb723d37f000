"""Hardware, sleep time, variables, secrets and storage: planned, changed, verified, taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.hub.standin.faults import refusal
from frontrunner.hub.standin.repos import Space
from frontrunner.hub.standin.switches import Switches
from frontrunner.takeover.records import Verb
from frontrunner.takeover.stages import Mode, Stage
from tests.hub.conftest import hub, plain_client
from tests.hub.made_hub import BOARD, Hub, made_hub
from tests.takeover.on_hub.moving import ARCHIVE, DEMO, Move
from tests.takeover.on_hub.test_rolled_back import held_at

__all__ = ["hub", "plain_client"]


def space_of(move: Move, name: str = BOARD) -> Space:
    found = move.space(name).space
    assert found is not None
    return found


def with_demo(hub: Hub, *, variables: dict[str, str], secrets: tuple[str, ...] = ()) -> None:
    """The new board's Space exists and has what it needs."""
    made = hub.stored.create("space", DEMO, author="owner", sdk="docker").space
    assert made is not None
    made.variables |= {k: {"key": k, "value": v} for k, v in variables.items()}
    made.secrets |= {k: {"key": k, "value": "of-the-demo"} for k in secrets}


def values(space: Space) -> dict[str, str]:
    return {name: str(one["value"]) for name, one in space.variables.items()}


def taken_back(move: Move) -> None:
    move.command(Verb.ROLLBACK)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK)


def test_the_name_gets_variables_and_secrets_before_the_files(hub: Hub, tmp_path: Path) -> None:
    with_demo(hub, variables={"RESULTS": "board/new", "MORE": "1"}, secrets=("NEW_KEY",))
    move = Move(hub, tmp_path, secrets={"NEW_KEY": "a-value"})
    held_at(move, Stage.GUIDED)
    assert values(space_of(move)) == {"RESULTS": "board/results"}
    move.command(Verb.RESUME)
    move.until(lambda _: "cutover" in move.intents())
    assert values(space_of(move)) == {"RESULTS": "board/new", "MORE": "1"}
    assert space_of(move).secrets["NEW_KEY"]["value"] == "a-value"
    assert space_of(move).secrets["API_KEY"]["value"] == "secret-value"
    move.to(Stage.SETTLED, Mode.FINISHED)
    taken_back(move)
    assert values(space_of(move)) == {"RESULTS": "board/results"}
    assert list(space_of(move).secrets) == ["API_KEY"]
    assert "a-value" not in "".join(move.story())
    assert hub.run().stage == "RUNNING"


def test_a_secret_without_a_value_stops_before_the_cut_over(hub: Hub, tmp_path: Path) -> None:
    with_demo(hub, variables={}, secrets=("NEW_KEY",))
    move = Move(hub, tmp_path)
    move.command(Verb.START)
    move.to(Stage.GUIDED, Mode.FAILED)
    assert any("lacks the secrets NEW_KEY" in one for one in move.story())
    assert "app.py" in move.tree()
    space_of(move).secrets["NEW_KEY"] = {"key": "NEW_KEY", "value": "by hand"}
    move.command(Verb.RETRY)
    move.to(Stage.SETTLED, Mode.FINISHED)
    taken_back(move)
    assert list(space_of(move).secrets) == ["API_KEY", "NEW_KEY"], "it was there before"


def test_a_cut_over_that_fails_takes_the_settings_back(hub: Hub, tmp_path: Path) -> None:
    with_demo(hub, variables={"MORE": "1"})
    move = Move(hub, tmp_path)
    held_at(move, Stage.GUIDED)
    hub.stored.inject(refusal(400, "No", path="/commit/", method="POST"))
    move.command(Verb.RESUME)
    move.to(Stage.GUIDED, Mode.FAILED)
    assert move.intents().count("provide") == 1, "nothing is given for a step that has failed"
    taken_back(move)
    assert values(space_of(move)) == {"RESULTS": "board/results"}


def test_what_cannot_be_taken_back_is_told_and_holds_no_user_up(hub: Hub, tmp_path: Path) -> None:
    with_demo(hub, variables={"MORE": "1"})
    move = Move(hub, tmp_path)
    held_at(move, Stage.CUTOVER)
    hub.stored.inject(refusal(403, "No", path="/variables", method="DELETE", times=9))
    taken_back(move)
    assert any("keeps variables or secrets of the new board" in one for one in move.story())
    assert "app.py" in move.tree()


def test_the_archive_gets_secrets_whose_values_are_given(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path, secrets={"API_KEY": "the-old-value"})
    held_at(move, Stage.PARALLEL)
    assert space_of(move, ARCHIVE).secrets["API_KEY"]["value"] == "the-old-value"
    assert not any("lacks the secrets" in one for one in move.story())
    assert "the-old-value" not in "".join(move.story())


@pytest.mark.parametrize("strategy", ["overwrite", "rename"])
@pytest.mark.parametrize(("asked", "slept"), [(0, 7200), (3600, 3600), (-1, None)])
def test_the_sleep_time_at_the_name(
    hub: Hub, tmp_path: Path, strategy: str, asked: int, slept: int | None
) -> None:
    old = hub.board.space
    assert old is not None
    old.grant = old.hardware = old.requested = "cpu-upgrade"
    old.sleep_time = 7200
    hub.stored.switches = Switches(build=0.05, start=0.05, hardware=0.05, grant_returns=True)
    move = Move(hub, tmp_path, strategy=strategy, sleep_time=asked)
    held_at(move, Stage.CUTOVER)
    move.until(lambda _: "sleep" in move.steps())
    assert (space_of(move).requested, space_of(move).sleep_time) == ("cpu-upgrade", slept)
    taken_back(move)
    assert (space_of(move).requested, space_of(move).sleep_time) == ("cpu-upgrade", 7200)


def test_hardware_that_was_asked_for_is_given_back(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path, hardware="t4-small")
    held_at(move, Stage.CUTOVER)
    move.until(lambda _: "hardware" in move.steps())
    taken_back(move)
    assert space_of(move).requested == "cpu-basic"


def test_sleep_time_waits_for_hardware_that_is_pending(tmp_path: Path) -> None:
    with made_hub(Switches(build=0.02, start=0.02, hardware=1.0)) as hub:
        move = Move(hub, tmp_path, hardware="cpu-upgrade", sleep_time=60)
        move.command(Verb.START)
        move.until(lambda _: "sleep" in move.intents())
        move.until(lambda _: "sleep" in move.steps())
        assert space_of(move).hardware == "cpu-upgrade"
        assert space_of(move).sleep_time == 60


def test_a_sleep_time_that_free_hardware_cannot_have_is_told(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path, sleep_time=60)
    move.command(Verb.START)
    move.to(Stage.SETTLED, Mode.FINISHED)
    assert any("keeps its sleep time" in one for one in move.story())


def test_storage_that_stays_behind_is_told(hub: Hub, tmp_path: Path) -> None:
    assert hub.board.space is not None
    hub.board.space.storage = "small"
    move = Move(hub, tmp_path, strategy="rename")
    held_at(move, Stage.CUTOVER)
    assert any("small persistent storage stays" in one for one in move.story())


def alarms(move: Move, about: str = "storage") -> list[str]:
    told = [one for one in move.story() if '"topic":"alarm"' in one]
    return [one for one in told if about in one]


def test_storage_that_a_person_has_to_ask_for_is_pending_until_it_is_there(
    hub: Hub, tmp_path: Path
) -> None:
    """Users are not kept waiting, and somebody is told at once and again at the deadline."""
    move = Move(hub, tmp_path, storage="small", hardware_seconds=0.01)
    move.command(Verb.START)
    move.to(Stage.SETTLED, Mode.FINISHED)
    assert "storage" in move.intents()
    assert "storage" not in move.steps()
    move.until(lambda _: len(alarms(move)) == 2)
    assert all("Request it in the settings of board/leaderboard" in one for one in alarms(move))
    assert "longer than" in alarms(move)[1]
    space_of(move).storage = "small"
    move.until(lambda _: "storage" in move.steps())
    assert len(alarms(move)) == 2


def test_a_hub_that_does_not_say_is_no_storage_to_ask_for(hub: Hub, tmp_path: Path) -> None:
    """Each error of the Hub became an alarm that told people to request storage."""
    move = Move(hub, tmp_path, storage="small", hardware_seconds=0.01)
    move.command(Verb.START)
    move.until(lambda _: len(alarms(move)) == 2)
    hub.stored.inject(refusal(503, "at rest", path="leaderboard/runtime$", times=9999))
    for _ in range(5):
        move.tick()
    assert len(alarms(move, "Request it")) == 2


def test_storage_that_an_overwrite_keeps_is_seen_there(hub: Hub, tmp_path: Path) -> None:
    assert hub.board.space is not None
    hub.board.space.storage = "medium"
    move = Move(hub, tmp_path)
    move.command(Verb.START)
    move.until(lambda _: "storage" in move.steps())
    assert alarms(move, "Request it") == []


def test_what_the_archive_lacks_to_keep_files_in_is_told(hub: Hub, tmp_path: Path) -> None:
    assert hub.board.space is not None
    hub.board.space.storage = "small"
    hub.board.space.volumes = [{"type": "bucket", "source": "board/files", "mountPath": "/data"}]
    move = Move(hub, tmp_path)
    held_at(move, Stage.GUIDED)
    [told] = alarms(move, "keeps files in")
    assert "small persistent storage, bucket board/files at /data" in told


def test_what_a_rollback_took_away_is_given_again_by_the_same_controller(
    hub: Hub, tmp_path: Path
) -> None:
    with_demo(hub, variables={"MORE": "1"}, secrets=("NEW_KEY",))
    move = Move(hub, tmp_path, secrets={"NEW_KEY": "a-value"})
    held_at(move, Stage.CUTOVER)
    taken_back(move)
    assert "NEW_KEY" not in space_of(move).secrets
    move.command(Verb.RETRY)
    move.to(Stage.SETTLED, Mode.FINISHED)
    assert space_of(move).secrets["NEW_KEY"]["value"] == "a-value"
    assert values(space_of(move))["MORE"] == "1"
