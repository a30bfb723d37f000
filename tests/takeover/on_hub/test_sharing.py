"""Users move in shares through a Space that is the gateway's container: a real one, on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from frontrunner.base.errors import (
    GatewayError,
    HubConflictError,
    HubError,
    HubRightsError,
    UsageError,
)
from frontrunner.checks.gates import Verdict
from frontrunner.gateway.remote_state import RemoteChange, RemoteState
from frontrunner.hub.access import Token
from frontrunner.hub.asking_gateway import ask_gateway, change_gateway
from frontrunner.hub.space_facts import SpaceFacts
from frontrunner.hub.standin.containers import Containers
from frontrunner.hub.standin.deploys import Cause, Result
from frontrunner.hub.standin.faults import Fault
from frontrunner.hub.standin.repos import subdomain_of
from frontrunner.net.client import Limits, get
from frontrunner.takeover.on_hub import sharing
from frontrunner.takeover.on_hub.boards_asked import BoardsAsked
from frontrunner.takeover.on_hub.name_observer import NameObserver
from frontrunner.takeover.on_hub.seeing import Seen
from frontrunner.takeover.on_hub.sharing import SetShare
from frontrunner.takeover.on_hub.step_journal import Known
from frontrunner.takeover.on_hub.step_parts import Coming, Done
from frontrunner.takeover.on_hub.which_steps import steps_to
from frontrunner.takeover.records import Verb
from frontrunner.takeover.stages import FULL, Mode, Stage, World
from tests.hub.conftest import plain_client
from tests.hub.made_hub import BOARD, Hub, made_hub, wait_until
from tests.takeover.on_hub.moving import ARCHIVE, CONTROL, CONTROL_TOKEN, NEW_FILES, Move

__all__ = ["plain_client"]
LIMITS = Limits(seconds=20, size=1_000_000, private=True)
NEW_TREE = {path: text.encode() for path, text in NEW_FILES.items()}


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A stand-in that runs the containers of gateways."""
    with made_hub() as made, Containers(made.app) as containers:
        made.app.containers = containers
        yield made


def shifting(hub: Hub, folder: Path) -> Move:
    return Move(hub, folder, shifting=True, deploy_seconds=120.0)


def test_a_space_is_taken_over_in_shares(hub: Hub, tmp_path: Path) -> None:
    move = shifting(hub, tmp_path)
    with NameObserver(hub.url, BOARD, 0.05) as observer:
        move.command(Verb.START)
        move.to(Stage.SHIFTING, seconds=120)
        assert "home/shifting.json" in move.tree()
        commits = len(move.space().commits)
        move.until(lambda one: one.stage is Stage.SHIFTING and one.step == 3, 120)
        assert len(move.space().commits) == commits
        move.to(Stage.SETTLED, Mode.FINISHED, 120)
    assert move.steps() == [
        *("save", "archive", "parallel", "guide", "provide", "shift"),
        *("share", "share", "share", "share", "cutover", "settle"),
    ]
    assert move.tree() == NEW_TREE
    seen = observer.result()
    assert seen.always_ran, seen.gaps
    assert seen.kept_engagement
    assert seen.kept_address


def sides(hub: Hub, visitors: int = 60) -> float:
    """The part of the visitors that gets the new board, each with a browser of its own."""
    found = [
        get(f"{live(hub)}/", LIMITS, {"User-Agent": f"browser {number}"}).headers[
            "x-frontrunner-side"
        ]
        for number in range(visitors)
    ]
    assert set(found) <= {"old", "new"}
    return found.count("new") / visitors


def at_share(hub: Hub, move: Move, step: int) -> None:
    """Begin, and stop at one of the shares: 1, 5, 25, 50."""
    move.command(Verb.START)
    move.until(lambda one: (one.stage, one.step) == (Stage.SHIFTING, step), 120)
    move.command(Verb.PAUSE)
    move.until(lambda one: one.mode is Mode.PAUSED)


