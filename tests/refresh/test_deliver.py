"""What is published is deployed to a Space, and counts only when its live address serves it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from frontrunner.base.config import Settings
from frontrunner.base.errors import HubRightsError, RefreshError, UsageError
from frontrunner.base.home import Home
from frontrunner.hub.standin.deploys import Result
from frontrunner.hub.standin.exchange import Reply
from frontrunner.hub.standin.faults import busy
from frontrunner.refresh import deliver, run
from frontrunner.refresh.examine import examine_updates
from frontrunner.refresh.record import Run, read_state
from frontrunner.refresh.run import accept, deploy, refresh
from frontrunner.snapshot.store import Store
from tests.hub.conftest import hub, plain_client  # noqa: F401 -- fixtures
from tests.hub.made_hub import BOARD, READER, TOKEN, Hub
from tests.hub.test_deploying import DEMO, container
from tests.listener import Listener
from tests.refresh.boards import scores, settings_of, source


@pytest.fixture(autouse=True)
def token(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    hub.app.applications[DEMO] = container


class Board:
    """A board that is updated and deployed."""

    def __init__(self, folder: Path, hub: Hub, **to: Any) -> None:  # noqa: F811
        self.folder, self.hub = folder, hub
        self._to = {"space": DEMO, "within": "20s"} | to

    def settings(self, number: int = 12, **more: Any) -> Settings:
        root = source(self.folder / f"models-{number}", scores(number))
        home = self.folder / "home/frontrunner.toml"
        home.parent.mkdir(exist_ok=True)
        home.write_text(f'[hub]\nendpoint = "{self.hub.url}"\n')
        return settings_of(self.folder, root, deploy=self._to, **more)

    def updated(self, number: int = 12, **more: Any) -> Run:
        return refresh(self.settings(number, **more), Listener()).run

    @property
    def delivered(self) -> str | None:
        return read_state(Home(self.folder / "home")).delivered

    @property
    def commits(self) -> int:
        return len(self.hub.stored.space(DEMO).commits)


@pytest.fixture
def board(tmp_path: Path, hub: Hub) -> Board:  # noqa: F811
    return Board(tmp_path, hub)


def test_an_update_deploys_what_it_published_and_the_next_commits_nothing(board: Board) -> None:
    first = board.updated(10)
    assert (first.outcome, first.commit) == ("published", board.hub.stored.space(DEMO).head.id)
    assert first.live_after is not None
    assert board.delivered == first.snapshot
    commits = board.commits
    again = board.updated(10)
    assert (again.outcome, again.commit, board.commits) == ("unchanged", first.commit, commits)
    more = board.updated(12)
    assert (more.outcome, board.delivered, board.commits) == (
        "published",
        more.snapshot,
        commits + 1,
    )


@pytest.mark.parametrize("number", [10, 2], ids=["unchanged", "held"])
def test_after_a_kill_between_publishing_and_deploying_the_next_run_deploys(
    board: Board, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(run, "deliver", killed)
        with pytest.raises(KeyboardInterrupt):
            board.updated(10)
    published = Store(board.folder / "home").current_id()
    assert (published is not None, board.delivered) == (True, None)
    after = board.updated(number)
    assert after.outcome == ("unchanged" if number == 10 else "held")
    assert board.delivered == published


def test_after_a_kill_while_the_space_builds_the_next_run_waits_for_that_commit(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    from frontrunner.hub import deploying

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(deploying, "wait_until_served", killed)
        with pytest.raises(KeyboardInterrupt):
            board.updated(10)
    head, commits = board.hub.stored.space(DEMO).head.id, board.commits
    after = board.updated(10)
    assert (after.outcome, after.commit, board.commits) == ("unchanged", head, commits)


def test_a_space_that_does_not_build_ends_the_run_and_the_home_keeps_the_snapshot(
    board: Board,
) -> None:
    board.updated(10)
    board.hub.stored.let_next_end(board.hub.stored.space(DEMO), Result.BUILD_ERROR)
    failed = board.updated(12)
    assert (failed.outcome, failed.live_after) == ("undeployed", None)
    assert "BUILD_ERROR" in failed.reason
    assert Store(board.folder / "home").current_id() == failed.snapshot != board.delivered


def test_the_old_board_is_never_overwritten(board: Board, tmp_path: Path) -> None:
    head = board.hub.board.head.id
    failed = Board(tmp_path, board.hub, space=BOARD).updated()
    assert (failed.outcome, "runs another program" in failed.reason) == ("undeployed", True)
    assert board.hub.board.head.id == head


def test_a_live_address_that_shows_another_snapshot_is_not_passed(
    board: Board, tmp_path: Path
) -> None:
    board.hub.app.applications[DEMO] = lambda site, path: Reply(200, b'{"id": "old"}')
    failed = Board(tmp_path, board.hub, within="1s").updated()
    assert failed.outcome == "undeployed"
    assert "it serves the snapshot old" in failed.reason


def test_a_token_without_rights_changes_nothing(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", READER)
    ended = refresh(board.settings(), Listener())
    assert isinstance(ended.error, HubRightsError)
    assert ended.run.outcome == "undeployed"
    assert [m for m, _, _ in board.hub.stored.asked if m != "GET"] == []
    [found] = examine_updates(board.settings())
    assert (found.what, found.state, DEMO in found.text) == ("deployment", "wrong", True)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert deploy(board.settings(), Listener()).outcome is None
    assert list(examine_updates(board.settings())) == []


def test_a_hub_that_is_busy_for_a_moment_is_waited_for(board: Board) -> None:
    board.hub.stored.inject(busy(times=1))
    assert board.updated().outcome == "published"


def test_the_space_keeps_its_title_and_a_card_gives_another(board: Board, tmp_path: Path) -> None:
    board.updated(10)
    stored, title = board.hub.stored, b"---\ntitle: Mine\nsdk: docker\n---\n"
    stored.push(stored.space(DEMO), {"README.md": title.decode()})
    board.updated(11)
    readme = stored.content(stored.space(DEMO).head.files["README.md"])
    assert b"title: Mine" in readme
    commits = board.commits
    board.updated(11)
    assert board.commits == commits, "what it keeps is not committed again"
    card = tmp_path / "card.md"
    card.write_text("---\ntitle: Yours\n---\n")
    Board(tmp_path, board.hub, card=str(card)).updated(11)
    assert b"title: Yours" in stored.content(stored.space(DEMO).head.files["README.md"])
    failed = Board(tmp_path, board.hub, card=str(tmp_path / "none.md")).updated(11)
    assert (failed.outcome, "card" in failed.reason) == ("undeployed", True)


def test_a_snapshot_in_a_data_set(board: Board, tmp_path: Path) -> None:
    done = Board(tmp_path, board.hub, dataset="board/snapshots").updated()
    assert done.outcome == "published", done.reason
    files = board.hub.stored.space(DEMO).head.files
    assert not any(path.startswith("home/snapshots") for path in files)


def test_what_a_person_lets_pass_or_rolls_back_is_deployed(board: Board) -> None:
    first = board.updated(12)
    held = board.updated(3)
    assert held.snapshot
    assert (held.outcome, board.delivered) == ("held", first.snapshot)
    settings = board.settings(3)
    accept(settings, held.snapshot, "Ada", "As asked", Listener())
    assert deploy(settings, Listener()).outcome is None
    assert board.delivered == held.snapshot
    Store(settings.home).rollback()
    assert deploy(settings, Listener()).snapshot == first.snapshot == board.delivered


def test_nothing_is_deployed_from_an_empty_home(board: Board) -> None:
    with pytest.raises(RefreshError, match="Nothing is published"):
        deploy(board.settings(), Listener())


def test_without_the_token_the_run_says_what_to_set(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    ended = refresh(board.settings(), Listener())
    assert isinstance(ended.error, UsageError)
    assert "Set HF_TOKEN" in ended.run.reason


def test_without_a_place_nothing_is_asked(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, source(tmp_path / "all", scores()))
    assert refresh(settings, Listener()).run.live_after is None
    found = deliver.deliver(settings, Store(settings.home), Listener())
    assert (found.live_after, found.outcome) == (None, None)
