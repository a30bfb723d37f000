"""Likes are counted by day, and no table or file holds anything of a visitor."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from frontrunner.base.errors import LikesError
from frontrunner.web.like_counts import Imported, LikeCounts, read_imported
from tests.postgres import running


@pytest.fixture
def counts(tmp_path: Path, database_url: str) -> Iterator[LikeCounts]:
    one = LikeCounts(database_url, tmp_path / "likes.db")
    yield one
    one.close()


@pytest.fixture
def in_file(tmp_path: Path) -> Iterator[LikeCounts]:
    one = LikeCounts("", tmp_path / "likes.db")
    yield one
    one.close()


def test_likes_add_up_over_days_and_restarts(
    counts: LikeCounts, tmp_path: Path, database_url: str
) -> None:
    assert counts.total() == 0
    for day in (date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 2)):
        counts.add(day)
    assert counts.total() == 3
    again = LikeCounts(database_url, tmp_path / "likes.db")
    assert again.total() == 3
    again.close()


def test_only_days_and_numbers_are_stored(in_file: LikeCounts, tmp_path: Path) -> None:
    in_file.add(date(2026, 1, 1))
    with sqlite3.connect(tmp_path / "likes.db") as connection:
        tables = [sql for (sql,) in connection.execute("select sql from sqlite_master") if sql]
        assert len(tables) == 1
        assert connection.execute("select * from likes").fetchall() == [("2026-01-01", 1)]


def test_none_is_lost_among_many_at_once(counts: LikeCounts) -> None:
    def like() -> None:
        for _ in range(5):
            counts.add()

    threads = [threading.Thread(target=like) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert counts.total() == 20


def test_a_wrong_url_and_a_lost_file_are_said(in_file: LikeCounts, tmp_path: Path) -> None:
    with pytest.raises(LikesError, match=r"site\.likes_database"):
        LikeCounts("nonsense://x", tmp_path / "a.db")
    (tmp_path / "likes.db").unlink()
    with pytest.raises(LikesError, match="cannot be used"):
        in_file.total()


@pytest.mark.postgres
def test_a_server_that_does_not_answer_yet_counts_once_it_does(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running() as server, server.database() as url:
        server.stop()
        counts = LikeCounts(url, tmp_path / "likes.db")
        assert "likes are not counted yet" in caplog.text
        with pytest.raises(LikesError, match="cannot be used"):
            counts.add()
        server.start()
        counts.add()
        assert counts.total() == 1
        counts.close()
    assert not (tmp_path / "likes.db").exists()


def test_the_starting_count(tmp_path: Path) -> None:
    file = tmp_path / "engagement.json"
    assert read_imported(file) is None
    file.write_text('{"repo_id": "a/b", "likes": 5, "at": "2026-01-01T00:00:00Z", "threads": []}')
    assert read_imported(file) == Imported("a/b", 5, "2026-01-01T00:00:00Z")
    file.write_text("{")
    with pytest.raises(LikesError, match="engagement import"):
        read_imported(file)
