"""The sources of a model's numbers: result files, and where its runs differ."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import commonpath
from typing import TYPE_CHECKING, NamedTuple

from frontrunner.answers.service import Service
from frontrunner.snapshot.reader import Snapshot

if TYPE_CHECKING:
    import polars as pl

_DIFFERENCES = "differences"
_MOST = 200
"""Differing scores that a page lists."""


class Origin(NamedTuple):
    """The file of one of a model's results."""

    task: str
    path: str
    revision: str
    mteb_version: str | None
    dataset_revision: str | None
    scores: int
    other_data: bool
    """Whether it was measured on another revision of the data set than the catalog's."""


class Differing(NamedTuple):
    """A score that another run of the same model gives differently."""

    task: str
    split: str
    subset: str
    winner: str
    winner_score: float | None
    file: str
    score: float


def shared_folder(paths: Iterable[str]) -> str:
    """The folder that all files are in, with a slash; empty if there is none."""
    folders = {path.rpartition("/")[0] for path in paths}
    shared = commonpath(folders) if folders else ""
    return f"{shared}/" if shared else ""


def origins(service: Service, name: str) -> list[Origin]:
    """The files that a model's scores came from, by task."""
    import polars as pl  # noqa: PLC0415 -- only this page and task pages need it

    found = (
        _scores(service.snapshot, "model", name)
        .group_by("task", "file")
        .agg(pl.len().alias("scores"))
        .join(_files(service.snapshot), on="file")
        .select(*Origin._fields)
        .sort(pl.col("task").cast(pl.String).str.to_lowercase(), "task", "path")
        .collect()
    )
    return [Origin(*row) for row in found.iter_rows()]


class Took(NamedTuple):
    """How long the evaluations of a model took, as far as its files say so."""

    seconds: float
    tasks: int


def evaluation_time(service: Service, name: str) -> Took | None:
    """The time of all ordinary runs of a model whose files name one; None if none does."""
    import polars as pl  # noqa: PLC0415 -- only these pages need it

    files = service.snapshot.frame("files").with_row_index("file")
    if "evaluation_time" not in files.collect_schema():
        return None  # a snapshot of an earlier version
    found = (
        _scores(service.snapshot, "model", name)
        .filter(pl.col("experiment").cast(pl.String) == "")
        .select("task", "file")
        .unique()
        .join(files, on="file")
        .filter(pl.col("evaluation_time").is_not_null())
        .select(pl.col("evaluation_time").sum(), pl.col("task").n_unique())
        .collect()
    )
    seconds, tasks = found.row(0)
    return Took(seconds, tasks) if tasks else None


def differing(service: Service, name: str) -> list[Differing]:
    """The scores of a model that its runs do not agree on, the largest difference first."""
    import polars as pl  # noqa: PLC0415 -- only this page and task pages need it

    if not (service.snapshot.folder / f"{_DIFFERENCES}.parquet").is_file():
        return []  # a snapshot of an earlier version
    by = (pl.col("score") - pl.col("winner_score").fill_null(pl.col("score"))).abs()
    found = (
        service.snapshot.frame(_DIFFERENCES)
        .filter(pl.col("model") == name)
        .sort([by, "task", "split", "subset"], descending=[True, False, False, False])
        .select(*Differing._fields)
        .head(_MOST)
        .collect()
    )
    return [Differing(*row) for row in found.iter_rows()]


def _scores(snapshot: Snapshot, column: str, value: str) -> pl.LazyFrame:
    import polars as pl  # noqa: PLC0415 -- only this page and task pages need it

    wanted = pl.col(column).cast(pl.String) == value
    return snapshot.frame("scores").filter(wanted).with_columns(pl.col("file").cast(pl.UInt32))


def _files(snapshot: Snapshot) -> pl.LazyFrame:
    """The files by number; snapshots of earlier versions do not say which data they are of."""
    import polars as pl  # noqa: PLC0415 -- only this page and task pages need it

    files = snapshot.frame("files").with_row_index("file")
    if "other_data" in files.collect_schema():
        return files.with_columns(pl.col("other_data").fill_null(value=False))
    return files.with_columns(pl.lit(value=False).alias("other_data"))
