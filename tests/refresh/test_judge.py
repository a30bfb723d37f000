"""What an update is measured against: whatever is published when it is judged."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from frontrunner.base.refresh_settings import RefreshSettings
from frontrunner.refresh.judge import Guards
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.build import Inputs
from frontrunner.snapshot.store import Store
from tests.factories import catalog, snapshot_of, write_scores
from tests.snapshot.builds import build


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as one:
        yield one


def changed(guards: Guards, folder: Path) -> int | None:
    """How many scores change by the guards' measure; None if nothing was published."""
    root = write_scores(folder / "next", {"org/a": {"T1": 0.75, "T2": 0.5}, "org/b": {"T1": 0.4}})
    new = snapshot_of(folder / "other", ingested := ingest(root, catalog(), workers=1))
    guards.look(Inputs({}, ingested))
    guards.judge(new)
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
