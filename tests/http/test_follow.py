"""What is published is followed whatever happens to it, and what is damaged is not served."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from frontrunner.http.app import Application
from frontrunner.http.follow import Follower, with_readiness
from frontrunner.snapshot.freshness import write_checked_at
from frontrunner.snapshot.manifest import FileEntry
from frontrunner.snapshot.store import Store
from tests.factories import small_snapshot

BOARD = "/v1/benchmarks/All/scores"


class Board:
    """An application and who follows for it, asked without a network."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "home")
        self.application = Application(self.store.current())
        self.follower = Follower(self.application, self.store)
        self.app: Any = with_readiness(self.application, self.follower)

    def look(self, until: Callable[[], bool], every: float = 0.01) -> None:
        """Follow until `until` holds."""

        async def following() -> None:
            running = asyncio.create_task(self.follower.run(every))
            async with asyncio.timeout(20):
                while not until():
                    await asyncio.sleep(0.01)
            assert not running.done()
            running.cancel()

        asyncio.run(following())

    def get(self, path: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://a") as client:
                return await client.get(path)

        return asyncio.run(ask())

    @property
    def serving(self) -> str:
        return self.application.served.service.snapshot.id


def flip(path: Path) -> None:
    """Change one byte of a file and nothing else."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_ready_once_the_first_snapshot_was_checked(tmp_path: Path) -> None:
    name = small_snapshot(tmp_path).id
    board = Board(tmp_path)
    checking = board.get("/ready")
    assert (checking.status_code, checking.json()["detail"]) == (
        503,
        "The snapshot is being checked.",
    )
    assert board.get(BOARD).status_code == 200
    board.look(lambda: board.follower.readiness.ready)
    found = board.get("/ready")
    assert found.status_code == 200
    assert found.json() == {"ready": True, "snapshot": name, "detail": ""}
    assert found.headers["cache-control"] == "no-store"


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


def test_without_a_good_one_every_answer_is_503_until_there_is_one(tmp_path: Path) -> None:
    bad = small_snapshot(tmp_path)
    flip(bad.folder / "score.npy")
    board = Board(tmp_path)
    board.look(lambda: bool(board.follower.stopped))
    for path in (BOARD, "/", "/ready", "/v1/benchmarks"):
        found = board.get(path)
        assert (found.status_code, found.headers["retry-after"]) == (503, "5")
        assert "score.npy has been changed" in found.json()["detail"]
    assert board.get("/health").status_code == 200
    assert board.get("/metrics").status_code == 200
    good = small_snapshot(tmp_path, 0.05).id
    board.look(lambda: board.serving == good and not board.follower.problem)
    assert board.get(BOARD).status_code == 200
    assert board.get("/ready").json()["detail"] == ""


def test_a_new_snapshot_is_served_without_waiting_for_the_next_check(tmp_path: Path) -> None:
    old = small_snapshot(tmp_path)
    board = Board(tmp_path)
    new = small_snapshot(tmp_path, 0.05)

    def published() -> bool:
        if board.follower.readiness.ready:
            board.store.publish(new.id)
        return board.serving == new.id

    board.store.publish(old.id)
    board.look(published, every=3600)


@pytest.mark.parametrize(("damaged", "other"), [(False, False), (True, False), (False, True)])
def test_an_equal_catalog_is_not_read_again_unless_it_was_damaged(
    tmp_path: Path, damaged: bool, other: bool
) -> None:
    old = small_snapshot(tmp_path)
    board = Board(tmp_path)
    new = small_snapshot(tmp_path, 0.05)
    board.store.publish(old.id)
    board.look(lambda: board.follower.readiness.ready)
    catalog = board.application.served.service.snapshot.catalog
    if other:
        files = board.application.served.service.snapshot.manifest.files
        files["catalog.json"] = FileEntry(1, "0" * 64)
    if damaged:
        flip(old.folder / "catalog.json")
    board.store.publish(new.id)
    board.look(lambda: board.serving == new.id, every=3600)
    found = board.application.served.service.snapshot
    assert (found.catalog is catalog) == (not damaged and not other)
    assert found.catalog == new.catalog


def test_a_repair_is_noticed(tmp_path: Path) -> None:
    snapshot = small_snapshot(tmp_path)
    path = snapshot.folder / "score.npy"
    whole = path.read_bytes()
    flip(path)
    board = Board(tmp_path)
    board.look(lambda: bool(board.follower.stopped))
    path.write_bytes(whole)
    board.look(lambda: not board.follower.stopped)
    assert board.get(BOARD).status_code == 200


def test_what_was_read_of_a_snapshot_stays_when_its_sources_were_checked(tmp_path: Path) -> None:
    snapshot = small_snapshot(tmp_path)
    board = Board(tmp_path)
    board.look(lambda: board.follower.readiness.ready)
    catalog = board.application.served.service.snapshot.catalog
    board.store.at.refresh.mkdir()
    write_checked_at(board.store.at, snapshot.id, 1_900_000_000.0)
    board.look(lambda: board.application.served.service.checked_at == 1_900_000_000.0)
    assert board.application.served.service.snapshot.catalog is catalog


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


def test_damage_that_keeps_size_and_modification_time_is_noticed(tmp_path: Path) -> None:
    snapshot = small_snapshot(tmp_path)
    board = Board(tmp_path)
    board.look(lambda: board.follower.readiness.ready)
    path = snapshot.folder / "score.npy"
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x7f")
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
    board.look(lambda: len(caplog.records) > 0)
    assert [record.levelname for record in caplog.records].count("ERROR") == 1  # logged once
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


def test_an_error_that_nobody_foresaw_does_not_end_the_following(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    small_snapshot(tmp_path)
    board = Board(tmp_path)
    other = small_snapshot(tmp_path, 0.05).id
    with monkeypatch.context() as patched:

        def fail(self: Application, snapshot: object, checked_at: float | None) -> None:
            raise ZeroDivisionError("by mistake")

        patched.setattr(Application, "use", fail)
        board.look(lambda: board.follower.problem == "by mistake")
        assert caplog.records[-1].exc_info
    board.look(lambda: board.serving == other)
    assert board.follower.problem == "by mistake" or not board.follower.problem


def test_a_change_that_keeps_size_and_time_is_noticed(tmp_path: Path) -> None:
    snapshot = small_snapshot(tmp_path)
    board = Board(tmp_path)
    board.look(lambda: board.follower.readiness.ready)
    path = snapshot.folder / "score.npy"
    before = path.stat()
    flip(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    board.look(lambda: bool(board.follower.stopped))
    assert "score.npy" in board.get(BOARD).json()["detail"]


ASKS_OF_FILES_CUT_OFF = """
import asyncio, os, sys
from pathlib import Path
from tests.http.test_follow import BOARD, Board
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


def test_until_when_the_board_is_up_to_date_is_followed(tmp_path: Path) -> None:
    small_snapshot(tmp_path)
    board = Board(tmp_path)
    assert board.get("/v1/snapshot").json().get("checkedAt") is None
    metric = "\nfrontrunner_snapshot_checked_timestamp_seconds"
    assert metric not in board.get("/metrics").text
    board.store.at.refresh.mkdir()
    write_checked_at(board.store.at, board.serving, 1_800_000_000)
    board.look(lambda: board.application.served.service.checked_at is not None)
    assert board.get("/v1/snapshot").json().get("checkedAt") == "2027-01-15T08:00:00+00:00"
    assert f"{metric} 1.8e+09\n" in board.get("/metrics").text
