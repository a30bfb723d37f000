"""Readers and crashes meet the old content or the new, never half of one."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from frontrunner.base import atomic
from frontrunner.base.atomic import private_copy, temporary_folder
from tests.waiting import next_line


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path: Path, synced: list[str]) -> None:
    path = tmp_path / "a.json"
    atomic.write_file(path, b"1")
    atomic.write_file(path, b"2", mode=0o600)
    assert path.read_bytes() == b"2"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
    assert [name.endswith("a.json") for name in synced] == [True, False, True, False]
    assert synced[1] == synced[3] == tmp_path.name


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o444])
def test_an_existing_file_keeps_its_permissions_unless_others_are_asked_for(
    tmp_path: Path, mode: int
) -> None:
    path = tmp_path / "a"
    path.touch()
    path.chmod(mode)
    atomic.write_file(path, b"1")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"1", mode)
    atomic.write_file(path, b"2", mode=0o640)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_and_the_file_that_it_leads_to_is_written(tmp_path: Path) -> None:
    target, link, chain = tmp_path / "far" / "file", tmp_path / "link", tmp_path / "chain"
    target.parent.mkdir()
    link.symlink_to("far/file")
    chain.symlink_to(link)
    atomic.write_file(chain, b"1")  # a link that leads nowhere yet
    assert target.read_bytes() == b"1"
    target.chmod(0o600)
    atomic.write_file(chain, b"2")
    assert link.is_symlink()
    assert chain.is_symlink()
    assert target.read_bytes() == b"2"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [p.name for p in target.parent.iterdir()] == ["file"]


def test_a_link_that_is_not_followed_is_replaced(tmp_path: Path) -> None:
    elsewhere, link = tmp_path / "elsewhere", tmp_path / "link"
    elsewhere.write_bytes(b"1")
    for target in (elsewhere, Path("/dev/full"), tmp_path / "none"):
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        atomic.write_file(link, b"2", mode=0o600, follow=False)
        assert (link.is_symlink(), link.read_bytes()) == (False, b"2")
        assert stat.S_IMODE(link.stat().st_mode) == 0o600
    assert elsewhere.read_bytes() == b"1"
    assert not (tmp_path / "none").exists()


def test_a_failed_write_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    atomic.write_file(path, b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        atomic.write_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_a_link_is_replaced_in_one_step(tmp_path: Path, synced: list[str]) -> None:
    link = tmp_path / "current"
    atomic.point_link(link, Path("one"))
    atomic.point_link(link, Path("two"))
    assert str(link.readlink()) == "two"
    assert synced == [tmp_path.name, tmp_path.name]


def test_a_folder_appears_whole_and_replaces_the_old_one(tmp_path: Path, synced: list[str]) -> None:
    folder = tmp_path / "made"
    for content in ("old", "new"):
        with atomic.fresh_folder(folder) as fresh:
            (fresh / "inner").mkdir()
            (fresh / "inner" / content).write_text(content)
    assert [p.name for p in folder.rglob("*")] == ["inner", "new"]
    assert [p.name for p in tmp_path.iterdir()] == ["made"]
    assert {"new", "inner", tmp_path.name} <= set(synced)


def test_a_folder_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    with atomic.fresh_folder(folder) as fresh:
        (fresh / "a").touch()
    with pytest.raises(FileNotFoundError), atomic.fresh_folder(folder) as fresh:
        (fresh / "b" / "c").touch()
    assert [p.name for p in folder.iterdir()] == ["a"]
    assert [p.name for p in tmp_path.iterdir()] == ["made"]


def test_the_old_folder_comes_back_if_the_new_one_cannot_take_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "old").touch()
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if atomic._WRITING in self.name:
            raise OSError(5, "Input/output error")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OSError, match="Input"), atomic.fresh_folder(folder):
        pass
    assert [p.name for p in folder.iterdir()] == ["old"]


def test_a_folder_loses_its_name_before_its_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, synced: list[str]
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    seen = []
    monkeypatch.setattr(shutil, "rmtree", lambda path: seen.append((path, folder.exists())))
    atomic.remove_folder(folder)
    [(hidden, existed)] = seen
    assert not existed
    assert synced == [tmp_path.name]
    assert hidden.parent == tmp_path
    with pytest.raises(FileNotFoundError):
        atomic.remove_folder(folder)


def test_what_a_killed_process_left_is_swept_and_what_is_being_written_stays(
    tmp_path: Path,
) -> None:
    (tmp_path / ".writing-1-a").write_bytes(b"half")
    (tmp_path / ".removing-1-b").mkdir()
    (tmp_path / ".writing-2-c").symlink_to("nowhere")
    (tmp_path / "kept").touch()
    with atomic.fresh_folder(tmp_path / "made") as fresh:
        (fresh / "part").touch()
        atomic.sweep(tmp_path)
        assert sorted(p.name for p in tmp_path.iterdir()) == sorted([fresh.name, "kept"])
    atomic.sweep(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["kept", "made"]


def test_a_folder_swept_while_it_is_made_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open
    swept: list[Path] = []

    def slow_open(path: Path, *rest: int) -> int:
        if not swept and Path(path).is_relative_to(tmp_path):
            swept.append(Path(path))
            atomic.sweep(tmp_path)
        return real(path, *rest)

    monkeypatch.setattr(os, "open", slow_open)
    with atomic.fresh_folder(tmp_path / "made") as fresh:
        (fresh / "a").touch()
    assert [p.name for p in (tmp_path / "made").iterdir()] == ["a"]


def test_without_replacing_only_an_empty_folder_gives_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    with atomic.fresh_folder(folder, replace=False) as fresh:
        atomic.add_file(fresh / "deep" / "a", b"1")
    assert (folder / "deep" / "a").read_bytes() == b"1"
    with pytest.raises(OSError, match="not empty"), atomic.fresh_folder(folder, replace=False):
        pass
    assert (folder / "deep" / "a").read_bytes() == b"1"
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]


def test_a_new_file_never_overwrites(tmp_path: Path) -> None:
    atomic.add_file(tmp_path / "a", b"1")
    with pytest.raises(FileExistsError):
        atomic.add_file(tmp_path / "a", b"2")


def test_a_device_is_written_to_and_stays_a_device(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    atomic.write_file(pipe, b"text")
    assert os.read(reader, 9) == b"text"
    assert pipe.is_fifo()
    os.close(reader)


def test_a_folder_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        atomic.write_file(tmp_path / "none" / "a", b"")


def test_a_line_does_not_join_one_that_was_cut_off(tmp_path: Path, synced: list[str]) -> None:
    log = tmp_path / "log"
    atomic.append_line(log, b"one")
    log.write_bytes(log.read_bytes() + b"cut o")
    atomic.append_line(log, b"two")
    assert log.read_bytes() == b"one\ncut o\ntwo\n"
    assert synced == ["log", tmp_path.name, "log"]  # the folder, as it got a new name


def test_a_look_at_a_lock_takes_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "one.lock"
    assert not atomic.is_locked(path)
    assert not path.exists()
    with atomic.locked(path):
        assert atomic.is_locked(path)
    assert not atomic.is_locked(path)


def test_a_lock_excludes_others_and_ends_with_the_block(tmp_path: Path) -> None:
    for path in (tmp_path / "lock", tmp_path):
        with atomic.locked(path):
            with pytest.raises(BlockingIOError), atomic.locked(path):
                pass
            with pytest.raises(BlockingIOError), atomic.locked(path, wait=0.12):
                pass
        with atomic.locked(path):
            pass


def test_a_lock_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout
    assert next_line(holder) == "held\n"
    with atomic.locked(path, wait=30.0):
        assert holder.wait(10) == 0
    holder.stdout.close()


_HOLD = """
import sys, time
from pathlib import Path
from frontrunner.base.atomic import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(0.3)
"""


def test_a_temporary_folder_is_private_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left_over = tmp_path / f"frontrunner-{os.geteuid()}" / ".writing-0-git"
    left_over.mkdir(parents=True, mode=0o700)
    left_over.parent.chmod(0o700)
    with temporary_folder("git") as first, temporary_folder("git") as second:
        assert not left_over.exists()  # of a process that was killed
        assert first != second
        assert first.is_dir()  # in use, and so not swept
        assert stat.S_IMODE(first.parent.stat().st_mode) == 0o700
    assert list(left_over.parent.iterdir()) == []


@pytest.mark.parametrize("kind", ["open", "link", "file"])
def test_a_temporary_folder_is_never_in_a_place_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    place = tmp_path / f"frontrunner-{os.geteuid()}"
    if kind == "open":
        place.mkdir()
        place.chmod(0o777)
    elif kind == "link":
        place.symlink_to(tmp_path)
    else:
        place.touch()
    with pytest.raises(PermissionError, match="TMPDIR"), temporary_folder("git"):
        pass


def test_a_private_copy_that_cannot_be_made_leaves_no_file_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "score.npy"
    path.write_bytes(b"scores")
    with private_copy(path, tmp_path) as copy:
        assert copy.read() == b"scores"
    monkeypatch.setattr(shutil, "copyfileobj", full)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(OSError, match="No space left"):
        private_copy(path, tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