def test_visitors_really_move(hub: Hub, tmp_path: Path) -> None:
    move = shifting(hub, tmp_path)
    at_share(hub, move, 3)
    assert 0.25 < sides(hub) < 0.75
    reality = move.plane.read()
    assert (reality.world.share, reality.new.healthy, reality.old.healthy) == (5000, True, True)


def test_rolled_back_from_shifting(hub: Hub, tmp_path: Path) -> None:
    """The share is 0 before the old board's files come back."""
    move = shifting(hub, tmp_path)
    before = move.tree()
    with NameObserver(hub.url, BOARD, 0.05) as observer:
        at_share(hub, move, 2)
        move.command(Verb.ROLLBACK)
        move.until(lambda one: one.mode is Mode.ROLLED_BACK, 60)
    assert move.steps()[-2:] == ["share", "restore"]
    assert move.tree() == before
    assert hub.board.space is not None
    assert CONTROL not in hub.board.space.secrets
    assert observer.result().always_ran, observer.result().gaps


def test_a_container_that_is_started_anew_gets_its_share_again(hub: Hub, tmp_path: Path) -> None:
    """It has no disk, so it begins with all users on the old board."""
    move = shifting(hub, tmp_path)
    with NameObserver(hub.url, BOARD, 0.05) as observer:
        at_share(hub, move, 3)
        first = ask(hub)
        hub.stored.restart(hub.board, Cause.RESTART)
        wait_until(lambda: ask(hub).gateway != first.gateway, "another container", 90)
        assert ask(hub).share == 0
        move.until(lambda _: ask(hub).share == 5000, 60)
    assert move.position.mode is Mode.PAUSED
    assert move.position.stage is Stage.SHIFTING
    assert observer.result().always_ran, observer.result().gaps
    move.command(Verb.RESUME)
    move.to(Stage.SETTLED, Mode.FINISHED, 120)
    assert move.tree() == NEW_TREE


def test_a_share_that_was_taken_away_by_hand_is_left_so(hub: Hub, tmp_path: Path) -> None:
    """The container is the same one, so somebody meant it."""
    move = shifting(hub, tmp_path)
    at_share(hub, move, 2)
    state = ask(hub)
    change = RemoteChange(version=state.version, token=state.token, share=0, banner=True)
    change_gateway(hub.opened(), live(hub), Token(CONTROL_TOKEN), change)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK, 60)


def test_a_control_path_that_does_not_answer_is_waited_for(hub: Hub, tmp_path: Path) -> None:
    move = shifting(hub, tmp_path)
    at_share(hub, move, 1)
    hub.stored.inject(Fault(path="__frontrunner/control", status=503, work="not done", times=12))
    move.command(Verb.RESUME)
    move.to(Stage.SETTLED, Mode.FINISHED, 120)
    assert move.tree() == NEW_TREE


def test_users_go_back_although_the_control_path_is_gone(hub: Hub, tmp_path: Path) -> None:
    move = shifting(hub, tmp_path)
    before = move.tree()
    at_share(hub, move, 2)
    hub.stored.inject(Fault(path="__frontrunner/control", status=503, work="not done", times=9999))
    move.command(Verb.ROLLBACK)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK, 60)
    assert move.tree() == before


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [(400, '{"detail": "It cannot be read"}', "another version of Frontrunner"),
     (401, '{"detail": "It is wrong."}', "another value than the token"),
     (404, "Page not found.", "may be missing or shorter"),
     (503, '{"detail": "No Envoy runs."}', "answered 503: No Envoy runs")],
)  # fmt: skip
def test_a_refusal_says_what_to_do(hub: Hub, status: int, body: str, said: str) -> None:
    """A change that was not understood was blamed on the token."""
    path = "__frontrunner/control"
    hub.stored.inject(Fault(path=path, status=status, body=body, work="not done"))
    with pytest.raises(HubError, match=said):
        ask(hub)


def refuse() -> dict[str, Token]:
    raise UsageError("Others can read the file control.token of the control path.")


