"""Everything is taken back from each stage, and a Space that fails is restored."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from frontrunner.checks.gates import Verdict
from frontrunner.hub.standin.deploys import Cause, Result
from frontrunner.hub.standin.exchange import Reply
from frontrunner.hub.standin.faults import hang, late_commit, lost_commit, other_push, refusal
from frontrunner.hub.standin.live_sites import Site
from frontrunner.hub.standin.switches import Switches
from frontrunner.takeover.on_hub.name_observer import NameObserver
from frontrunner.takeover.records import Verb
from frontrunner.takeover.stages import FULL, Mode, Stage
from tests.hub.conftest import hub, plain_client
from tests.hub.made_hub import BOARD, OLD_FILES, Hub, made_hub, wait_until
from tests.takeover.on_hub.moving import ARCHIVE, DEMO, NEW_FILES, Move

__all__ = ["hub", "plain_client"]
NEW_TREE = {path: text.encode() for path, text in NEW_FILES.items()}
STAGES = (Stage.PARALLEL, Stage.GUIDED, Stage.CUTOVER, Stage.SETTLED)


def held_at(move: Move, stage: Stage) -> None:
    """Begin, and stop at a stage: the gate of the stage before the next one waits."""
    move.command(Verb.START)
    move.until(lambda one: one.stage is stage)
    if move.position.mode is Mode.RUNNING:
        move.command(Verb.PAUSE)
        move.until(lambda one: one.mode in (Mode.PAUSED, Mode.FINISHED))


@pytest.mark.parametrize("strategy", ["overwrite", "rename"])
@pytest.mark.parametrize("stage", STAGES)
def test_rolled_back_from_each_stage(hub: Hub, tmp_path: Path, stage: Stage, strategy: str) -> None:
    move = Move(hub, tmp_path, strategy=strategy)
    before = move.tree()
    with NameObserver(hub.url, BOARD, 0.05) as observer:
        held_at(move, stage)
        move.command(Verb.ROLLBACK)
        move.until(lambda one: one.mode is Mode.ROLLED_BACK)
    assert move.tree() == before
    assert hub.run().serving == move.space().head.id
    assert observer.result().always_ran, observer.result().gaps
    assert observer.result().served[-1].board == "old"


def test_what_was_rolled_back_can_be_begun_anew(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.CUTOVER)
    move.command(Verb.ROLLBACK)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK)
    hub.stored.push(hub.board, {"data/boards.csv": "model,score\nb,2\n"})
    move.command(Verb.RETRY)
    move.to(Stage.SETTLED, Mode.FINISHED)
    assert move.steps().count("save") == move.steps().count("archive") == 2
    assert move.tree(ARCHIVE)["data/boards.csv"] == b"model,score\nb,2\n"


def test_traffic_counts_as_back_only_when_it_runs(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.CUTOVER)
    clock = hub.frozen()
    move.command(Verb.ROLLBACK)
    for _ in range(5):
        move.tick()
    assert hub.board.head.title.startswith("Restore")
    assert move.position.mode is not Mode.ROLLED_BACK
    assert move.plane.read().world.share == FULL
    clock.advance(10)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK)


# --- what fails -----------------------------------------------------------------------------------


@pytest.mark.parametrize("result", [Result.BUILD_ERROR, Result.RUNTIME_ERROR])
@pytest.mark.parametrize("serves", ["old", "nothing"])
@pytest.mark.parametrize("sha", ["new", "old"])
def test_a_board_that_does_not_run_is_replaced_by_the_one_before(
    tmp_path: Path, result: Result, serves: str, sha: str
) -> None:
    """Trap: what is served after an error, and which commit the runtime names, is not known."""
    switches = Switches(
        build=0.03, start=0.03, hardware=0.03, after_build_error=serves,  # type: ignore[arg-type]
        after_runtime_error=serves, error_sha=sha,  # type: ignore[arg-type]
    )  # fmt: skip
    with made_hub(switches) as hub:
        move = Move(hub, tmp_path)
        held_at(move, Stage.GUIDED)
        hub.stored.let_next_end(hub.board, result)
        move.command(Verb.RESUME)
        move.to(Stage.GUIDED, Mode.FAILED)
        assert any(str(result) in one for one in move.steps())
        move.until(lambda _: hub.run().stage == "RUNNING" and move.steps()[-1] == "guide")
        assert "frontrunner_entry.py" in move.tree()
        move.command(Verb.RETRY)
        move.to(Stage.SETTLED, Mode.FINISHED)
        assert move.tree() == NEW_TREE


def test_a_board_that_dies_later_is_taken_back(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.CUTOVER)
    hub.stored.let_next_end(hub.board, Result.RUNTIME_ERROR)
    hub.stored.restart(hub.board, Cause.RESTART)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK)
    move.until(lambda _: hub.run().stage == "RUNNING" and "app.py" in move.tree())


def test_a_restored_board_that_does_not_run_is_not_back(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.CUTOVER)
    hub.stored.let_next_end(hub.board, Result.BUILD_ERROR)
    move.command(Verb.ROLLBACK)
    move.until(lambda _: any("restore: " in one for one in move.steps()))
    assert move.position.mode is not Mode.ROLLED_BACK
    hub.stored.restart(hub.board, Cause.COMMIT)  # an operator rebuilds it
    move.until(lambda one: one.mode is Mode.ROLLED_BACK)


def test_a_gate_that_fails_while_a_commit_is_built_ends_the_step(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.GUIDED)
    clock = hub.frozen()
    move.command(Verb.RESUME)
    move.until(lambda _: "cutover" in move.intents())
    move.judge.verdicts["links"] = Verdict.FAILED
    move.to(Stage.GUIDED, Mode.PAUSED)
    move.until(lambda _: "guide" in move.intents()[-1:])
    clock.advance(10)
    move.until(lambda _: move.steps()[-1] == "guide")
    assert "frontrunner_entry.py" in move.tree()
    assert "cutover: Abandoned for another step." in move.steps()


def test_a_board_that_is_never_ready_fails_the_step(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.GUIDED)
    hub.stored.switches = Switches(build=1000)
    move.begin_anew(deploy_seconds=0.3)
    move.command(Verb.RESUME)
    move.until(lambda _: any("cutover: Not done after" in one for one in move.steps()))
    hub.stored.switches = Switches(build=0.01, start=0.01)
    move.begin_anew(deploy_seconds=20)  # a busy machine takes longer than 0.3 s for the way back
    move.to(Stage.GUIDED, Mode.FAILED)
    move.until(lambda _: move.steps()[-1] == "guide")
    assert hub.run().stage == "RUNNING"
    assert "frontrunner_entry.py" in move.tree()


# --- others, and an unreliable Hub ----------------------------------------------------------------


def test_a_push_between_reading_and_commit_is_never_overwritten(hub: Hub, tmp_path: Path) -> None:
    """Trap 4: a stale parent."""
    move = Move(hub, tmp_path)
    held_at(move, Stage.GUIDED)
    hub.stored.inject(other_push({"data/boards.csv": "theirs"}))
    move.command(Verb.RESUME)
    move.to(Stage.GUIDED, Mode.FAILED)
    assert any("somebody-else committed" in one for one in move.steps())
    assert move.tree()["data/boards.csv"] == b"theirs"
    move.command(Verb.ROLLBACK)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK)
    assert move.tree()["data/boards.csv"] == b"theirs"
    assert "frontrunner_entry.py" not in move.tree()
    move.command(Verb.RETRY)
    move.to(Stage.SETTLED, Mode.FINISHED)
    assert move.tree(ARCHIVE)["data/boards.csv"] == b"theirs"


def test_a_daily_push_to_the_old_board_is_saved_too(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.PARALLEL)
    hub.stored.push(hub.board, {"data/boards.csv": "of today"})
    move.command(Verb.RESUME)
    move.to(Stage.CUTOVER)
    assert move.tree(ARCHIVE)["data/boards.csv"] == b"of today"
    move.command(Verb.ROLLBACK)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK)
    assert move.tree()["data/boards.csv"] == b"of today"


def test_a_push_to_the_new_board_is_saved_before_it_is_replaced(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.CUTOVER)
    theirs = hub.stored.push(hub.board, {"more.txt": "theirs"})
    move.until(lambda _: hub.run().sha == theirs.id)
    assert move.plane.read().world.share == FULL
    move.command(Verb.ROLLBACK)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK)
    assert set(move.tree()) >= set(OLD_FILES)
    saved = move.home.saved_space(BOARD, theirs.id)
    assert (saved / "files/more.txt").read_text() == "theirs"


def test_an_edit_of_the_new_boards_readme_moves_nobody(hub: Hub, tmp_path: Path) -> None:
    """A weekly job syncs the list of models there, or somebody edits it on its page."""
    move = Move(hub, tmp_path)
    held_at(move, Stage.CUTOVER)
    readme = "---\ntitle: Edited\nsdk: docker\nmodels:\n- a/b\n---\n"
    theirs = hub.stored.push(hub.board, {"README.md": readme})
    move.until(lambda _: hub.run().sha == theirs.id)
    for _ in range(5):
        move.tick()
    assert (move.position.stage, move.position.mode) == (Stage.CUTOVER, Mode.PAUSED)
    assert move.plane.read().world.share == FULL
    move.command(Verb.ROLLBACK)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK)
    assert set(move.tree()) >= set(OLD_FILES)


@pytest.mark.parametrize(
    "fault",
    [
        lost_commit(),
        late_commit(0.2),
        refusal(503, path="/commit/", method="POST"),
        refusal(500, path="/runtime", times=8),
        hang(0.3, path="/commit/", method="POST", done=True),
    ],
)
def test_faults_of_the_hub_change_nothing(hub: Hub, tmp_path: Path, fault: object) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.GUIDED)
    hub.stored.inject(fault)  # type: ignore[arg-type]
    move.command(Verb.RESUME)
    move.to(Stage.SETTLED, Mode.FINISHED)
    assert [one.title for one in hub.board.commits].count("Replace the board by the new one") == 1


def test_a_head_that_lags_changes_nothing(tmp_path: Path) -> None:
    with made_hub(Switches(build=0.02, start=0.02, head_lag=0.4)) as hub:
        wait_until(lambda: hub.stored.visible(hub.board) == hub.board.head, "the head")
        move = Move(hub, tmp_path)
        move.command(Verb.START)
        move.to(Stage.SETTLED, Mode.FINISHED)
        move.command(Verb.ROLLBACK)
        move.until(lambda one: one.mode is Mode.ROLLED_BACK)
        assert set(move.tree()) >= set(OLD_FILES)


def test_a_name_that_leads_elsewhere_stops_the_move(hub: Hub, tmp_path: Path) -> None:
    """Trap 5."""
    move = Move(hub, tmp_path)
    held_at(move, Stage.GUIDED)
    hub.stored.relocate(hub.board, "board/elsewhere")
    move.command(Verb.RESUME)
    for _ in range(5):
        move.tick()
    assert move.position.stage is Stage.GUIDED
    assert "is now board/elsewhere" in move.witness.looks[-1].holding
    assert "app.py" in {*hub.stored.space("board/elsewhere").head.files}


def test_an_edited_folder_changes_no_move_under_way(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.CUTOVER)
    shutil.rmtree(move.content / "data")
    (move.content / "README.md").write_text("---\ntitle: Later\nsdk: docker\n---\n")
    move.tick()
    assert move.state.offered
    assert move.plane.read().world.share == FULL


# --- resources and the archive --------------------------------------------------------------------


def test_hardware_that_stays_pending_is_told_and_holds_nothing_up(tmp_path: Path) -> None:
    with made_hub(Switches(build=0.02, start=0.02, hardware=2.0)) as hub:
        move = Move(hub, tmp_path, hardware="cpu-upgrade", hardware_seconds=0.1)
        move.command(Verb.START)
        move.to(Stage.CUTOVER)
        move.until(lambda _: any("cpu-upgrade was requested" in one for one in move.story()))
        alarms = [one for one in move.story() if "Ask the Hub's staff" in one]
        assert len(alarms) == 1
        assert "hardware" not in move.steps()
        move.until(lambda _: "hardware" in move.steps())
        assert hub.board.space is not None
        assert hub.board.space.hardware == "cpu-upgrade"


def test_a_grant_is_given_up_last_and_asked_for_again(hub: Hub, tmp_path: Path) -> None:
    space = hub.board.space
    assert space is not None
    space.grant = space.hardware = space.requested = "cpu-upgrade"
    move = Move(hub, tmp_path, strategy="rename")
    held_at(move, Stage.CUTOVER)
    move.until(lambda _: "hardware" in move.steps())
    assert [one for one in move.steps() if one != "sleep"][-3:] == [
        "take-name", "give-up", "hardware",
    ]  # fmt: skip
    assert hub.stored.space(ARCHIVE).space.requested == "cpu-basic"  # type: ignore[union-attr]
    move.command(Verb.ROLLBACK)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK)
    assert hub.stored.space(BOARD).space.requested == "cpu-upgrade"  # type: ignore[union-attr]


def test_secrets_that_a_copy_lacks_are_asked_for(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.PARALLEL)
    assert any("lacks the secrets API_KEY" in one for one in move.story())


def test_an_archive_without_a_paid_plan_is_a_data_set(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path, archive_kind="dataset")
    held_at(move, Stage.CUTOVER)
    data = hub.stored.find("dataset", ARCHIVE)
    assert data is not None
    assert set(data.head.files) == set(OLD_FILES) | {".gitattributes"}
    assert "index.html" in move.tree(ARCHIVE)
    move.command(Verb.ROLLBACK)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK)


def test_without_the_right_to_copy_the_start_is_refused(hub: Hub, tmp_path: Path) -> None:
    """A 402: the answer says what to choose instead."""
    hub.stored.replace_account("board", paid=False)
    move = Move(hub, tmp_path)
    move.command(Verb.START)
    move.until(lambda _: any('"refused"' in one and "paid plan" in one for one in move.story()))
    assert move.position.stage is Stage.PLANNED
    assert hub.stored.find("space", DEMO) is None
    hub.stored.replace_account("board", paid=True)
    move.command(Verb.START)  # the cause is gone, so the step that failed is tried again
    move.to(Stage.GUIDED)


def test_the_page_of_the_old_board_is_not_asked_for_at_every_look(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    held_at(move, Stage.PARALLEL)
    asked: list[str] = []

    def answer(site: Site, path: str) -> Reply:
        asked.append(path)
        return Reply(200)

    hub.app.applications[BOARD] = answer
    move.plane._boards._grace = 1000.0
    for _ in range(20):
        move.plane.read()
    assert len(asked) <= 1
    assert move.plane.old_is_healthy()
    assert len(asked) <= 2
