"""What a new snapshot would change for readers, measured for the guards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from frontrunner.catalog import Catalog
from frontrunner.ranking import Facts, Policy, Question, standing
from frontrunner.results.table import MANY_ROWS, ScoreTable
from frontrunner.snapshot.build import Inputs, counts_of
from frontrunner.snapshot.difference import Keys, TableDifference, difference, keys_of
from frontrunner.snapshot.manifest import Counts
from frontrunner.snapshot.reader import Snapshot


class BoardState(NamedTuple):
    """What the guards must know of one board."""

    leader: str
    """The first model."""
    scores: dict[str, int]
    """Scores on this board by model."""


class Changes(NamedTuple):
    """A published snapshot against the one that would follow it."""

    scores: TableDifference
    boards_before: dict[str, BoardState]
    """Boards that have a row."""
    boards_after: dict[str, BoardState]
    counts_before: Counts
    counts_after: Counts
    renamed: Mapping[str, str] = {}
    """Model -> the unknown name that its results probably have now."""

    @property
    def boards_gone(self) -> tuple[str, ...]:
        """Boards that lost their last row, or exist no longer; sorted."""
        return tuple(sorted(self.boards_before.keys() - self.boards_after.keys()))

    @property
    def boards_kept(self) -> tuple[str, ...]:
        """Boards that have rows in both; sorted."""
        return tuple(sorted(self.boards_before.keys() & self.boards_after.keys()))

    def lost(self, board: str) -> float:
        """Percentage of the scores that the models which stay on a board lose there."""
        before, after = self.boards_before[board].scores, self.boards_after[board].scores
        stay = before.keys() & after.keys()
        had = sum(before[model] for model in stay)
        gone = sum(max(before[model] - after[model], 0) for model in stay)
        return 100 * gone / had if had else 0.0

    @property
    def leaders(self) -> tuple[str, ...]:
        """Boards that have another first model, which is not new to the results; sorted."""
        before, after = self.boards_before, self.boards_after
        new = set(self.scores.models_added)
        return tuple(
            one
            for one in self.boards_kept
            if before[one].leader != after[one].leader and after[one].leader not in new
        )


class Before(NamedTuple):
    """A published snapshot, opened to compare the next one with it."""

    snapshot: Snapshot
    boards: dict[str, BoardState]
    """Boards that have a row."""
    keys: Keys | None
    """Of its table; of many rows they are made when they are needed."""

    @classmethod
    def of(cls, snapshot: Snapshot, boards: dict[str, BoardState] | None = None) -> Before:
        """Read a snapshot, and rank its `boards` unless they are known.

        Raises CorruptSnapshotError if it cannot be read.
        """
        table = snapshot.table
        keys = keys_of(table) if table.rows < MANY_ROWS else None
        return cls(snapshot, boards or board_states(table, snapshot.catalog), keys)


def measure(old: Before, new: Inputs) -> Changes:
    """Compare a snapshot with what the next one is made from."""
    results = new.ingested
    return Changes(
        scores=difference(old.snapshot.table, results.table, old.keys),
        boards_before=old.boards,
        boards_after=board_states(results.table, results.catalog),
        counts_before=old.snapshot.manifest.provenance.counts,
        counts_after=counts_of(results),
        renamed={one.model: one.name for one in results.catalog.probably_renamed},
    )


def board_states(table: ScoreTable, catalog: Catalog) -> dict[str, BoardState]:
    """The boards that have rows, ranked as `/v1` ranks them."""
    facts, states = Facts.of(catalog), {}
    for bench in catalog.benchmarks:
        board = standing(table, facts, Question.of(bench, None, Policy.STRICT))
        if len(board.variants):
            models = [table.variants[number].model for number in board.variants.tolist()]
            scores = dict.fromkeys(models, 0)
            for model, number in zip(models, board.cells_had.tolist(), strict=True):
                scores[model] += number
            states[bench.name] = BoardState(models[0], scores)
    return states
