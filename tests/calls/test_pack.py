"""The prepared answers to old calls: complete or absent, and which of them are found."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from frontrunner.base.errors import CorruptSnapshotError, UnpreparedError
from frontrunner.base.home import Home
from frontrunner.calls.pack import find_calls, forget_calls, has_calls, keep_calls, open_calls
from frontrunner.snapshot.answers import Answer, encode


def keep(home: Path, snapshot: str, body: bytes = b"{}") -> None:
    keep_calls(home, snapshot, [("config", encode(Answer("config", body)))])


def test_answers_are_kept_and_replaced(tmp_path: Path) -> None:
    assert not has_calls(tmp_path, "s1")
    for body in (b'{"a":1}', b'{"a":2}'):
        keep(tmp_path, "s1", body)
        pack = open_calls(Home(tmp_path).calls_of("s1"))
        assert pack.body("config") == body
        pack.close()
    assert has_calls(tmp_path, "s1")


def test_until_they_are_made_the_newest_are_found(tmp_path: Path) -> None:
    assert find_calls(tmp_path, "s1") is None
    for number, snapshot in enumerate(("s1", "s2")):
        keep(tmp_path, snapshot)
        os.utime(Home(tmp_path).calls_of(snapshot), (number, number))
    assert find_calls(tmp_path, "s1") == Home(tmp_path).calls_of("s1")
    assert find_calls(tmp_path, "s3") == Home(tmp_path).calls_of("s2")


def test_others_and_incomplete_ones_are_forgotten(tmp_path: Path) -> None:
    for snapshot in ("s1", "s2"):
        keep(tmp_path, snapshot)
    broken = Home(tmp_path).calls_of("s3")
    broken.mkdir()
    assert find_calls(tmp_path, "s3") != broken
    forget_calls(tmp_path, keep=["s2"])
    assert [one.name for one in Home(tmp_path).calls.iterdir()] == ["s2"]
    forget_calls(tmp_path)
    assert list(Home(tmp_path).calls.iterdir()) == []


def test_what_cannot_be_read_or_written_is_an_error(tmp_path: Path) -> None:
    keep(tmp_path, "s1")
    folder = Home(tmp_path).calls_of("s1")
    (folder / "calls.index").write_bytes(b"x")
    with pytest.raises(CorruptSnapshotError, match="frontrunner prepare --again"):
        open_calls(folder)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnpreparedError, match=r"could not be prepared: .*prepare --again") as told:
        keep(tmp_path / "file", "s1")
    assert told.value.snapshot == "s1"
