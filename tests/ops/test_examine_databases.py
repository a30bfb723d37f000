"""What doctor says of the databases of likes and feedback."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from frontrunner.base.config import load_settings
from frontrunner.gateway.examine import Finding
from frontrunner.gateway.feedback import Feedback
from frontrunner.ops.examine_databases import examine_databases
from frontrunner.web.like_counts import LikeCounts
from tests.postgres import Cluster

SILENT = "postgresql://board:secret@127.0.0.1:1/likes"


def found(home: Path, **sections: dict[str, Any]) -> list[Finding]:
    return list(examine_databases(load_settings(home, {}, **sections)))


def of_likes(home: Path, url: str = "") -> Finding:
    [only] = found(home, site={"likes": True, "likes_database": url})
    assert only.what == "database of likes"
    return only


def of_feedback(home: Path, url: str = "") -> Finding:
    [only] = found(home, gateway={"old": "http://127.0.0.1:1", "feedback": url})
    assert only.what == "database of feedback"
    return only


def test_a_board_without_likes_and_without_a_gateway_needs_none(tmp_path: Path) -> None:
    assert found(tmp_path, site={"likes_database": SILENT}, gateway={"feedback": SILENT}) == []


def test_files_that_no_server_has_made_yet_are_no_fault_and_are_not_made(tmp_path: Path) -> None:
    for one, command in ((of_likes(tmp_path), "serve"), (of_feedback(tmp_path), "gateway run")):
        assert one.state == "absent"
        assert one.text.endswith(f"frontrunner {command} creates it when it starts")
    assert list(tmp_path.iterdir()) == []


def test_databases_that_answer(tmp_path: Path, database_url: str) -> None:
    LikeCounts(database_url, tmp_path / "likes.db").close()
    Feedback(database_url, tmp_path / "gateway").close()
    for one in (of_likes(tmp_path, database_url), of_feedback(tmp_path, database_url)):
        assert (one.state, one.text.endswith(" answers")) == ("ok", True)


def test_a_server_that_does_not_answer_and_no_password_is_told(tmp_path: Path) -> None:
    for one, lost, setting in (
        (of_likes(tmp_path, SILENT), "likes are not counted", "site.likes_database"),
        (of_feedback(tmp_path, SILENT), "feedback is not stored", "gateway.feedback"),
    ):
        assert one.state == "wrong"
        assert "postgresql://board:***@127.0.0.1:1/likes does not answer (" in one.text
        assert one.text.endswith(f", so {lost}. Start the database, or correct {setting}")
        assert "secret" not in one.text


@pytest.mark.postgres
def test_a_standby_takes_no_likes(tmp_path: Path, postgres: Cluster) -> None:
    with postgres.database() as url:
        read_only = f"{url}&options=-c%20default_transaction_read_only%3Don"
        one = of_likes(tmp_path, read_only)
    assert one.state == "wrong"
    assert "is read-only, so likes are not counted. Name the primary in" in one.text


def test_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / "likes.db").write_bytes(b"no database" * 100)
    one = of_likes(tmp_path)
    assert one.state == "wrong"
    assert f"{tmp_path}/likes.db does not answer (file is not a database)" in one.text
    assert "restore it from a backup" in one.text


def test_a_file_that_cannot_be_looked_at(tmp_path: Path) -> None:
    # As root, no permission is missing: a name can be too long.
    one = of_likes(tmp_path, f"sqlite:///{tmp_path}/{'x' * 300}")
    assert (one.state, "does not answer (unable to open database file)" in one.text) == (
        "wrong",
        True,
    )


def test_a_file_that_another_process_does_not_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    LikeCounts("", tmp_path / "likes.db").close()
    monkeypatch.setattr("frontrunner.base.sql.WAIT", 0.1)
    with sqlite3.connect(tmp_path / "likes.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        one = of_likes(tmp_path)
        other.execute("ROLLBACK")
    other.close()
    assert (one.state, "database is locked" in one.text) == ("wrong", True)


def test_urls_that_cannot_be_used(tmp_path: Path) -> None:
    one = of_likes(tmp_path, "mysql://host/likes")
    assert one.text.startswith("site.likes_database cannot be used: mysql is not supported")
    one = of_feedback(tmp_path, f"sqlite:///{tmp_path}/nowhere/feedback.db")
    assert one.text.startswith(f"the folder {tmp_path}/nowhere does not exist. Create it, or ")
