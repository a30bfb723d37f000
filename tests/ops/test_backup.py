"""A home in one file: whole, without secrets, and refused if anything of it is damaged."""

from __future__ import annotations

import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from frontrunner.base.errors import BackupError
from frontrunner.base.home import Home
from frontrunner.ops.backup import INDEX, back_up, restore
from frontrunner.snapshot.store import Store, whole_damage
from tests.factories import small_snapshot, write


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A home with settings, two snapshots, records, a database that is in use, and secrets."""
    small_snapshot(tmp_path)
    small_snapshot(tmp_path, 0.05)
    found = Store(tmp_path / "home")
    write(found.home, "frontrunner.toml", b'[site]\nname = "Mine"\n')
    write(found.home, "refresh/runs.jsonl", b"{}\n")
    write(found.home, "takeover/console-tokens", b"ada secret\n")
    write(found.home, "token.txt", b"hf_secret")
    write(found.home, "sources/clone/file.json", b"{}")
    write(found.home, "refresh/space/home/board.json", b"{}")
    write(found.home, "demo/snapshots/a/manifest.json", b"{}\n")
    return found


def members(file: Path) -> list[str]:
    with tarfile.open(file) as tar:
        return tar.getnames()


def test_what_names_running_processes_is_left_out(store: Store, tmp_path: Path) -> None:
    for name in ("gateway/envoy-1.pid", "gateway/base-id", "gateway/state.json", "change.lock"):
        write(store.home, name, b"1")
    back_up(store, tmp_path / "a.tar")
    found = [one for one in members(tmp_path / "a.tar") if one.startswith(("gateway", "change"))]
    assert found == ["gateway/state.json"]


def test_a_folder_of_the_user_is_kept_though_it_has_the_name_of_the_starter_board(
    tmp_path: Path,
) -> None:
    small_snapshot(tmp_path)
    mine = Store(tmp_path / "home")
    write(mine.home, "demo/notes.txt", b"1")
    back_up(mine, tmp_path / "a.tar")
    assert "demo/notes.txt" in members(tmp_path / "a.tar")


def test_what_is_restored_is_what_was_there(store: Store, tmp_path: Path) -> None:
    made = back_up(store, tmp_path / "a.tar", frozenset({store.home / "token.txt"}))
    assert made.left_out == ("takeover/console-tokens", "token.txt")
    assert members(tmp_path / "a.tar")[-1] == INDEX
    for left_out in ("sources", "secret", "demo", "refresh/space"):
        assert not any(left_out in one for one in members(tmp_path / "a.tar"))
    assert (tmp_path / "a.tar").stat().st_mode & 0o077 == 0
    place = tmp_path / "new"
    assert restore(tmp_path / "a.tar", place) == made
    again = Store(place)
    assert again.current_id() == store.current_id()
    assert whole_damage(again.current()) == []
    assert Home(place).settings.read_bytes() == Home(store.home).settings.read_bytes()
    assert (place / "refresh/runs.jsonl").read_bytes() == b"{}\n"
    assert not (place / "token.txt").exists()


def test_a_database_is_copied_while_another_process_writes_it(store: Store, tmp_path: Path) -> None:
    with closing(sqlite3.connect(store.home / "likes.db")) as open_one:
        open_one.execute("PRAGMA journal_mode=WAL")
        open_one.execute("CREATE TABLE likes (n)")
        open_one.execute("INSERT INTO likes VALUES (1)")
        open_one.commit()  # in the write-ahead log, not in the file
        open_one.execute("INSERT INTO likes VALUES (2)")
        back_up(store, tmp_path / "a.tar")
    assert "likes.db-wal" not in members(tmp_path / "a.tar")
    restore(tmp_path / "a.tar", tmp_path / "new")
    with closing(sqlite3.connect(tmp_path / "new/likes.db")) as copied:
        assert copied.execute("SELECT n FROM likes").fetchall() == [(1,)]


def test_nothing_is_overwritten(store: Store, tmp_path: Path) -> None:
    back_up(store, tmp_path / "a.tar")
    with pytest.raises(BackupError, match="exists already"):
        back_up(store, tmp_path / "a.tar")
    with pytest.raises(BackupError, match="not empty"):
        restore(tmp_path / "a.tar", store.home)
    assert store.current_id()


@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_backup_that_was_cut_off_or_changed_is_refused(
    store: Store, tmp_path: Path, part: float
) -> None:
    file = tmp_path / "a.tar"
    back_up(store, file)
    whole = file.read_bytes()
    end = whole.rindex(INDEX.encode())
    file.write_bytes(whole[: int(end * part)])
    with pytest.raises(BackupError):
        restore(file, tmp_path / "new")
    spoiled = bytearray(whole)
    spoiled[whole.index(b'name = "Mine"')] ^= 1
    file.write_bytes(spoiled)
    with pytest.raises(BackupError, match="does not match its hash"):
        restore(file, tmp_path / "new")
    assert not (tmp_path / "new").exists(), "nothing is left behind"


def test_a_name_outside_of_the_home_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.tar"
    with tarfile.open(file, "w") as tar:
        tar.addfile(tarfile.TarInfo("../evil"))
    with pytest.raises(BackupError, match="evil"):
        restore(file, tmp_path / "new/home")
    assert not (tmp_path / "evil").exists()
    with tarfile.open(file, "w") as tar:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(link)
    with pytest.raises(BackupError, match="link"):
        restore(file, tmp_path / "new/home")


def test_damage_is_not_backed_up(store: Store, tmp_path: Path) -> None:
    write(store.home, "bad.db", b"SQLite format 3\0 and nothing else")
    with pytest.raises(BackupError, match=r"bad\.db"):
        back_up(store, tmp_path / "a.tar")
    (store.home / "bad.db").unlink()
    table = store.current().folder / "score.npy"
    table.write_bytes(table.read_bytes()[:-1])
    with pytest.raises(BackupError, match="is damaged"):
        back_up(store, tmp_path / "a.tar")
    assert not (tmp_path / "a.tar").exists()
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".")]


def test_without_a_home_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="no home"):
        back_up(Store(tmp_path / "none"), tmp_path / "a.tar")
