"""An export that was interrupted is continued, and is never taken for whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from frontrunner.base.atomic import locked
from frontrunner.base.config import SiteSettings
from frontrunner.base.errors import UsageError
from frontrunner.snapshot.reader import Snapshot
from frontrunner.web import unfinished as module
from frontrunner.web.export import export
from frontrunner.web.unfinished import unfinished, unfinished_of

STOPS_AFTER = 30


def stop(done: int, total: int) -> None:
    assert total > STOPS_AFTER
    if done == STOPS_AFTER:
        raise KeyboardInterrupt


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()
    }


@pytest.fixture(scope="module")
def whole(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole") / "site"
    export(snapshot, folder)
    return contents(folder)


@pytest.fixture
def interrupted(snapshot: Snapshot, tmp_path: Path) -> Iterator[Path]:
    with pytest.raises(KeyboardInterrupt):
        export(snapshot, tmp_path / "site", progress=stop)
    yield tmp_path / "site"
    assert [one.name for one in tmp_path.iterdir()] == ["site"]  # nothing else stays


def test_it_goes_on_where_it_stopped(
    interrupted: Path, snapshot: Snapshot, whole: dict[str, bytes]
) -> None:
    assert not interrupted.exists()
    assert export(snapshot, interrupted).kept == STOPS_AFTER
    assert contents(interrupted) == whole


def test_a_file_that_was_cut_off_is_written_again(
    interrupted: Path, snapshot: Snapshot, whole: dict[str, bytes]
) -> None:
    (unfinished_of(interrupted) / ".writing").write_bytes(b"<html>ha")
    export(snapshot, interrupted)
    assert contents(interrupted) == whole


def test_another_export_begins_anew(interrupted: Path, snapshot: Snapshot) -> None:
    named = SiteSettings(name="Another board")
    assert export(snapshot, interrupted, site=named).kept == 0
    assert b"Another board" in (interrupted / "index.html").read_bytes()


def test_after_another_start_of_the_machine_it_begins_anew(
    interrupted: Path, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "_BOOT", Path("/does/not/exist"))
    assert export(snapshot, interrupted).kept == 0


def test_two_at_a_time_are_refused(snapshot: Snapshot, tmp_path: Path) -> None:
    hidden = unfinished_of(tmp_path / "site")
    hidden.mkdir()
    with locked(hidden), pytest.raises(UsageError, match="under way"):
        export(snapshot, tmp_path / "site")


def test_files_that_are_there_are_not_made_again(tmp_path: Path) -> None:
    made = []

    def make() -> bytes:
        made.append(1)
        return b"x"

    def interrupted() -> None:
        with unfinished(tmp_path / "site", "same") as copy:
            copy.add("a/b", make)
            raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            interrupted()
    assert len(made) == 1
