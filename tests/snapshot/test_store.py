"""Snapshots: named by content, whole or not there, and a way back."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
import polars as pl
import pytest

from frontrunner.base.atomic import remove_folder
from frontrunner.base.errors import CorruptSnapshotError, SnapshotError, UnknownNameError
from frontrunner.snapshot.prepared import ANSWERS, has_answers
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store, whole_damage
from tests.factories import catalog, small_snapshot
from tests.snapshot.builds import build


def test_equal_inputs_give_equal_bytes(tmp_path: Path) -> None:
    one, two = build(tmp_path, "one"), build(tmp_path, "two")
    assert one.id == two.id
    for name in one.manifest.files:
        assert (one.folder / name).read_bytes() == (two.folder / name).read_bytes()
    assert build(tmp_path, "one", bonus=0.1).id != one.id


def test_a_snapshot_holds_what_it_was_made_from(tmp_path: Path) -> None:
    snapshot = build(tmp_path, "home")
    assert snapshot.catalog == catalog()
    scores = snapshot.frame("scores").collect()
    assert scores["score"].to_list() == [0.5, 0.4, 0.5]
    files = snapshot.frame("files").collect()
    assert files["path"].gather(scores["file"]).to_list()[0] == "org__a/r1/T1.json"
    [reject] = snapshot.frame("rejects").collect().iter_rows(named=True)
    assert (reject["path"], reject["reason"]) == ("org__a/r1/broken.json", "not-json")
    counts = snapshot.manifest.provenance.counts
    assert (counts.files_seen, counts.files_used, counts.files_rejected) == (4, 3, 1)
    assert counts.benchmarks == 1
    assert snapshot.table.score.tolist() == [0.5, 0.4, 0.5]
    assert pl.read_parquet(snapshot.folder / "run_settings.parquet").height == 0


def test_publish_and_rollback(tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    with pytest.raises(UnknownNameError, match="Nothing is published"):
        store.current()
    with pytest.raises(UnknownNameError, match="Nothing to roll back to"):
        store.rollback()
    names = [build(tmp_path, "home", bonus).id for bonus in (0.0, 0.1, 0.2)]
    assert store.current_id() == names[2]
    assert store.rollback().snapshot == names[1]
    assert store.rollback().snapshot == names[0]
    with pytest.raises(UnknownNameError):
        store.rollback()
    store.publish(names[2])
    assert store.rollback().snapshot == names[0]
    assert store.publish(names[0]) is None
    assert [event.action for event in store.history()].count("publish") == 4


def test_a_snapshot_is_found_by_the_start_of_its_name(tmp_path: Path) -> None:
    snapshot = build(tmp_path, "home")
    store = Store(tmp_path / "home")
    assert store.open(snapshot.id[:6]).id == snapshot.id
    for name in ("", "zzz"):
        with pytest.raises(UnknownNameError, match="snapshots"):
            store.open(name)


def test_only_one_command_changes_a_home_at_a_time(tmp_path: Path) -> None:
    one, other = Store(tmp_path / "home"), Store(tmp_path / "home", patience=0.0)
    name = build(tmp_path, "home").id
    changes: list[Callable[[], object]] = [
        other.building().__enter__,
        other.rollback,
        lambda: other.publish(name),
        lambda: other.publish_fresh(Snapshot(one.folder / name)),
        lambda: other.prune(1),
    ]
    with one.changing():
        for change in changes:
            with pytest.raises(SnapshotError, match="still holds"):
                change()
        assert other.prune(1, dry_run=True) == []  # changes nothing, so it does not wait
        assert one.prune(1) == []  # the holder itself may
    other.prune(1)


def test_only_one_build_begins_at_a_time(tmp_path: Path) -> None:
    other = Store(tmp_path / "home", patience=0.0)
    with Store(tmp_path / "home").only_build():
        with pytest.raises(SnapshotError, match="still holds"), other.only_build():
            pass
        build(tmp_path, "home")
        assert other.publish(other.ids()[0]) is None  # published meanwhile


def test_what_was_pruned_before_it_was_published_is_never_current(tmp_path: Path) -> None:
    build(tmp_path, "home")
    fresh = build(tmp_path, "home", 0.1, publish=False)
    store = Store(tmp_path / "home")
    shutil.rmtree(fresh.folder)
    with pytest.raises(CorruptSnapshotError, match="cannot be read"):
        store.publish_fresh(fresh)
    assert store.current().id != fresh.id


def test_pruning_never_takes_what_is_being_published(tmp_path: Path) -> None:
    """One publishes and rolls back, another prunes: what is current always opens."""
    names = [build(tmp_path, "home", bonus / 10).id for bonus in range(3)]
    stop = threading.Event()

    def prune() -> None:
        while not stop.is_set():
            Store(tmp_path / "home").prune(1)

    pruning = threading.Thread(target=prune)
    pruning.start()
    store = Store(tmp_path / "home")
    for number in range(24):
        with suppress(UnknownNameError, CorruptSnapshotError):  # pruned before: says so
            store.publish(names[number % 3])
        assert store.current().id == store.current_id()
        build(tmp_path, "home", (number % 3) / 10, publish=False)
    stop.set()
    pruning.join()


def test_pruning_keeps_the_current_and_the_one_before(tmp_path: Path) -> None:
    names = [build(tmp_path, "home", bonus / 10).id for bonus in range(4)]
    store = Store(tmp_path / "home")
    store.publish(names[0])
    assert store.prune(1, dry_run=True) == [names[1], names[2]]
    assert len(store.ids()) == 4
    store.prune(1)
    assert set(store.ids()) == {names[0], names[3]}


def test_small_snapshot_has_answers(tmp_path: Path) -> None:
    answers = small_snapshot(tmp_path).prepared
    assert answers is not None
    assert "benchmarks/All/scores" in answers
    whole = answers.get("benchmarks/All/scores")
    assert whole is not None
    assert whole.identity.startswith(b'{"benchmarkName":"All"')


def test_a_snapshot_without_answers_is_whole(tmp_path: Path) -> None:
    snapshot = build(tmp_path, "home")
    remove_folder(snapshot.folder / ANSWERS)
    assert not has_answers(snapshot.folder)
    assert whole_damage(Snapshot(snapshot.folder)) == []


def test_snapshots_of_another_format_are_passed_over(tmp_path: Path) -> None:
    old = build(tmp_path, "home")
    manifest = old.folder / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"format": 3', b'"format": 2'))
    store = Store(tmp_path / "home")
    with pytest.raises(CorruptSnapshotError, match="Build it again"):
        store.current()
    new = build(tmp_path, "home", 0.1)
    assert store.current_id() == new.id
    assert store.ids() == [old.id, new.id]


def test_a_pruned_snapshot_loses_its_name_before_its_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, synced: list[str]
) -> None:
    old, *_ = (build(tmp_path, "home", bonus / 10) for bonus in range(3))
    store = Store(tmp_path / "home")
    seen: list[bool] = []

    def killed(path: Path, **_: object) -> None:
        seen.append(old.folder.exists())
        assert (Path(path) / "manifest.json").is_file()

    del synced[:]
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", killed)
        assert store.prune(1) == [old.id]
    assert seen == [False]
    assert synced == ["snapshots"]
    assert old.id not in store.ids()
    build(tmp_path, "home", 0.3)
    assert not list(store.folder.glob(".*"))


@pytest.mark.parametrize("keep", [1, 2, 3, 5])
def test_pruning_protects_what_is_current_and_what_was_before_it(tmp_path: Path, keep: int) -> None:
    names = [build(tmp_path, "home", bonus / 10).id for bonus in range(5)]
    store = Store(tmp_path / "home")
    store.publish(names[1])
    store.publish(names[0])
    store.prune(keep)
    assert set(store.ids()) == {names[0], names[1], *names[-keep:]}
    assert store.rollback().snapshot == names[1]


def test_pruning_to_0_keeps_only_what_is_protected(tmp_path: Path) -> None:
    names = [build(tmp_path, "home", bonus / 10).id for bonus in range(3)]
    assert Store(tmp_path / "home").prune(0) == names[:1]
    assert set(Store(tmp_path / "home").ids()) == set(names[1:])


def test_the_start_of_a_name_must_be_that_of_one_snapshot(tmp_path: Path) -> None:
    snapshot = build(tmp_path, "home")
    store = Store(tmp_path / "home")
    shutil.copytree(snapshot.folder, store.folder / f"{snapshot.id}2")
    for name, found, verb in (("zzz", "No", "is"), (snapshot.id[:6], "2", "are")):
        with pytest.raises(UnknownNameError) as caught:
            store.open(name)
        assert str(caught.value) == (
            f"{found} snapshot{'s' * (verb == 'are')} in {tmp_path}/home {verb} called {name!r}. "
            "List them with: frontrunner snapshots"
        )


def test_the_history_says_what_was_published_when_and_in_place_of_what(tmp_path: Path) -> None:
    one, other = (build(tmp_path, "home", bonus, publish=False) for bonus in (0.0, 0.1))
    store = Store(tmp_path / "home")
    began = time.time()
    events = [store.publish_fresh(one), store.publish(other.id), store.rollback()]
    assert store.publish_fresh(one) is None  # it is current already
    assert store.history() == events
    assert [(e.action, e.snapshot, e.previous) for e in events if e] == [
        ("publish", one.id, None),
        ("publish", other.id, one.id),
        ("rollback", one.id, other.id),
    ]
    assert all(began <= event.at <= time.time() for event in events if event)
    lines = (tmp_path / "home/history.jsonl").read_bytes().splitlines()
    assert [msgspec.json.decode(line)["action"] for line in lines] == [
        "publish", "publish", "rollback",
    ]  # fmt: skip


def test_a_home_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SnapshotError) as caught, Store(tmp_path / "file").changing():
        pass
    assert str(caught.value) == (
        f"{tmp_path}/file cannot be used as a home: File exists. Fix its permissions, or use "
        "another --home."
    )


def test_a_wait_for_another_command_is_announced(tmp_path: Path) -> None:
    said: list[str] = []
    waiting = Store(tmp_path / "home", patience=0.0, say=said.append)
    with Store(tmp_path / "home").changing():
        with pytest.raises(SnapshotError) as caught, waiting.changing():
            pass
        with pytest.raises(SnapshotError, match="after 0 seconds"), waiting.changing():
            pass  # the first try left no trace
    [first, _] = said
    assert first == f"Another command is changing {tmp_path}/home; waiting for it to end ..."
    assert "still holds" in str(caught.value)
    with waiting.changing(), waiting.changing():
        pass
    with waiting.changing():
        pass
    assert len(said) == 2
