"""Which scores differ between two snapshots, whether or not a rank changed with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from frontrunner.snapshot.reader import Snapshot

if TYPE_CHECKING:
    import polars as pl

_RUN = ("model", "experiment", "task")
_CELL = (*_RUN, "split", "subset")


class ScoreChange(NamedTuple):
    """A run of a model on a task whose scores changed."""

    model: str
    experiment: str
    """The id of an experiment, which is stable text; empty for the ordinary run."""
    task: str
    split: str
    subset: str
    """The split and the subset with the largest difference."""
    before: float
    after: float
    cells: int
    """How many splits and subsets changed."""


class ScoreChanges(NamedTuple):
    """The difference between the scores of two snapshots."""

    changed: int
    added: int
    removed: int
    largest: list[ScoreChange]
    """Runs by their largest difference, at most as many as were asked for."""

    @property
    def total(self) -> int:
        """Scores that are not the same in both."""
        return self.changed + self.added + self.removed


def score_changes(before: Snapshot, after: Snapshot, most: int) -> ScoreChanges:
    """Compare all scores of two snapshots, and list the `most` runs that changed most."""
    import polars as pl  # noqa: PLC0415 -- only the page of changes needs it

    old, new = _comparable(_cells(before), _cells(after))
    same = [*_CELL, "score"]
    gone = old.join(new, on=same, how="anti")
    fresh = new.join(old, on=same, how="anti").rename({"score": "now"})
    both = gone.join(fresh, on=_CELL, how="full", coalesce=True)
    changed = both.drop_nulls(["score", "now"])
    named = changed.with_columns(pl.col(name).cast(pl.String) for name in _CELL)
    return ScoreChanges(
        changed=len(changed),
        added=both["score"].null_count(),
        removed=both["now"].null_count(),
        largest=[ScoreChange(*row) for row in _largest(named, most).iter_rows()],
    )


def _cells(snapshot: Snapshot) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415 -- only the page of changes needs it

    there = pl.col("score").is_not_null() & pl.col("score").is_not_nan()
    return snapshot.frame("scores").select(*_CELL, "score").filter(there).collect()


def _comparable(old: pl.DataFrame, new: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both frames with the same categories: numbers are compared faster than names."""
    import polars as pl  # noqa: PLC0415 -- only the page of changes needs it

    columns = []
    for name in _CELL:
        kinds = [old.schema[name], new.schema[name]]
        names = dict.fromkeys(one for kind in kinds for one in _categories(kind))
        columns.append(pl.col(name).cast(pl.Enum(["", *(one for one in names if one)])))
    filled = [column.fill_null("") for column in columns]
    return old.with_columns(filled), new.with_columns(filled)


def _categories(kind: pl.DataType) -> list[str]:
    """The values of a column that was written as an enumeration."""
    import polars as pl  # noqa: PLC0415 -- only the page of changes needs it

    return kind.categories.to_list() if isinstance(kind, pl.Enum) else []


def _largest(changed: pl.DataFrame, most: int) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415 -- only the page of changes needs it

    return (
        changed.with_columns((pl.col("now") - pl.col("score")).abs().alias("by"))
        .sort(["by", *_CELL], descending=[True, *(False for _ in _CELL)])
        .group_by(_RUN, maintain_order=True)
        .agg(pl.first("split", "subset", "score", "now"), pl.len().alias("cells"))
        .head(most)
        .select(*_RUN, "split", "subset", "score", "now", "cells")
    )
