"""Large columns are on the disk, and in memory if they cannot be."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from frontrunner.results import room as rooms
from frontrunner.results.chunk import knowledge_of
from frontrunner.results.ingest import joined_parts
from frontrunner.results.merge import Part
from frontrunner.results.read import Options, read_source
from frontrunner.results.room import on_disk
from frontrunner.results.table import ScoreTable
from tests.factories import catalog, result, write

KNOWN = catalog()


def is_mapped(array: np.ndarray) -> bool:
    """Whether an array is in a file."""
    base = array.base
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        base = base.base
    return isinstance(base, np.memmap)


def test_a_large_array_is_in_a_file_without_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "WORTH_THE_DISK", 80)
    found = on_disk(tmp_path / "cache")(10, np.float64)
    found[:] = 0.5
    assert is_mapped(found)
    assert found.sum() == 5
    assert list((tmp_path / "cache").iterdir()) == []
    assert not is_mapped(on_disk(tmp_path)(9, np.float64))
    assert not is_mapped(on_disk(None)(1_000, np.float64))


def test_without_room_on_the_disk_it_is_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: int) -> None:
        raise OSError("no room")

    monkeypatch.setattr(rooms, "WORTH_THE_DISK", 80)
    monkeypatch.setattr(os, "posix_fallocate", full)
    assert not is_mapped(on_disk(tmp_path)(10, np.float64))


def test_where_no_such_file_can_be_made_it_is_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on systems that are not Linux."""
    monkeypatch.setattr(rooms, "WORTH_THE_DISK", 80)
    monkeypatch.delattr(os, "O_TMPFILE")
    assert not is_mapped(on_disk(tmp_path)(10, np.float64))


def test_a_table_is_the_same_wherever_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "results", "org__a/r/T1.json", result("T1", 0.25))
    raw = read_source(tmp_path / "results", KNOWN, Options(workers=1))
    assert knowledge_of(KNOWN).folders

    def table(folder: Path | None) -> ScoreTable:
        return joined_parts([Part("", raw)], KNOWN, room=on_disk(folder)).table

    monkeypatch.setattr(rooms, "WORTH_THE_DISK", 1)
    here, there = table(None), table(tmp_path)
    assert (is_mapped(here.score), is_mapped(there.score)) == (False, True)
    assert here.score.tolist() == there.score.tolist() == [0.25]
    assert here.cell.dtype == there.cell.dtype
