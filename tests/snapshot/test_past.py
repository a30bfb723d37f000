"""What is left of snapshots for good, and how servers read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.errors import SnapshotError
from frontrunner.base.home import Home
from frontrunner.snapshot import past
from frontrunner.snapshot.past import Past, has_past, moments, past_version, remember
from frontrunner.snapshot.past import write_timeline as write
from tests.factories import small_snapshot


def test_the_past_stays_when_its_snapshot_goes(tmp_path: Path) -> None:
    one, home = small_snapshot(tmp_path), Home(tmp_path / "home")
    other = small_snapshot(tmp_path, 0.05)
    assert [remember(home, other), remember(home, one), remember(home, one)] == [True, True, False]
    write(home)
    found = Past(home)
    assert [point.snapshot for point in found.points()] == [one.id, other.id]
    assert list(found.boards()) == ["All"]
    model = found.model("org/a")
    assert model is not None
    assert [one.point for one in model.boards["All"]] == [0, 1]
    board = found.board("All")
    assert board is not None
    assert [one.kind for one in board.changes] == ["rescored"]
    assert found.model("org/none") is None


def test_a_home_without_a_past_has_none(tmp_path: Path) -> None:
    home = Home(tmp_path)
    found = Past(home)
    assert (found.points(), found.board("All"), list(found.boards())) == ([], None, [])
    assert (has_past(home), past_version(home)) == (False, "")


def test_the_version_changes_when_it_is_written_again(tmp_path: Path) -> None:
    one, home = small_snapshot(tmp_path), Home(tmp_path / "home")
    remember(home, one)
    write(home)
    before = past_version(home)
    write(home)
    assert past_version(home) != before


def test_what_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    one, home = small_snapshot(tmp_path), Home(tmp_path / "home")
    remember(home, one)
    (home.standings / "0123.zst").write_bytes(b"damaged")
    assert [moment.point.snapshot for moment in moments(home)] == [one.id]


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, home = small_snapshot(tmp_path), Home(tmp_path / "home")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(past, "write_file", full)
    with pytest.raises(SnapshotError, match="No space left"):
        remember(home, one)
    monkeypatch.setattr(past, "write_pack", full)
    with pytest.raises(SnapshotError, match="frontrunner prepare"):
        write(home)
    assert not has_past(home)
