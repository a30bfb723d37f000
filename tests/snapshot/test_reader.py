"""A snapshot is opened by its manifest; every other part is read when it is asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.ranking import Facts
from frontrunner.snapshot.icons import Icon, keep_icons
from frontrunner.snapshot.reader import Snapshot, built_at
from tests.factories import catalog, small_snapshot


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return small_snapshot(tmp_path)


def test_parts_are_what_was_written(snapshot: Snapshot) -> None:
    assert snapshot.id == snapshot.manifest.id == snapshot.folder.name
    assert snapshot.catalog == catalog()
    assert snapshot.table.score.tolist() == [0.9, 0.8, 0.5, 0.7]
    assert snapshot.frame("scores").collect().height == 4
    assert list(snapshot.statistics.keys()) == []
    assert isinstance(snapshot.facts, Facts)


def test_the_time_of_a_build_is_that_of_the_folder_if_it_is_not_written(
    snapshot: Snapshot,
) -> None:
    (snapshot.folder / "built.json").write_bytes(b'{"at": 12.5}')
    assert built_at(snapshot.folder) == Snapshot(snapshot.folder).built_at == 12.5
    for content in (b'{"at": -1}', b"{", None):
        (snapshot.folder / "built.json").unlink()
        if content:
            (snapshot.folder / "built.json").write_bytes(content)
        os.utime(snapshot.folder, (7.0, 8.0))
        assert built_at(snapshot.folder) == 8.0


def test_prepared_answers_can_be_left_aside(snapshot: Snapshot) -> None:
    opened = Snapshot(snapshot.folder)
    assert opened.prepared is not None
    assert opened.prepared is opened.prepared  # read once
    assert "benchmarks/All/scores" in opened.prepared
    assert Snapshot(snapshot.folder, with_answers=False).prepared is None


def test_icons_are_found_as_soon_as_they_are_there(snapshot: Snapshot) -> None:
    assert snapshot.icons is None
    keep_icons(snapshot.folder, {"http://a/": Icon("image/png", b"1")})
    assert snapshot.icons is not None
    assert snapshot.icons is snapshot.icons
    assert list(snapshot.icons.keys()) == ["http://a/"]
    (snapshot.folder / "icons/icons.index").write_bytes(b"\xc1")
    assert Snapshot(snapshot.folder).icons is None


@pytest.mark.parametrize(
    ("name", "part", "said"),
    [
        ("catalog.json", "catalog", "catalog.json cannot be read"),
        ("table.msgpack", "table", "The scores in .* cannot be read"),
        ("score.npy", "table", "The scores in .* cannot be read"),
        ("statistics.index", "statistics", "statistics.index cannot be read"),
    ],
)
def test_a_part_that_cannot_be_read_is_named(
    snapshot: Snapshot, name: str, part: str, said: str
) -> None:
    for content in (b"", b"\xc1", b"[" * 100_000, None):
        (snapshot.folder / name).unlink()
        if content is not None:
            (snapshot.folder / name).write_bytes(content)
        with pytest.raises(CorruptSnapshotError, match=said):
            getattr(Snapshot(snapshot.folder), part)
        if content is None:
            return
