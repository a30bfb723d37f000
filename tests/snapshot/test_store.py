"""Snapshots: named by content, whole or not there, and a way back."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pytest

from frontrunner.base.atomic import remove_folder
from frontrunner.base.errors import CorruptSnapshotError, SnapshotError, UnknownNameError
from frontrunner.results.ingest import Ingested, ingest
from frontrunner.snapshot import build as building
from frontrunner.snapshot.build import Inputs, build_snapshot
from frontrunner.snapshot.manifest import damage
from frontrunner.snapshot.prepared import ANSWERS, has_answers
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store, whole_damage
from tests.factories import catalog, small_snapshot, snapshot_of, write, write_scores


def build(folder: Path, home: str, bonus: float = 0.0, publish: bool = True) -> Any:
    known = catalog()
    scores = {"org/a": {"T1": 0.5 + bonus, "T2": 0.5}, "org/b": {"T1": 0.4}}
    root = write_scores(folder / f"results{bonus}", scores)
    write(root, "org__a/r1/broken.json", b"{")
    return snapshot_of(folder / home, ingest(root, known, workers=1), publish)


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


@pytest.mark.parametrize("harm", ["change", "cut", "remove"])
def test_damage_is_found_and_never_published(tmp_path: Path, harm: str) -> None:
    build(tmp_path, "home")
    victim = build(tmp_path, "home", 0.1, publish=False)
    path = victim.folder / "score.npy"
    whole = path.read_bytes()
    if harm == "remove":
        path.unlink()
    else:
        path.write_bytes(whole[:-1] if harm == "cut" else whole[:-1] + bytes([whole[-1] ^ 1]))
    assert len(list(damage(victim.folder, victim.manifest))) == 1
    store = Store(tmp_path / "home")
    before = store.current_id()
    with pytest.raises(SnapshotError, match=r"damaged.*score\.npy"):
        store.publish(victim.id)
    assert store.current_id() == before
    mended = build(tmp_path, "home", 0.1)
    assert list(damage(mended.folder, mended.manifest)) == []


def test_an_edited_manifest_is_damage(tmp_path: Path) -> None:
    snapshot = build(tmp_path, "home")
    path = snapshot.folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"rows": 3', b'"rows": 4'))
    reopened = Store(tmp_path / "home").current()
    assert "does not match the name" in next(iter(damage(reopened.folder, reopened.manifest)))
    path.write_bytes(b"{")
    with pytest.raises(CorruptSnapshotError, match="cannot be read"):
        Store(tmp_path / "home").current()


def test_a_full_disk_leaves_what_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(tmp_path, "home")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    store = Store(tmp_path / "home")
    for step in ("write_table", "write_pack", "write_packed_files", "file_digest"):
        with monkeypatch.context() as patched:
            patched.setattr(building, step, full)
            with pytest.raises(SnapshotError, match="No space left"):
                build(tmp_path, "home", 0.1)
        assert store.current_id() == first.id
        assert [path.name for path in store.folder.iterdir()] == [first.id]
    assert build(tmp_path, "home", 0.1).id == store.current_id()


def test_who_writes_beside_leaves_nothing_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full for one and not yet for the other, who takes longer."""

    def slowly(folder: Path, *_: object) -> None:
        time.sleep(0.3)
        folder.mkdir(exist_ok=True)
        (folder / "late").touch()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(building, "write_packed_files", slowly)
    monkeypatch.setattr(building, "write_pack", full)
    known = catalog()
    root = write_scores(tmp_path / "results", {"org/a": {"T1": 0.5}})
    inputs = Inputs({}, ingest(root, known, workers=1))
    with ThreadPoolExecutor(2) as helper:
        with pytest.raises(SnapshotError, match="No space left"):
            build_snapshot(Store(tmp_path / "home"), inputs, helper)
        time.sleep(0.5)
    assert list((tmp_path / "home/snapshots").iterdir()) == []


def test_a_disk_that_is_full_for_parquet_is_an_error_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise pl.exceptions.ComputeError("parquet: No space left on device (os error 28)")

    monkeypatch.setattr("polars.DataFrame.write_parquet", full)
    with pytest.raises(SnapshotError, match="No space left"):
        build(tmp_path, "home")
    assert list((tmp_path / "home/snapshots").iterdir()) == []


def test_a_disk_that_is_full_when_publishing_leaves_what_is_current(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(tmp_path, "home")
    store = Store(tmp_path / "home")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.symlink_to", full)
        with pytest.raises(SnapshotError, match="could not be made current"):
            build(tmp_path, "home", 0.1)
    assert store.current_id() == first.id


@pytest.mark.parametrize("failed", ["publish", "rollback"])
def test_a_change_that_failed_half_way_leaves_the_way_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failed: str
) -> None:
    names = [build(tmp_path, "home", bonus).id for bonus in (0.0, 0.1, 0.2)]
    store = Store(tmp_path / "home")
    store.rollback()
    assert store.current_id() == names[1]
    with monkeypatch.context() as patch:
        patch.setattr(Path, "symlink_to", _no_space)
        for _ in range(2):
            with pytest.raises(SnapshotError):
                store.rollback() if failed == "rollback" else store.publish(names[2])
    store.prune(1)
    assert store.rollback().snapshot == names[0]


