"""Write a long table as Parquet part by part, with the bytes that it has when written as a whole.

Polars shares the rows of a table out evenly to row groups. Parts that are those row groups give the
same file, and only a few of them are in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

_ROWS = 122_880
"""Rows of a row group, or up to twice as many."""


def row_groups(rows: int) -> list[range]:
    """The rows of each row group that Polars writes for a table of so many rows."""
    count = max(1, rows // _ROWS)
    size, more = divmod(rows, count)
    starts = [number * size + min(number, more) for number in range(count + 1)]
    return [range(begin, end) for begin, end in pairwise(starts)]


def write_groups(path: Path, level: int | None, groups: Iterator[pl.DataFrame]) -> None:
    """Write row groups that are made when they are written. Raises PolarsError."""
    from polars.io.plugins import register_io_source  # noqa: PLC0415 -- a server never needs it

    first = next(groups)

    def source(
        _columns: list[str] | None,
        _predicate: pl.Expr | None,
        _rows: int | None,
        _batch: int | None,
    ) -> Iterator[pl.DataFrame]:
        yield first
        yield from groups

    _sink(register_io_source(source, schema=first.schema), path, level)


def write_files(path: Path, parts: Sequence[Path]) -> None:
    """Write the row groups that lie in Arrow files. Raises PolarsError."""
    import polars as pl  # noqa: PLC0415

    _sink(pl.scan_ipc(list(parts)), path, None)


def _sink(frame: pl.LazyFrame, path: Path, level: int | None) -> None:
    how: dict[str, Any] = {"compression": "zstd", "compression_level": level}
    frame.sink_parquet(path, maintain_order=True, **how)
