"""`frontrunner diff` and `refresh backfill`, as people type them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from frontrunner.cli import main
from tests.refresh.boards import CATALOG
from tests.results.repository import commit, started

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = started(tmp_path / "r")
    commit(folder, "2025-01-05", {"org/m00": {"T1": 0.1}, "org/m01": {"T1": 0.2}})
    commit(folder, "2025-02-05", {"org/m00": {"T1": 0.3}, "org/m02": {"T1": 0.25}})
    (tmp_path / "catalog.toml").write_text(CATALOG)
    return tmp_path


def frontrunner(
    folder: Path, patch: pytest.MonkeyPatch, capsys: Captured, *words: str
) -> tuple[int, str, str]:
    patch.setattr("sys.argv", ["frontrunner", *words, "--home", str(folder / "home")])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, " ".join(err.split())


def rebuilt(folder: Path, patch: pytest.MonkeyPatch, capsys: Captured) -> tuple[int, str, str]:
    words = ("refresh", "backfill", "--git", str(folder / "r"), "--monthly", "--without-mteb")
    return frontrunner(folder, patch, capsys, *words, "--catalog", str(folder / "catalog.toml"))


def test_two_months_are_rebuilt_and_compared(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    code, out, err = rebuilt(home, monkeypatch, capsys)
    assert code == 0
    assert [json.loads(line)["day"] for line in out.splitlines()] == ["2025-01-05", "2025-02-05"]
    assert "Rebuilt 2 snapshots of 2" in err
    words = ("diff", "2025-01", "2025-02", "--git", str(home / "r"))
    code, out, _ = frontrunner(home, monkeypatch, capsys, *words)
    assert code == 0
    assert "New models (1): org/m02" in out
    assert "1 score added, 1 changed, 0 gone" in out
    assert "org/m00: T1 (test, default) 10.00 -> 30.00: changed-file org__m00/r1/T1.json" in out
    assert "of 2025-02-05" in out
    assert "rose: org/m00 (2 -> 1)" in out
    code, out, _ = frontrunner(home, monkeypatch, capsys, *words, "--json", "--board", "All")
    found = json.loads(out)
    assert found["models_came"] == ["org/m02"]
    assert {run["cause"] for run in found["runs"]} == {"new-file", "changed-file"}
    assert all(run["commit"]["subject"] == "Results of 2025-02-05" for run in found["runs"])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("diff", "2024-01", "2025-02"), 2, "The oldest is of 2025-01-05"),
        (("diff", "2025-01"), 2, "Nothing is published"),
        (("diff", "2025-01", "2025-02", "--board", "None"), 2, "Unknown benchmark: None"),
        (("diff", "2025-01", "2025-02", "--board", "all"), 2, "all. Did you mean All?"),
        (("refresh", "backfill"), 2, "--bundle FILE or --git SOURCE"),
        (("refresh", "backfill", "--git", "r", "--weekly", "--monthly"), 2, "cannot be combined"),
        (("refresh", "backfill", "--git", "r", "--since", "May"), 2, "--since must be a day"),
    ],
)
def test_what_cannot_be_done_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, words: tuple[str, ...],
    code: int, said: str,
) -> None:  # fmt: skip
    rebuilt(home, monkeypatch, capsys)
    found, _, err = frontrunner(home, monkeypatch, capsys, *words)
    assert (found, said in err) == (code, True), err
