"""What follows on publishing, and what is done if it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.atomic import remove_folder
from frontrunner.base.errors import UnpreparedError
from frontrunner.base.home import Home
from frontrunner.calls.pack import keep_calls
from frontrunner.ops import events
from frontrunner.ops.completing import complete, is_prepared
from frontrunner.snapshot.past import has_past
from frontrunner.snapshot.prepared import ANSWERS
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from tests.factories import small_snapshot
from tests.listener import Listener


def test_answers_that_cannot_be_prepared_are_logged_and_stop_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = small_snapshot(tmp_path)
    remove_folder(made.folder / ANSWERS)
    snapshot, store = Snapshot(made.folder), Store(tmp_path / "home")

    def fails(*_: object, **__: object) -> None:
        raise UnpreparedError(snapshot.id, "The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr("frontrunner.answers.prepare.prepare", fails)
        with pytest.raises(UnpreparedError, match="The disk is full"):
            complete(store, snapshot, Listener())
    [event] = events.read_events(store.at)
    assert isinstance(event, events.Unprepared)
    assert (event.snapshot, event.reason) == (snapshot.id, "The disk is full.")
    assert has_past(store.at)
    complete(store, snapshot, Listener())
    assert snapshot.prepared is not None


def test_an_adopted_board_needs_the_answers_to_its_calls_too(tmp_path: Path) -> None:
    made, store = small_snapshot(tmp_path), Store(tmp_path / "home")
    adopted = Home(store.home).adopted
    assert is_prepared(store, made)
    adopted.parent.mkdir(parents=True, exist_ok=True)
    adopted.write_text('{"boards": {}, "types": {}}')
    assert not is_prepared(store, made)
    keep_calls(store.home, made.id, [])
    assert is_prepared(store, made)
    remove_folder(made.folder / ANSWERS)
    assert not is_prepared(store, Snapshot(made.folder))


def test_a_damaged_adoption_needs_no_answers(tmp_path: Path) -> None:
    made, store = small_snapshot(tmp_path), Store(tmp_path / "home")
    adopted = Home(store.home).adopted
    adopted.parent.mkdir(parents=True, exist_ok=True)
    adopted.write_text("{")
    assert is_prepared(store, made)
