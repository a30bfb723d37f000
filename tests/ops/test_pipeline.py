"""The steps from files to a published board, and what is logged of them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from frontrunner.base.atomic import locked
from frontrunner.base.config import load_settings
from frontrunner.base.errors import FrontrunnerError, NothingUsableError, SnapshotError, UsageError
from frontrunner.base.home import Home
from frontrunner.ops import events, pipeline
from frontrunner.ops.beside import Beside
from frontrunner.results import looking
from frontrunner.results.cache import load, remember
from frontrunner.snapshot.store import Store
from tests.factories import result, small_snapshot, write, write_scores
from tests.listener import Listener

CATALOG = b"""
[[task]]
name = "T1"
type = "STS"
main_score = "accuracy"
splits = ["test"]
languages = ["eng-Latn"]

[[benchmark]]
name = "All"
tasks = ["T1"]

[[model]]
name = "org/a"
"""


def request(folder: Path, score: float = 0.5, publish: bool = True) -> pipeline.Request:
    root = write_scores(folder / f"results{score}", {"org/a": {"T1": score}})
    judge = pipeline.always if publish else pipeline.never
    catalog = write(folder, "catalog.toml", CATALOG)
    return pipeline.Request((str(root),), (catalog,), without_mteb=True, judge=judge)


def kinds(store: Store) -> list[type]:
    return [type(event) for event in events.read_events(store.at)]


def test_a_build_tells_its_steps_and_logs_what_it_did(tmp_path: Path) -> None:
    listener = Listener()
    settings = load_settings(tmp_path / "home", {})
    built = pipeline.build(settings, request(tmp_path), listener)
    assert listener.steps == [
        "Reading the catalog",
        "Reading result files",
        "Writing the snapshot",
        "Preparing answers",
    ]
    assert listener.said == [f"Published: snapshot {built.id}"]
    store = Store(tmp_path / "home")
    assert store.current_id() == built.id
    assert store.current().prepared is not None
    assert kinds(store) == [events.Built, events.Published, events.Prepared]
    again = pipeline.build(settings, request(tmp_path), listener)
    assert again.id == built.id
    assert listener.said[-1] == f"Published already: snapshot {built.id}"
    assert kinds(store)[3:] == [events.Built]


def test_what_is_not_published_is_held(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "home", {})
    pipeline.build(settings, request(tmp_path, publish=False), Listener())
    store = Store(tmp_path / "home")
    assert store.current_id() is None
    assert kinds(store) == [events.Built, events.Held, events.Prepared]


def test_a_failed_build_is_logged_with_its_reason(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "home", {})
    asked = request(tmp_path)._replace(results=(str(tmp_path / "nowhere"),))
    with pytest.raises(FrontrunnerError):
        pipeline.build(settings, asked, Listener())
    [event] = events.read_events(Store(tmp_path / "home").at)
    assert isinstance(event, events.BuildFailed)
    assert "nowhere" in event.reason
    with pytest.raises(UsageError, match="no catalog at all"):
        pipeline.build(settings, asked._replace(catalog=()), Listener())


def test_a_source_that_gives_nothing_leaves_the_board_as_it_is(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "home", {})
    built = pipeline.build(settings, request(tmp_path), Listener())
    nobody = write_scores(tmp_path / "nobody", {"no/body": {"T1": 0.5}})
    asked = request(tmp_path)._replace(results=(str(nobody),))
    with pytest.raises(NothingUsableError):
        pipeline.build(settings, asked, Listener())
    store = Store(tmp_path / "home")
    assert store.current_id() == built.id
    assert store.ids() == [built.id]


def test_several_sources_are_told_apart_in_what_is_said(tmp_path: Path) -> None:
    asked = request(tmp_path)
    more = write_scores(tmp_path / "mine", {"org/a": {"T1": 0.9}})
    listener = Listener()
    pipeline.build(
        load_settings(tmp_path / "home", {}),
        asked._replace(results=(*asked.results, str(more))),
        listener,
    )
    assert listener.said[:2] == [
        "  results0.5: 1 file, 1 with scores, 1 replaced by a later source",
        "  mine: 1 file, 1 with scores",
    ]


def test_runs_that_differ_are_told(tmp_path: Path) -> None:
    asked = request(tmp_path)
    write(tmp_path, "results0.5/org__a/r9/T1.json", result("T1", 0.25))
    listener = Listener()
    pipeline.build(load_settings(tmp_path / "home", {}), asked, listener)
    assert any("Runs of one model differ: 1 task of 1 model." in one for one in listener.said)


def test_publish_roll_back_and_prune_are_logged(tmp_path: Path) -> None:
    names = [small_snapshot(tmp_path, bonus / 100).id for bonus in range(3)]
    store, listener = Store(tmp_path / "home"), Listener()
    assert pipeline.publish(store, names[2], listener) is None
    pipeline.publish(store, names[0], listener)
    pipeline.roll_back(store, listener)
    assert pipeline.prune(store, 1, listener, dry_run=True) == [names[0]]
    assert pipeline.prune(store, 1, listener) == [names[0]]
    assert kinds(store) == [events.Published, events.RolledBack, events.Pruned]
    assert listener.warned == []


def test_a_log_that_cannot_be_written_is_a_warning(tmp_path: Path) -> None:
    name = small_snapshot(tmp_path).id
    small_snapshot(tmp_path, 0.01)
    store, listener = Store(tmp_path / "home"), Listener()
    store.at.events.mkdir()
    assert pipeline.publish(store, name, listener) is not None
    assert store.current_id() == name
    assert len(listener.warned) == 1


def test_a_change_waits_for_another_and_says_so(tmp_path: Path) -> None:
    small_snapshot(tmp_path)
    listener = Listener()
    store = Store(tmp_path / "home", say=listener.say)
    with locked(store.at.change_lock):
        waiting = threading.Thread(target=pipeline.prune, args=(store, 1, listener))
        waiting.start()
        while not listener.said:
            waiting.join(0.01)
    waiting.join(10)
    assert not waiting.is_alive()
    assert listener.said == [f"Another command is changing {store.home}; waiting for it to end ..."]


def test_a_wait_is_bounded(tmp_path: Path) -> None:
    small_snapshot(tmp_path)
    store = Store(tmp_path / "home", patience=0.1)
    with locked(store.at.change_lock), pytest.raises(SnapshotError, match="still holds"):
        pipeline.roll_back(store, Listener())


def test_what_was_read_is_stored_when_readers_have_the_board(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(tmp_path / "home", {})
    home, published = Home(settings.home), []

    def noted(*given: Any) -> None:
        published.append(home.published)
        remember(*given)

    monkeypatch.setattr(looking, "remember", noted)
    built = pipeline.build(settings, request(tmp_path), Listener())
    assert published == [built.id]
    [memory] = home.cache.iterdir()
    assert load(memory) is not None


def test_what_was_read_of_many_rows_is_stored_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(tmp_path / "home", {})
    monkeypatch.setattr(looking, "MANY_ROWS", 1)
    monkeypatch.setattr(Beside, "do_what_is_left", lambda _: None)
    pipeline.build(settings, request(tmp_path), Listener())
    assert list(Home(settings.home).cache.iterdir())
