"""What is left of snapshots for good, and how servers read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from frontrunner.base.errors import SnapshotError
from frontrunner.base.home import Home
from frontrunner.snapshot import past
from frontrunner.snapshot.answers import AnswerPack
from frontrunner.snapshot.past import Past, has_past, moments, past_version, remember
from frontrunner.snapshot.past import write_timeline as write
from frontrunner.snapshot.timeline import Timeline
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


@pytest.fixture
def made_anew(monkeypatch: pytest.MonkeyPatch) -> list[Home]:
    """The homes of timelines that were made anew."""
    seen: list[Home] = []
    anew = past._anew

    def noted(home: Home) -> tuple[list[past.Point], Timeline]:
        seen.append(home)
        return anew(home)

    monkeypatch.setattr(past, "_anew", noted)
    return seen


def content(home: Home) -> dict[str, bytes]:
    pack = AnswerPack(home.timeline, "timeline")
    found = {key: pack.get(key) for key in list(pack.keys())}
    return {key: one.identity for key, one in found.items() if one is not None}


def test_a_timeline_goes_on_as_if_it_were_made_anew(tmp_path: Path, made_anew: list[Home]) -> None:
    home = Home(tmp_path / "home")
    for number, score in enumerate((0.05, 0.1, 0.2)):
        assert remember(home, small_snapshot(tmp_path, score))
        write(home)
        assert len(made_anew) == 1, number
    gone_on = content(home)
    write(home)  # nothing came since: a damaged one is mended
    assert len(made_anew) == 2
    assert content(home) == gone_on
    assert len(Past(home).points()) == 3


def forget_an_old_one(home: Home) -> None:
    min(home.standings.glob("*.zst"), key=lambda one: one.stat().st_mtime_ns).unlink()


def come_from_another_version(home: Home) -> None:
    index = home.timeline / "timeline.index"
    index.write_bytes(index.read_bytes().replace(b"sources", b"zources"))


def cut_off(home: Home) -> None:
    with home.timeline.joinpath("timeline.bin").open("r+b") as file:
        file.truncate(60)


def spoil(home: Home) -> None:
    path = home.timeline / "timeline.bin"
    path.write_bytes(b"x" * path.stat().st_size)


@pytest.mark.parametrize("harm", [forget_an_old_one, come_from_another_version, cut_off, spoil])
def test_what_is_not_as_it_was_makes_it_anew(
    tmp_path: Path, made_anew: list[Home], harm: Callable[[Home], None]
) -> None:
    home = Home(tmp_path / "home")
    for score in (0.05, 0.1):
        remember(home, small_snapshot(tmp_path, score))
    write(home)
    harm(home)
    remember(home, small_snapshot(tmp_path, 0.2))
    write(home)
    assert len(made_anew) == 2
    mended = content(home)
    write(home)
    assert content(home) == mended


def test_an_older_moment_that_comes_later_makes_it_anew(
    tmp_path: Path, made_anew: list[Home]
) -> None:
    older, home = small_snapshot(tmp_path, 0.05), Home(tmp_path / "home")
    newer = small_snapshot(tmp_path, 0.1)
    remember(home, newer)
    write(home)
    remember(home, older)
    write(home)
    assert len(made_anew) == 2
    assert [one.snapshot for one in Past(home).points()] == [older.id, newer.id]


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