def test_users_go_back_although_the_token_cannot_be_read(hub: Hub, tmp_path: Path) -> None:
    """The controller ended with the error, and no rollback got past the share."""
    move = shifting(hub, tmp_path)
    before = move.tree()
    at_share(hub, move, 1)
    move.plane._first = replace(move.plane._first, secrets=refuse)
    with pytest.raises(GatewayError, match="no token for the control path"):
        move.plane.read()
    move.command(Verb.ROLLBACK)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK, 60)
    assert move.tree() == before


def test_a_ledger_from_a_backup_goes_above_the_token_of_the_gateway(
    hub: Hub, tmp_path: Path
) -> None:
    """The gateway refused each of its controllers, and no user could go back by a share."""
    move = shifting(hub, tmp_path)
    assert move.plane.last_token() == 0
    at_share(hub, move, 1)
    state = ask(hub)
    later = RemoteChange(version=state.version, token=9000, share=state.share, banner=True)
    change_gateway(hub.opened(), live(hub), Token(CONTROL_TOKEN), later)
    move.book.holder = ""
    move.controller = move.begun()
    assert move.plane.last_token() == 9000
    move.command(Verb.ROLLBACK)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK, 60)
    assert move.controller.token is not None
    assert move.controller.token > 9000


@pytest.mark.parametrize(
    ("secrets", "said"), [(refuse, "Others can read"), (lambda: {CONTROL: Token("short")}, "32")]
)
def test_a_token_that_cannot_be_used_is_refused_before_it_is_given(
    hub: Hub, tmp_path: Path, secrets: Callable[[], dict[str, Token]], said: str
) -> None:
    """A container with a short one had no control path, and was waited for until the deadline."""
    move = shifting(hub, tmp_path)
    move.plane._first = replace(move.plane._first, secrets=secrets)
    move.command(Verb.START)
    move.until(lambda one: one.mode in (Mode.PAUSED, Mode.FAILED))
    assert "provide" not in move.intents()
    assert any(said in one for one in move.story())


def test_a_private_space_is_refused_before_anything_is_changed(hub: Hub, tmp_path: Path) -> None:
    """Its archive is private as well, so a gateway would have waited for it until the deadline."""
    move = shifting(hub, tmp_path)
    hub.board.private = True
    move.command(Verb.START)
    move.until(lambda _: any('"refused"' in one for one in move.story()))
    assert move.position.stage is Stage.PLANNED
    assert move.intents() == []
    assert any("is private, and users cannot move in shares" in one for one in move.story())
    assert not hub.stored.find("space", ARCHIVE)


def test_an_archive_that_was_made_private_keeps_the_old_board_at_the_name(
    hub: Hub, tmp_path: Path
) -> None:
    move = shifting(hub, tmp_path)
    move.command(Verb.START)
    move.to(Stage.GUIDED, seconds=60)
    hub.stored.space(ARCHIVE).private = True
    move.until(lambda one: one.mode in (Mode.PAUSED, Mode.FAILED, Mode.ROLLED_BACK))
    assert "shift" not in move.intents()
    assert "home/shifting.json" not in move.tree()


@pytest.mark.parametrize(("conflicts", "is_set"), [(1, "0"), (9, "")])
def test_a_share_that_others_change_does_not_keep_users_from_going_back(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, conflicts: int, is_set: str
) -> None:
    move, left = shifting(hub, tmp_path), [conflicts]
    state = RemoteState(version="a-1", share=500, banner=True, token=1, old=True, new=True)

    def change(_: object, __: str, ___: Token, wanted: RemoteChange) -> RemoteState:
        left[0] -= 1
        if left[0] >= 0:
            raise HubConflictError("The state has another version.")
        return msgspec.structs.replace(state, share=wanted.share)

    monkeypatch.setattr(sharing, "ask_gateway", lambda *_: state)
    monkeypatch.setattr(sharing, "change_gateway", change)
    back = SetShare(move.plane._first, 0, banner=False, lease=2, is_back=True)
    done = back.run(Known(), {})
    assert isinstance(done, Done)
    assert done.facts["share"] == is_set
    left[0] = 1
    assert isinstance(replace(back, is_back=False).run(Known(), {}), Coming)


