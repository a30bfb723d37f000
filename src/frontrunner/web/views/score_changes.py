"""Which scores differ between two snapshots, whether or not a rank changed with them."""

from __future__ import annotations

from typing import NamedTuple

from frontrunner.snapshot.reader import Snapshot


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
    """How many splits and subsets changed, came or went."""
    cause: str
    """Why: see `snapshot.comparison.Cause`."""


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
    from frontrunner.snapshot.comparison import run_changes  # noqa: PLC0415 -- NumPy behind it
    from frontrunner.snapshot.difference import difference  # noqa: PLC0415

    found = difference(before.table, after.table)
    largest = [
        ScoreChange(
            one.model, one.experiment, one.task, one.split, one.subset, one.before, one.after,
            one.cells, one.cause,
        )
        for one in run_changes(before, after, found)
        if one.before is not None and one.after is not None
    ]  # fmt: skip
    return ScoreChanges(found.changed, len(found.added), len(found.gone), largest[:most])