def _no_space(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


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


def test_left_overs_of_a_killed_build_go_with_the_next(tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    left = store.folder / ".writing-1-new"
    left.mkdir(parents=True)
    (left / "score.npy").write_bytes(b"half")
    (store.home / ".writing-1-checked.json").write_bytes(b"{")
    (store.home / ".writing-2-current").symlink_to("snapshots/gone")
    build(tmp_path, "home")
    assert not left.exists()
    assert list(store.home.glob(".writing-*")) == []
    assert store.ids() == [store.current_id()]


def test_a_history_cut_off_by_a_crash_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    names = [build(tmp_path, "home", bonus).id for bonus in (0.0, 0.1)]
    store = Store(tmp_path / "home")
    with (tmp_path / "home/history.jsonl").open("ab") as file:
        file.write(b'{"at": 1, "action": "publish", "snapshot": "never"}\n{"at": 2, "act')
    assert store.rollback().snapshot == names[0]


def test_a_line_cut_off_takes_no_other_with_it(tmp_path: Path) -> None:
    first = build(tmp_path, "home", 0.0).id
    with (tmp_path / "home/history.jsonl").open("ab") as file:
        file.write(b'{"at": 2, "act')
    build(tmp_path, "home", 0.1)
    store = Store(tmp_path / "home")
    assert [event.action for event in store.history()] == ["publish", "publish"]
    assert store.rollback().snapshot == first


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


def test_the_next_build_removes_answers_that_a_kill_left_half_made(tmp_path: Path) -> None:
    old = build(tmp_path, "home")
    left, busy = old.folder / ".writing-1-answers", old.folder / ".writing-2-answers"
    left.mkdir()
    (left / "answers.pack").write_bytes(b"half")
    busy.mkdir()
    handle = os.open(busy, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)  # as a process that is still preparing holds it
    build(tmp_path, "home", 0.1)
    assert not left.exists()
    assert busy.exists()
    os.close(handle)
    build(tmp_path, "home", 0.2)
    assert not busy.exists()


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


def test_a_snapshot_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, synced: list[str]
) -> None:
    store = Store(tmp_path / "home")
    with store.building() as fresh:
        building._write_parts(
            fresh, Inputs({}, _ingested(tmp_path)), _same_process(), building.nothing
        )
        names = {path.name for path in fresh.iterdir()}
        assert synced == []
        kept = store.keep(fresh)
    assert set(synced[: len(names)]) == names
    assert synced[len(names)] == fresh.name  # the names of the files
    assert synced[len(names) + 1 :] == ["snapshots"]  # the name of the snapshot
    del synced[:]
    store.publish_fresh(kept)
    # The history and its name first, then the pointer.
    assert synced == ["history.jsonl", "home", "home"]


def _ingested(folder: Path) -> Ingested:
    root = write_scores(folder / "results", {"org/a": {"T1": 0.5}})
    return ingest(root, catalog(), workers=1)


def _same_process() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1)


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


def test_a_damaged_snapshot_that_is_built_again_is_removed_by_renaming(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(tmp_path, "home")
    (first.folder / "score.npy").write_bytes(b"damaged")
    removed: list[str] = []
    real = shutil.rmtree

    def rmtree(path: Path, **more: Any) -> None:
        removed.append(Path(path).name.partition("-")[0])
        real(path, **more)

    monkeypatch.setattr(shutil, "rmtree", rmtree)
    build(tmp_path, "home")
    assert ".removing" in removed
    assert first.id not in removed


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


@pytest.mark.parametrize(
    ("line", "read"),
    [
        (b'{"at":1e300,"action":"publish","snapshot":"x"}', 2),
        (b'{"at":-1,"action":"publish","snapshot":"x"}', 2),
        (b'{"at":1.0,"action":"publish","snapshot":"\xff"}', 2),
        (b"[" * 100_000, 2),
        (b"\x00" * 9, 2),
        (b'{"at":1.0,"action":"publish","snapshot":"x"}', 3),
    ],
)
def test_a_bad_line_of_the_history_costs_no_other(tmp_path: Path, line: bytes, read: int) -> None:
    build(tmp_path, "home")
    with (tmp_path / "home/history.jsonl").open("ab") as file:
        file.write(line + b"\n")
    last = build(tmp_path, "home", 0.1)
    store = Store(tmp_path / "home")
    assert len(store.history()) == read
    assert store.current_id() == last.id
    store.rollback()


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


def test_damage_of_answers_alone_is_mended_by_preparing_them_again(tmp_path: Path) -> None:
    build(tmp_path, "home")
    victim = build(tmp_path, "home", 0.1, publish=False)
    store = Store(tmp_path / "home")
    (victim.folder / "answers/answers.bin").unlink()
    with pytest.raises(SnapshotError) as caught:
        store.publish(victim.id)
    assert str(caught.value) == (
        f"Snapshot {victim.id} is damaged and was not made current: answers/answers.bin is "
        "missing. Prepare its answers again: frontrunner prepare --again"
    )
    (victim.folder / "score.npy").unlink()
    with pytest.raises(SnapshotError, match=r"score\.npy is missing\. Build it again, or publish"):
        store.publish(victim.id)
    moved = victim.folder.rename(store.folder / "moved")
    assert whole_damage(Snapshot(moved)) == [f"the folder moved has the snapshot {victim.id}"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff"])
def test_a_snapshot_whose_manifest_is_damaged_can_be_built_again(
    tmp_path: Path, content: bytes
) -> None:
    folder = small_snapshot(tmp_path).folder
    good = (folder / "manifest.json").read_bytes()
    (folder / "manifest.json").write_bytes(content)
    assert small_snapshot(tmp_path).folder == folder
    assert (folder / "manifest.json").read_bytes() == good
