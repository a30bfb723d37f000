"""`frontrunner backup` and `restore`, with a ledger whose chain is checked both times."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from frontrunner.cli import main
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.records import Noted
from tests.factories import small_snapshot, write

Captured = pytest.CaptureFixture[str]


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["frontrunner", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def home_with_ledger(folder: Path) -> Path:
    small_snapshot(folder)
    home = folder / "home"
    with closing(Ledger("", home / "takeover")) as ledger:
        for text in ("one", "two", "three"):
            ledger.append("cli:me", "plan", Noted(topic="test", text=text))
    return home


def test_a_home_comes_back_with_its_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    home, file, new = home_with_ledger(tmp_path), tmp_path / "b/a.tar", tmp_path / "new"
    write(home, "takeover/console-tokens", b"ada secret")
    postgres = '[site]\nlikes_database = "postgresql://me:secret@db/likes"\n'
    write(home, "frontrunner.toml", postgres.encode())
    assert run(monkeypatch, "backup", str(file), "--home", str(home)) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "Not in it: takeover/console-tokens, a secret. Keep it elsewhere." in said
    assert "Not in it: the likes, which is in another database (postgresql://me:***@db" in said
    assert run(monkeypatch, "restore", str(file), "--home", str(new)) == 0
    with closing(Ledger("", new / "takeover")) as ledger:
        assert ledger.verify().entries == 3
    capsys.readouterr()
    assert run(monkeypatch, "restore", str(file), "--home", str(new)) == 4
    assert "not empty" in capsys.readouterr().err


def test_a_ledger_that_does_not_hold_is_not_backed_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    home = home_with_ledger(tmp_path)
    with closing(sqlite3.connect(home / "takeover/ledger.db")) as connection:
        connection.execute("DELETE FROM ledger WHERE seq = 2")
        connection.commit()
    assert run(monkeypatch, "backup", str(tmp_path / "a.tar"), "--home", str(home)) == 4
    assert "The ledger is damaged" in capsys.readouterr().err
    assert not (tmp_path / "a.tar").exists()


def test_a_home_without_a_database_is_backed_up_without_the_extra_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_snapshot(tmp_path)
    monkeypatch.delitem(sys.modules, "frontrunner.base.sql", raising=False)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)  # as if it were not installed
    home, file = str(tmp_path / "home"), str(tmp_path / "a.tar")
    assert run(monkeypatch, "backup", file, "--home", home) == 0
    assert run(monkeypatch, "restore", file, "--home", str(tmp_path / "new")) == 0
