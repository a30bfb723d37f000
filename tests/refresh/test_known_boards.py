"""Boards that an update ranked are not ranked again by the next one."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.home import Home
from frontrunner.refresh import changes, known_boards
from frontrunner.refresh.changes import BoardState, board_states
from frontrunner.refresh.known_boards import keep_boards
from frontrunner.refresh.run import refresh
from frontrunner.snapshot.store import Store
from tests.listener import Listener
from tests.refresh.boards import scores, settings_of, source


def found(home: Home, snapshot: str) -> dict[str, BoardState] | None:
    return known_boards.known_boards(home, snapshot)


def test_they_are_known_for_this_snapshot_and_this_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, boards = Home(tmp_path), {"All": BoardState("org/a", {"org/a": 3, "org/b": 2})}
    assert found(home, "one") is None
    home.refresh.mkdir()
    keep_boards(home, "one", boards)
    assert found(home, "one") == boards
    assert found(home, "two") is None
    monkeypatch.setattr(known_boards, "__version__", "0.0.0")
    assert found(home, "one") is None
    home.refresh_boards.write_text("{")
    assert found(home, "one") is None


def test_an_update_ranks_each_board_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ranked: list[int] = []

    def counting(*args: object) -> dict[str, BoardState]:
        ranked.append(1)
        return board_states(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(changes, "board_states", counting)
    for number in range(4):
        folder = source(tmp_path / str(number), scores(12, 0.5 + number / 1000))
        settings = settings_of(tmp_path, folder)
        assert refresh(settings, Listener()).run.outcome == "published"
    # The first had nothing to compare with; the second knew nothing of the first one's boards.
    assert len(ranked) == 0 + 2 + 1 + 1
    current = Store(settings.home).current()
    assert found(Home(settings.home), current.id) == board_states(current.table, current.catalog)


def test_what_is_held_is_not_taken_for_what_is_published(tmp_path: Path) -> None:
    first = refresh(settings_of(tmp_path, source(tmp_path / "a", scores())), Listener()).run
    settings = settings_of(tmp_path, source(tmp_path / "b", scores(12, 0.51)))
    second = refresh(settings, Listener()).run
    assert (first.outcome, second.outcome) == ("published", "published")
    held = refresh(settings_of(tmp_path, source(tmp_path / "c", scores(2))), Listener()).run
    assert held.snapshot
    assert second.snapshot
    home = Home(settings.home)
    assert (found(home, held.snapshot), found(home, second.snapshot) is None) == (None, False)
