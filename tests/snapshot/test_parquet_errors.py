"""A full disk is named as such wherever in a Parquet file it is met."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from frontrunner.base.errors import SnapshotError
from frontrunner.snapshot import row_groups
from frontrunner.snapshot.parquet_errors import os_errors
from tests.small_disk import small_disk
from tests.snapshot.builds import build

UNHELPFUL = "parquet: File out of specification: Invalid thrift: transport error"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 kilobytes."""
    with small_disk(tmp_path / "disk", "400k") as at:
        yield at


def full_but_for(disk: Path, room: int) -> None:
    """Fill a disk."""
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    filler.write_bytes(bytes(max(0, shutil.disk_usage(disk).free - room)))


def whole(frame: pl.DataFrame, path: Path) -> None:
    frame.write_parquet(path)


def in_groups(frame: pl.DataFrame, path: Path) -> None:
    row_groups.write_groups(path, 1, iter([frame]))


@pytest.mark.parametrize("write", [whole, in_groups])
def test_a_full_disk_is_named_wherever_the_file_ends(
    disk: Path, write: Callable[[pl.DataFrame, Path], None]
) -> None:
    numbers, path = np.random.default_rng(0), disk / "x.parquet"
    failed: list[str] = []

    def noted(frame: pl.DataFrame) -> None:
        try:
            write(frame, path)
        except pl.exceptions.PolarsError as error:
            failed.append(str(error))
            raise

    for columns in range(1, 40):
        frame = pl.DataFrame({f"c{one}": numbers.random(3000 // columns) for one in range(columns)})
        for pages in range(0, 6, 2):
            full_but_for(disk, pages * 4096)
            with pytest.raises(OSError, match="No space left") as found, os_errors(path):
                noted(frame)
            assert (found.value.errno, found.value.filename) == (errno.ENOSPC, str(path))
            path.unlink()
    assert UNHELPFUL in failed, "else this test proves nothing"


def test_a_snapshot_on_a_disk_that_is_full_says_so_and_what_to_do(
    disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fills(frame: pl.DataFrame, path: Path, **_: object) -> None:
        path.touch()
        full_but_for(disk, 0)
        raise pl.exceptions.ComputeError(UNHELPFUL)

    monkeypatch.setattr("polars.DataFrame.write_parquet", fills)
    with pytest.raises(SnapshotError) as found:
        build(disk, "home")
    assert str(found.value) == (
        f"The snapshot could not be written to {disk / 'home/snapshots'}: "
        f"{os.strerror(errno.ENOSPC)}. The published snapshot did not change. Free disk space and "
        "build again."
    )


def test_a_disk_that_was_full_for_a_moment_left_a_file_incomplete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise pl.exceptions.ComputeError(UNHELPFUL)

    monkeypatch.setattr("polars.DataFrame.write_parquet", fails)
    with pytest.raises(SnapshotError, match=r"parquet came out incomplete, as if the disk") as it:
        build(tmp_path, "home")
    assert str(it.value).endswith("Free disk space and build again.")


def test_another_error_of_polars_is_not_taken_for_a_full_disk(tmp_path: Path) -> None:
    with (
        pytest.raises(OSError, match=r"^x could not be written: a defect$") as found,
        os_errors(tmp_path / "x"),
    ):
        raise pl.exceptions.ComputeError("a defect")
    assert found.value.errno is None
