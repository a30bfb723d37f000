"""Prepared answers and icons: on the disk before they have their name, and removed by renaming."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.answers.prepare import prepare
from frontrunner.snapshot.icons import Icon, keep_icons
from frontrunner.snapshot.prepared import (
    ANSWERS,
    MADE_BY,
    answers_damage,
    has_answers,
    has_stale_answers,
)
from frontrunner.snapshot.reader import Snapshot
from tests.factories import small_snapshot


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return small_snapshot(tmp_path)


def test_answers_are_on_the_disk_before_they_have_their_name(
    snapshot: Snapshot, synced: list[str]
) -> None:
    prepare(snapshot, again=True)
    files = {"answers.bin", "answers.index", "checksums.json", MADE_BY}
    assert set(synced[:4]) == files
    assert synced[4].startswith(".writing-")  # the names in the folder
    assert synced[5:] == [snapshot.id]  # the name of the folder itself
    assert has_answers(snapshot.folder)


@pytest.mark.parametrize("stamp", ["0.1 0123456789abcdef", None])
def test_answers_of_another_version_are_not_used_and_made_anew(
    snapshot: Snapshot, stamp: str | None
) -> None:
    assert Snapshot(snapshot.folder).prepared is not None
    made_by = snapshot.folder / ANSWERS / MADE_BY
    made_by.unlink()  # as before there were stamps
    if stamp:
        made_by.write_text(stamp)
    assert has_stale_answers(snapshot.folder)
    assert not has_answers(snapshot.folder)
    reopened = Snapshot(snapshot.folder)
    assert reopened.prepared is None
    prepare(reopened)
    assert reopened.prepared is not None
    assert has_answers(snapshot.folder)
    assert not has_stale_answers(snapshot.folder)
    assert list(answers_damage(snapshot.folder)) == []


def test_answers_that_are_missing_are_not_stale(tmp_path: Path) -> None:
    assert not has_stale_answers(tmp_path)


def test_icons_are_on_the_disk_before_they_have_their_name(
    snapshot: Snapshot, synced: list[str]
) -> None:
    keep_icons(snapshot.folder, {"http://a/": Icon("image/png", b"1")})
    assert set(synced[:2]) == {"icons.bin", "icons.index"}
    assert synced[2].startswith(".writing-")
    assert synced[3:] == [snapshot.id]


def test_each_file_of_the_answers_is_checked(snapshot: Snapshot) -> None:
    assert list(answers_damage(snapshot.folder)) == []
    path = snapshot.folder / "answers" / "answers.bin"
    whole = path.read_bytes()
    path.write_bytes(whole + b"x")
    [longer] = answers_damage(snapshot.folder)
    assert longer == f"answers/answers.bin has {len(whole) + 1:,} bytes, not {len(whole):,}"
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert list(answers_damage(snapshot.folder)) == ["answers/answers.bin has been changed"]
    path.unlink()
    assert list(answers_damage(snapshot.folder)) == ["answers/answers.bin is missing"]
    (path.parent / "checksums.json").write_bytes(b"\xff")
    [unreadable] = answers_damage(snapshot.folder)
    assert unreadable.startswith("answers/checksums.json cannot be read: ")
