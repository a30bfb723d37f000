"""The scores that a snapshot has, arranged by the columns of the first board.

Of several files with a result, a snapshot has the scores of the file that wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from frontrunner.legacy.files.rules import Target, pick_split
from frontrunner.snapshot.reader import Snapshot


class Score(NamedTuple):
    """One score of one model on one task."""

    split: str
    subset: str
    value: float
    """On the scale of 0 to 100."""
    file: int
    """Number of the file in the snapshot's list of files."""


WinningScores = Mapping[tuple[str, str], list[Score]]
"""Model and task -> its scores."""


def read_winning_scores(snapshot: Snapshot, tasks: Iterable[str]) -> WinningScores:
    """Every score of `tasks` in `snapshot`, without those of experiments."""
    import polars as pl  # noqa: PLC0415 -- a server never needs it

    texts = ("model", "experiment", "task", "split", "subset")
    frame = (
        snapshot.frame("scores")
        .with_columns(pl.col(texts).cast(pl.String))
        .filter(
            pl.col("experiment") == "",
            pl.col("task").is_in(sorted(set(tasks))),
            pl.col("score").is_not_null(),
        )
        .select("model", "task", "split", "subset", pl.col("score") * 100, "file")
        .collect()
    )
    found: dict[tuple[str, str], list[Score]] = {}
    for model, task, split, subset, score, file in frame.iter_rows():
        found.setdefault((model, task), []).append(Score(split, subset, score, file))
    return found


def of_subset(scores: Iterable[Score], subset: str | None) -> list[Score]:
    """The scores of a column's subset; if the column names none, of the task's default subset."""
    scores = list(scores)
    if subset is not None:
        return [one for one in scores if one.subset == subset]
    names = {one.subset for one in scores}
    only = "default" if "default" in names else min(names, default="")
    return [one for one in scores if one.subset == only]


def picked(scores: Iterable[Score], what: Target) -> list[Score]:
    """The scores behind a column, of one subset and split; several if it was run twice."""
    found = of_subset(scores, what.subset)
    split = pick_split((one.split for one in found), what.splits, only=what.only)
    return [one for one in found if one.split == split]


def pick(scores: Iterable[Score], what: Target) -> Score | None:
    """The score that the first board would have shown in a column."""
    return next(iter(picked(scores, what)), None)
