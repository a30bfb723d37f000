"""Packed snapshots: the same bytes, whatever interrupts the packing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from frontrunner.base import atomic
from frontrunner.base.errors import CorruptSnapshotError, SnapshotError
from frontrunner.base.home import Home
from frontrunner.snapshot import parts
from frontrunner.snapshot.parts import is_packed, pack, remove_unused, unpack, unpacked
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.retention import Retention
from frontrunner.snapshot.store import Store, whole_damage
from tests.factories import small_snapshot

ALL = Retention(1e12, 0, 0)


class Killed(BaseException):
    """The process ends here."""


def content(folder: Path) -> dict[str, bytes]:
    names = Snapshot(folder).manifest.files
    return {name: (folder / name).read_bytes() for name in names}


def two(folder: Path) -> tuple[Store, Snapshot, Snapshot]:
    """A home with two snapshots, the second one published."""
    old, new = small_snapshot(folder), small_snapshot(folder, 0.05)
    return Store(folder / "home"), old, new


def test_a_packed_snapshot_has_the_same_bytes(tmp_path: Path) -> None:
    store, old, _ = two(tmp_path)
    before = content(old.folder)
    pack(old.folder)
    assert sorted(path.name for path in old.folder.iterdir()) == [
        "built.json",
        "manifest.json",
        "packed",
    ]
    assert whole_damage(store.open(old.id)) == []
    with store.reading(old.id) as found:
        assert content(found.folder) == before
        assert found.table.rows == 4
    assert not found.folder.exists()
    unpack(old.folder)
    assert content(old.folder) == before
    assert not is_packed(old.folder)


def test_what_two_snapshots_share_is_stored_once(tmp_path: Path) -> None:
    _, old, new = two(tmp_path)
    pack(old.folder)
    one = len(list(Home(tmp_path / "home").parts.iterdir()))
    pack(new.folder)
    files = {entry.sha256 for some in (old, new) for entry in some.manifest.files.values()}
    assert len(list(Home(tmp_path / "home").parts.iterdir())) == len(files) < 2 * one


@pytest.mark.parametrize("work", [pack, unpack])
def test_a_kill_at_any_step_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: Callable[[Path], None]
) -> None:
    store, old, _ = two(tmp_path)
    before, finished, at = content(old.folder), False, 0
    while not finished:
        at += 1
        (pack if work is unpack else unpack)(old.folder)
        with monkeypatch.context() as patched:
            left = iter(range(at))

            def step(real: Callable[..., object], left: object = left) -> Callable[..., object]:
                def stepping(path: Path, *given: object, **more: object) -> object:
                    # Of other folders, a gateway of other tests writes and removes files meanwhile.
                    is_ours = path.is_relative_to(tmp_path)
                    if is_ours and next(left, None) is None:  # type: ignore[call-overload]
                        raise Killed
                    return real(path, *given, **more)

                return stepping

            patched.setattr(f"{parts.__name__}.write_file", step(atomic.write_file))
            patched.setattr(Path, "unlink", step(Path.unlink))
            patched.setattr(f"{parts.__name__}.remove_folder", step(atomic.remove_folder))
            try:
                work(old.folder)
                finished = True
            except Killed:
                pass
        with unpacked(old.folder) as folder:
            assert content(folder) == before
        remove_unused(store.at)
        with unpacked(old.folder) as folder:
            assert content(folder) == before
    assert at > 10


def test_a_damaged_part_is_named_and_never_read(tmp_path: Path) -> None:
    store, old, _ = two(tmp_path)
    pack(old.folder)
    part = store.at.part(old.manifest.files["score.npy"].sha256)
    part.write_bytes(part.read_bytes()[:-5])
    assert "score.npy is packed" in whole_damage(store.open(old.id))[0]
    with pytest.raises(CorruptSnapshotError, match="missing or damaged"), store.reading(old.id):
        pass
    with pytest.raises(CorruptSnapshotError):
        store.publish(old.id)


def test_a_damaged_snapshot_is_not_packed(tmp_path: Path) -> None:
    store, old, _ = two(tmp_path)
    (old.folder / "score.npy").write_bytes(b"damaged")
    store.pack([old.id])
    assert not is_packed(old.folder)
    assert "score.npy" in whole_damage(store.open(old.id))[0]


def test_publishing_a_packed_snapshot_gives_its_files_back(tmp_path: Path) -> None:
    store, old, _ = two(tmp_path)
    store.pack([old.id])
    store.publish(old.id)
    assert not is_packed(old.folder)
    assert store.current().table.rows == 4


def test_the_served_snapshot_is_never_packed(tmp_path: Path) -> None:
    store, _, new = two(tmp_path)
    store.pack([new.id])
    assert not is_packed(new.folder)


def test_pruning_packs_what_the_rule_keeps_and_removes_the_rest(tmp_path: Path) -> None:
    store, old, new = two(tmp_path)
    last = small_snapshot(tmp_path, 0.06)
    assert store.prune(1, ALL, dry_run=True) == []
    assert store.prune(1, ALL) == []
    assert [is_packed(one.folder) for one in (old, new, last)] == [True, False, False]
    assert store.at.parts.is_dir()
    assert store.prune(1, Retention(0, 0, 0)) == [old.id]
    assert list(store.at.parts.iterdir()) == []


def test_a_full_disk_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, old, _ = two(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parts, "write_file", full)
    with pytest.raises(SnapshotError, match="No space left on device"):
        store.pack([old.id])
    assert whole_damage(store.open(old.id)) == []
