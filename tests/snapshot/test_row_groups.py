"""Parquet that is written part by part: the same bytes as when it is written as a whole."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from frontrunner.snapshot.row_groups import row_groups, write_files, write_groups

SIZES = (0, 1, 122_880, 245_759, 245_760, 491_521)


def test_rows_are_shared_out_evenly() -> None:
    assert row_groups(0) == [range(0)]
    assert row_groups(245_759) == [range(245_759)]
    assert row_groups(245_761) == [range(122_881), range(122_881, 245_761)]


@pytest.fixture(params=SIZES)
def frame(request: pytest.FixtureRequest) -> pl.DataFrame:
    """A table of some length, with texts, gaps and numbers that repeat."""
    number = pl.int_range(request.param, eager=True)
    kind = pl.Enum(["even", "odd"])
    return pl.DataFrame(
        {
            "path": "org/model/" + number.cast(pl.String),
            "kind": pl.select(pl.when(number % 2 == 0).then(0).otherwise(1).cast(pl.UInt32))
            .to_series()
            .cat.to(kind),
            "score": pl.select(
                pl.when(number % 7 == 0).then(None).otherwise(number / 3)
            ).to_series(),
        }
    )


def whole(frame: pl.DataFrame, folder: Path, level: int | None) -> bytes:
    frame.write_parquet(folder / "whole", compression="zstd", compression_level=level)
    return (folder / "whole").read_bytes()


def test_groups_give_the_bytes_of_the_whole(frame: pl.DataFrame, tmp_path: Path) -> None:
    groups = (frame[one.start : one.stop] for one in row_groups(len(frame)))
    write_groups(tmp_path / "parts", 1, groups)
    assert (tmp_path / "parts").read_bytes() == whole(frame, tmp_path, 1)


def test_files_give_the_bytes_of_the_whole(frame: pl.DataFrame, tmp_path: Path) -> None:
    parts = []
    for group in row_groups(len(frame)):
        parts.append(tmp_path / f"{group.start}.arrow")
        frame[group.start : group.stop].write_ipc(parts[-1])
    write_files(tmp_path / "parts", parts)
    assert (tmp_path / "parts").read_bytes() == whole(frame, tmp_path, None)
