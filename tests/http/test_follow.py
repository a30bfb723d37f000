"""What is published is followed whatever happens to it, and what is damaged is not served."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.http.app import Application
from frontrunner.snapshot.freshness import write_checked_at
from frontrunner.snapshot.manifest import FileEntry
from tests.factories import small_snapshot
from tests.http.followed import BOARD, Board, flip


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
        assert any(one.exc_info for one in caplog.records if one.name == "frontrunner.server")
    board.look(lambda: board.serving == other)
    assert board.follower.problem == "by mistake" or not board.follower.problem


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
