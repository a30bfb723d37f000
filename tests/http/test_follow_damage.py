"""The server keeps following its home after damage to snapshots and their files."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.factories import small_snapshot
from tests.http.followed import BOARD, Board, flip

FILES = ["score.npy", "cell.npy", "table.msgpack", "catalog.json", "variant.npy"]


@pytest.mark.parametrize("name", FILES)
def test_damage_to_what_is_served_brings_the_last_good_one_back(tmp_path: Path, name: str) -> None:
    good = small_snapshot(tmp_path).id
    bad = small_snapshot(tmp_path, 0.05)
    flip(bad.folder / name)
    board = Board(tmp_path)
    board.look(lambda: bool(board.follower.problem))
    assert board.serving == good
    assert bad.id in board.follower.problem
    ready = board.get("/ready")
    assert ready.status_code == 200
    assert bad.id in ready.json()["detail"]
    assert b"0.95" not in board.get(BOARD).content
    assert "frontrunner_following_problem 1.0" in board.get("/metrics").text
    assert "frontrunner_following_problems_total 1.0" in board.get("/metrics").text


def test_what_was_read_of_a_damaged_snapshot_is_read_again_after_its_repair(
    tmp_path: Path,
) -> None:
    snapshot = small_snapshot(tmp_path)
    path = snapshot.folder / "score.npy"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"\x7f")
    board = Board(tmp_path)
    damaged = board.application.served.service.snapshot.table
    board.look(lambda: bool(board.follower.stopped))
    path.write_bytes(whole)
    board.look(lambda: not board.follower.stopped)
    assert board.application.served.service.snapshot.table is not damaged


def test_a_file_that_changes_while_it_is_served_is_noticed(tmp_path: Path) -> None:
    snapshot = small_snapshot(tmp_path)
    board = Board(tmp_path)
    board.look(lambda: board.follower.readiness.ready)
    (snapshot.folder / "cell.npy").unlink()
    board.look(lambda: bool(board.follower.stopped))
    assert "cell.npy is missing" in board.get(BOARD).json()["detail"]


def end_otherwise(path: Path) -> None:
    """Write the last byte of a file over it in place."""
    with path.open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x7f")


@pytest.mark.parametrize("damage", [end_otherwise, flip])
def test_damage_that_keeps_size_and_modification_time_is_noticed(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    snapshot = small_snapshot(tmp_path)
    board = Board(tmp_path)
    board.look(lambda: board.follower.readiness.ready)
    path = snapshot.folder / "score.npy"
    before = path.stat()
    damage(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    board.look(lambda: bool(board.follower.stopped))
    assert "score.npy" in board.get(BOARD).json()["detail"]


@pytest.mark.parametrize("file", ["answers.bin", "answers.index", "checksums.json"])
def test_damaged_answers_are_made_on_demand_instead(tmp_path: Path, file: str) -> None:
    snapshot = small_snapshot(tmp_path)
    before = Board(tmp_path).get(BOARD).content
    path = snapshot.folder / "answers" / file
    path.write_bytes(path.read_bytes()[:-3] + b"\xff\xff\xff")
    board = Board.__new__(Board)
    if file == "answers.index":  # a server cannot start with it
        whole = snapshot.folder.with_name("aside")
        path.parent.rename(whole)
        Board.__init__(board, tmp_path)
        whole.rename(path.parent)
    else:
        Board.__init__(board, tmp_path)
    board.look(lambda: bool(board.follower.problem))
    assert not board.application.served.prepared
    assert board.get(BOARD).content == before
    assert board.get("/ready").json()["detail"].startswith("answers/")


def broken_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b"by hand", b"by h\xffnd"))


def broken_time(folder: Path) -> None:
    (folder / "built.json").write_bytes(b'{"at":1e300}')


def huge_counts(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_bytes(re.sub(b'"rows": ', b'"rows": ' + b"9" * 400, path.read_bytes()))


def deep(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b'{"x":' + b"[" * 100_000)


def no_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def folder_for_a_file(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    (folder / "manifest.json").mkdir()


def gone(folder: Path) -> None:
    shutil.rmtree(folder)


def half_built_time(folder: Path) -> None:
    (folder / "built.json").write_bytes(b"\xff\xfe")


def empty(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b"")


def another_name(folder: Path) -> None:
    other = next(one for one in folder.parent.iterdir() if one != folder)
    shutil.rmtree(folder)
    shutil.copytree(other, folder)


@pytest.mark.parametrize(
    "harm",
    [
        broken_manifest,
        huge_counts,
        deep,
        no_manifest,
        folder_for_a_file,
        gone,
        empty,
        another_name,
    ],
)
def test_following_goes_on_after_any_damage(
    tmp_path: Path, harm: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    first = small_snapshot(tmp_path).id
    board = Board(tmp_path)
    board.look(lambda: board.follower.readiness.ready)
    bad = small_snapshot(tmp_path, 0.05)
    harm(bad.folder)
    board.look(lambda: bool(board.follower.problem))
    assert board.serving == first

    def logged() -> list[str]:
        return [one.levelname for one in caplog.records if one.name == "frontrunner.server"]

    board.look(lambda: "ERROR" in logged())
    assert logged().count("ERROR") == 1
    next_one = small_snapshot(tmp_path, 0.02).id
    board.look(lambda: board.serving == next_one and not board.follower.readiness.detail)


@pytest.mark.parametrize("harm", [broken_time, half_built_time])
def test_a_broken_date_is_replaced_by_the_folders_own(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    small_snapshot(tmp_path)
    board = Board(tmp_path)
    other = small_snapshot(tmp_path, 0.05)
    harm(other.folder)
    board.look(lambda: board.serving == other.id)
    assert board.get(BOARD).status_code == 200
    assert json.loads(board.get("/v1/snapshot").content)["id"] == other.id


def test_a_home_that_cannot_be_read_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_snapshot(tmp_path)
    board = Board(tmp_path)
    other = small_snapshot(tmp_path, 0.05).id

    def refuse() -> str:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(board.store, "current_id", refuse)
        board.look(lambda: "Permission denied" in board.follower.problem)
        assert not board.follower.stopped
    board.look(lambda: board.serving == other)


ASKS_OF_FILES_CUT_OFF = """
import asyncio, os, sys
from pathlib import Path
from tests.http.followed import BOARD, Board
board = Board(Path(sys.argv[1]))
narrowed = BOARD + "?languages=eng-Latn"
found = [board.get(BOARD).status_code, board.get(narrowed).status_code]
folder = board.application.served.service.snapshot.folder
for path in [*folder.glob("*.npy"), *folder.glob("answers/*.bin")]:
    os.truncate(path, 0)
tasks = "&tasks=T1"
print(found, board.get("/v1/models").status_code, board.get(narrowed + tasks).status_code)
"""


def test_a_file_cut_off_while_it_is_served_does_not_end_the_server(tmp_path: Path) -> None:
    small_snapshot(tmp_path)
    run = subprocess.run(
        [sys.executable, "-c", ASKS_OF_FILES_CUT_OFF, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "[200, 200] 200 200\n"), run.stderr[-2000:]