def test_a_new_board_beside_the_gateway_is_well_though_its_own_space_is_not(
    hub: Hub, tmp_path: Path
) -> None:
    """Users get the one beside the gateway; they went back when the other did not answer."""
    boards = BoardsAsked(hub.opened(), 0.0)
    nowhere = "http://127.0.0.1:1"
    state = RemoteState(version="a-1", share=500, banner=True, token=1, old=True, new=True)
    assert boards.new(nowhere, state).healthy is True
    assert boards.new(nowhere, None).healthy is False


@pytest.mark.parametrize(("for_", "provides"), [("b", False), ("a", True)])
def test_a_board_that_was_edited_in_between_gets_its_variables_before_the_cutover(
    hub: Hub, tmp_path: Path, for_: str, provides: bool
) -> None:
    move = shifting(hub, tmp_path)
    known = Known(done={"parallel": {"commit": "b"}, "provide": {"for": for_}})
    seen = Seen(SpaceFacts(id=BOARD, sha="c"), head="gateway", served="gateway")
    steps = steps_to(World(share=FULL, parallel=True), move.plane._first, known, seen)
    assert ("provide" in [one.key for one in steps]) == provides
    assert steps[-1].key == "cutover"


def test_another_token_in_the_space_is_said_and_users_can_go_back(hub: Hub, tmp_path: Path) -> None:
    move = shifting(hub, tmp_path)
    before = move.tree()
    at_share(hub, move, 2)
    assert hub.board.space is not None
    hub.board.space.secrets[CONTROL]["value"] = "a-token-of-somebody-else-that-is-as-long"
    hub.stored.restart(hub.board, Cause.RESTART)
    wait_until(lambda: not is_known(hub), "the other token", 90)
    with pytest.raises(GatewayError, match="control_secret"):
        move.plane.read()
    move.command(Verb.ROLLBACK)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK, 60)
    assert move.tree() == before


@pytest.mark.parametrize("result", [Result.BUILD_ERROR, Result.RUNTIME_ERROR])
def test_a_gateway_that_does_not_run_leaves_the_old_board(
    hub: Hub, tmp_path: Path, result: Result
) -> None:
    move = shifting(hub, tmp_path)
    move.judge.verdicts["links"] = Verdict.INCONCLUSIVE
    move.command(Verb.START)
    move.to(Stage.PARALLEL)
    hub.stored.let_next_end(hub.board, Result.RUNS, Result.RUNS, result)
    del move.judge.verdicts["links"]
    move.until(lambda one: one.mode is Mode.FAILED, 60)
    move.until(lambda _: move.hub.run().stage == "RUNNING", 60)
    assert "frontrunner_entry.py" in move.tree()


def test_a_new_board_that_does_not_build_brings_the_old_one_back(hub: Hub, tmp_path: Path) -> None:
    """Nobody knows what a container shows whose build failed, so users do not wait there."""
    move = shifting(hub, tmp_path)
    before = move.tree()
    at_share(hub, move, 3)
    hub.stored.let_next_end(hub.board, Result.BUILD_ERROR)
    move.command(Verb.RESUME)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK, 60)
    move.until(lambda _: move.steps()[-1] == "restore", 60)
    assert move.tree() == before
    move.command(Verb.RETRY)
    move.to(Stage.SETTLED, Mode.FINISHED, 120)
    assert move.tree() == NEW_TREE


def live(hub: Hub) -> str:
    return f"{hub.url}/-/live/{subdomain_of(BOARD)}"


def ask(hub: Hub) -> RemoteState:
    return ask_gateway(hub.opened(), live(hub), Token(CONTROL_TOKEN))


def is_known(hub: Hub) -> bool:
    try:
        ask(hub)
    except HubRightsError:
        return False
    return True
