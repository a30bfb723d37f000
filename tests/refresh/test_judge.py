"""What an update is measured against: whatever is published when it is judged."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from frontrunner.base.refresh_settings import RefreshSettings
from frontrunner.refresh import judge as module
from frontrunner.refresh.changes import BoardState
from frontrunner.refresh.judge import Guards
from frontrunner.refresh.known_boards import keep_boards
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.build import Inputs
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from tests.factories import catalog, write_scores
from tests.snapshot.builds import build


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as one:
        yield one


def changed(guards: Guards, folder: Path) -> int | None:
    """How many scores change by the guards' measure; None if nothing was published."""
    root = write_scores(folder / "next", {"org/a": {"T1": 0.75, "T2": 0.5}, "org/b": {"T1": 0.4}})
    guards.look(Inputs({}, ingest(root, catalog(), workers=1)))
    return guards.changes.scores.changed if guards.changes else None


@pytest.mark.parametrize("ahead", [False, True])
def test_it_is_measured_against_what_is_published(
    tmp_path: Path, thread: ThreadPoolExecutor, ahead: bool
) -> None:
    store = build(tmp_path, "home").folder.parents[1]
    guards = Guards(Store(store), RefreshSettings())
    if ahead:
        guards.begin(thread)
    assert changed(guards, tmp_path) == 1


@pytest.mark.parametrize("first", [False, True])
def test_what_another_command_publishes_meanwhile_counts(
    tmp_path: Path, thread: ThreadPoolExecutor, first: bool
) -> None:
    store = Store(tmp_path / "home")
    if not first:
        build(tmp_path, "home")
    guards = Guards(store, RefreshSettings())
    guards.begin(thread)
    thread.submit(len, "").result()  # what is published then is open
    build(tmp_path, "home", bonus=0.25)
    assert changed(guards, tmp_path) == 0


def test_the_first_update_is_measured_against_nothing(
    tmp_path: Path, thread: ThreadPoolExecutor
) -> None:
    guards = Guards(Store(tmp_path / "home"), RefreshSettings())
    guards.begin(thread)
    assert changed(guards, tmp_path) is None


def test_what_was_removed_while_it_was_opened_does_not_count(
    tmp_path: Path, thread: ThreadPoolExecutor
) -> None:
    first = build(tmp_path, "home")
    (first.folder / "score.npy").unlink()
    guards = Guards(Store(tmp_path / "home"), RefreshSettings())
    guards.begin(thread)
    thread.submit(len, "").result()
    build(tmp_path, "home", bonus=0.25)
    assert changed(guards, tmp_path) == 0
    assert guards.judge() == ""


def test_boards_that_were_kept_are_those_of_the_snapshot_that_is_opened(
    tmp_path: Path, thread: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, kept = Store(tmp_path / "home"), {"of the first": BoardState("org/a", {})}
    first = build(tmp_path, "home")
    store.at.refresh.mkdir(exist_ok=True)
    keep_boards(store.at, first.id, kept)

    def published_meanwhile() -> Snapshot:
        build(tmp_path, "home", bonus=0.25)
        return Store(tmp_path / "home").current()

    monkeypatch.setattr(store, "current", published_meanwhile)
    guards = Guards(store, RefreshSettings())
    guards.begin(thread)
    changed(guards, tmp_path)
    assert guards.changes
    assert list(guards.changes.boards_before) == ["All"]


@pytest.mark.parametrize("rank", [False, True])
def test_boards_are_ranked_anew_only_where_there_is_time(
    tmp_path: Path, thread: ThreadPoolExecutor, rank: bool
) -> None:
    store, kept = Store(tmp_path / "home"), {"kept": BoardState("org/a", {})}
    first = build(tmp_path, "home")
    store.at.refresh.mkdir(exist_ok=True)
    keep_boards(store.at, first.id, kept)
    guards = Guards(store, RefreshSettings())
    guards.begin(thread, rank=rank)
    changed(guards, tmp_path)
    assert guards.changes
    assert list(guards.changes.boards_before) == (["All"] if rank else ["kept"])


@pytest.mark.parametrize("name", ["variant", "cell", "rows_by_cell", "cell_start"])
def test_numbers_that_contradict_each_other_are_damage(tmp_path: Path, name: str) -> None:
    snapshot = build(tmp_path, "home")
    path = snapshot.folder / f"{name}.npy"
    np.save(path, np.load(path) + 1000)
    guards = Guards(Store(tmp_path / "home"), RefreshSettings())
    assert changed(guards, tmp_path) is None
    guards.judge()
    assert [one.guard for one in guards.found] == ["current"]
    said = f"the scores in {snapshot.folder} are damaged: {name}.npy has been changed. Run: "
    assert guards.reason.endswith(f"{said}frontrunner verify")


def test_a_mistake_of_the_program_is_not_taken_for_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*given: object) -> None:
        raise IndexError("a mistake")

    build(tmp_path, "home")
    monkeypatch.setattr(module, "measure", wrong)
    with pytest.raises(IndexError, match="a mistake"):
        changed(Guards(Store(tmp_path / "home"), RefreshSettings()), tmp_path)
