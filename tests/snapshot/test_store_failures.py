"""Full disks, kills and damage: a home keeps its published snapshot and its history."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from frontrunner.base.errors import CorruptSnapshotError, SnapshotError
from frontrunner.results.ingest import Ingested, ingest
from frontrunner.snapshot import build as building
from frontrunner.snapshot.build import Inputs, build_snapshot
from frontrunner.snapshot.manifest import damage
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store, whole_damage
from tests.factories import catalog, small_snapshot, write_scores
from tests.snapshot.builds import build


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


def test_a_snapshot_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, synced: list[str]
) -> None:
    store = Store(tmp_path / "home")
    with store.building() as fresh:
        building._write_parts(
            fresh, Inputs({}, _ingested(tmp_path)), _same_process(), building.nothing
        )
        names = {path.name for path in fresh.iterdir()}
        del synced[:]
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
