"""An edit of the settings counts once it is accepted, for a running controller and a new one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from frontrunner.base.errors import UsageError
from frontrunner.hub.standin.deploys import Result
from frontrunner.takeover.on_hub.new_board import keep_board, new_board
from frontrunner.takeover.records import Verb
from frontrunner.takeover.stages import FULL, Mode, Stage
from tests.hub.conftest import hub, plain_client
from tests.hub.made_hub import BOARD, Hub
from tests.takeover.on_hub.moving import ARCHIVE, DEMO, NEW_FILES, Move
from tests.takeover.on_hub.test_rolled_back import NEW_TREE, held_at

__all__ = ["hub", "plain_client"]
LATER = {**NEW_TREE, "README.md": b"---\ntitle: Later\nsdk: docker\n---\n", "more.txt": b"more"}


def edit(move: Move) -> None:
    """Edit the folder with the new board's files, and let that be noticed."""
    for path in ("README.md", "more.txt"):
        (move.content / path).write_bytes(LATER[path])
    move.tick()
    assert move.state.offered


def answer_to(move: Move, verb: Verb) -> str:
    """What became of a command."""
    move.command(verb)
    seq = move.state.last
    move.until(lambda _: move.state.handled >= seq)
    return "\n".join(one for one in move.story() if f'"command":{seq}' in one)


@pytest.mark.parametrize("strategy", ["overwrite", "rename"])
@pytest.mark.parametrize("stage", [Stage.PARALLEL, Stage.GUIDED])
@pytest.mark.parametrize("restarted", [False, True])
def test_edited_files_are_run_beside_the_old_board_first(
    hub: Hub, tmp_path: Path, stage: Stage, strategy: str, restarted: bool
) -> None:
    move = Move(hub, tmp_path, strategy=strategy)
    held_at(move, stage)
    edit(move)
    if restarted:
        move.controller.release()
        move.controller = move.begun()
        move.tick()
    assert move.tree(DEMO) == NEW_TREE
    move.command(Verb.ACCEPT)
    move.until(lambda _: move.steps().count("parallel") == 2)
    assert move.tree(DEMO) == LATER
    assert "app.py" in move.tree()
    move.command(Verb.RESUME)
    move.to(Stage.SETTLED, Mode.FINISHED)
    assert move.tree() == LATER


def test_files_that_were_not_accepted_are_never_run(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.GUIDED)
    edit(move)
    move.controller.release()
    move.controller = move.begun()
    move.command(Verb.RESUME)
    for _ in range(10):
        move.tick()
    assert move.position.stage is Stage.GUIDED
    assert "not accepted" in move.witness.looks[-1].holding
    assert move.tree(DEMO) == NEW_TREE


def test_a_folder_that_is_edited_before_it_is_copied_is_refused(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.GUIDED)
    edit(move)
    move.command(Verb.ACCEPT)
    move.command(Verb.ROLLBACK)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK)
    (move.content / "more.txt").write_bytes(b"accepted")
    move.tick()

    def edit_again(name: str) -> None:
        if name == "after StepBegun archive":
            (move.content / "more.txt").write_bytes(b"not accepted")

    move.point = edit_again
    move.command(Verb.ACCEPT)
    move.command(Verb.RETRY)
    move.until(lambda _: any("edited meanwhile" in one for one in move.story()))
    assert b"not accepted" not in move.tree(DEMO).values()
    move.command(Verb.ACCEPT)
    move.command(Verb.RETRY)
    move.to(Stage.GUIDED)
    assert move.tree(DEMO)["more.txt"] == b"not accepted"


def test_a_copy_of_an_edited_folder_is_not_kept(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    board = new_board(str(move.content))
    (move.content / "README.md").write_bytes(LATER["README.md"])
    with pytest.raises(UsageError, match="was edited meanwhile"):
        keep_board(board, move.home)
    assert not move.home.new_board(board.tree).exists()


def test_a_board_that_did_not_build_is_mended_and_accepted(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.GUIDED)
    hub.stored.let_next_end(hub.board, Result.BUILD_ERROR)
    move.command(Verb.RESUME)
    move.to(Stage.GUIDED, Mode.FAILED)
    edit(move)
    move.command(Verb.ACCEPT)
    move.until(lambda _: move.steps().count("parallel") == 2)
    move.command(Verb.RETRY)
    move.to(Stage.SETTLED, Mode.FINISHED)
    assert move.tree() == LATER


def test_files_are_refused_once_users_have_moved(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.CUTOVER)
    edit(move)
    assert "frontrunner space deploy" in answer_to(move, Verb.ACCEPT)
    assert move.plane.read().world.share == FULL
    assert move.tree() == NEW_TREE


def test_other_places_are_refused_until_everything_is_taken_back(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.GUIDED)
    hub.stored.create("space", "board/other", author="owner", sdk="docker")
    theirs = move.tree("board/other")
    move.archive = "board/elsewhere"
    move.tick()
    assert f"archive is {ARCHIVE}" in answer_to(move, Verb.ACCEPT)
    move.controller.release()
    move.controller = move.begun()
    move.command(Verb.ROLLBACK)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK)
    move.archive = "board/other"
    move.tick()
    move.command(Verb.ACCEPT)
    move.command(Verb.RETRY)
    move.until(lambda _: any("Choose another name" in one for one in move.story()))
    assert move.tree("board/other") == theirs, "somebody else's Space is never overwritten"
    move.archive = "board/elsewhere"
    move.tick()
    move.command(Verb.ACCEPT)
    move.command(Verb.RETRY)
    move.to(Stage.SETTLED, Mode.FINISHED)
    assert "app.py" in move.tree("board/elsewhere")


def test_what_the_demo_had_is_saved_before_it_is_replaced(hub: Hub, tmp_path: Path) -> None:
    made = hub.stored.create("space", DEMO, author="owner", sdk="docker")
    theirs = hub.stored.push(made, {"mine.txt": "mine"})
    move = Move(hub, tmp_path)
    held_at(move, Stage.PARALLEL)
    assert move.tree(DEMO) == NEW_TREE
    saved = move.home.saved_space(DEMO, theirs.id)
    assert (saved / "files/mine.txt").read_text() == "mine"


def test_other_hardware_is_asked_for_once_it_is_accepted(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path, hardware="cpu-upgrade")
    held_at(move, Stage.CUTOVER)
    move.until(lambda _: "hardware" in move.steps())
    move.hardware = "t4-small"
    move.tick()
    assert hub.board.space is not None
    assert hub.board.space.requested == "cpu-upgrade"
    move.command(Verb.ACCEPT)
    move.until(lambda _: move.steps().count("hardware") == 2)
    assert hub.board.space.hardware == "t4-small"


def test_the_plan_in_force_is_read_from_the_ledger(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.PARALLEL)
    part = json.loads(move.state.plan_text)["hub"]
    assert part["space"] == BOARD
    assert part["content"] == new_board(str(move.content)).tree
    assert set(NEW_FILES) == set(new_board(str(move.content)).paths)
