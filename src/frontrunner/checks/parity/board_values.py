"""The cells, means and ranks that the succeeding benchmarks show."""

from __future__ import annotations

import math
from typing import NamedTuple

from frontrunner.catalog import Scope
from frontrunner.ranking import Board, Question, rank
from frontrunner.snapshot.reader import Snapshot


class Placing(NamedTuple):
    """The place of a model on a benchmark."""

    rank: int
    """The Borda rank."""
    mean: float | None
    """The benchmark's own mean, 0 to 100."""


class BoardValues:
    """The ranked boards of one snapshot, computed when first asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._boards: dict[str, Board] = {}
        self._values: dict[str, dict[tuple[str, str], float]] = {}

    def knows(self, benchmark: str) -> bool:
        """Whether the catalog has it."""
        return benchmark in self._snapshot.catalog.benchmark_by_name

    def scope(self, benchmark: str, task: str) -> Scope | None:
        """The task as the benchmark uses it; None if the benchmark does not use it."""
        scopes = self._snapshot.catalog.benchmark_by_name[benchmark].scopes
        return next((one for one in scopes if one.task == task), None)

    def value(self, benchmark: str, model: str, task: str) -> float | None:
        """The number that the benchmark shows, 0 to 100; None if it shows none."""
        if benchmark not in self._values:
            self._values[benchmark] = self._cells(self.board(benchmark))
        return self._values[benchmark].get((model, task))

    def board(self, benchmark: str) -> Board:
        """The ranked board."""
        if benchmark not in self._boards:
            asked = Question.of(self._snapshot.catalog.benchmark_by_name[benchmark])
            self._boards[benchmark] = rank(self._snapshot.table, self._snapshot.facts, asked)
        return self._boards[benchmark]

    def _cells(self, board: Board) -> dict[tuple[str, str], float]:
        variants = self._snapshot.table.variants
        found = {}
        for row, number in enumerate(board.variants.tolist()):
            if not variants[number].experiment_id:
                for task, score in zip(board.tasks, board.by_task[row].tolist(), strict=True):
                    if not math.isnan(score):
                        found[variants[number].model, task] = score * 100
        return found

    def standings(self, benchmark: str) -> dict[str, Placing]:
        """Every model with its rank and its mean."""
        board = self.board(benchmark)
        variants = self._snapshot.table.variants
        means = board.means[board.primary].tolist() if board.primary else []
        found = {}
        for row, number in enumerate(board.variants.tolist()):
            mean = means[row] if means else math.nan
            if not variants[number].experiment_id:
                shown = None if math.isnan(mean) else mean * 100
                found[variants[number].model] = Placing(int(board.borda[row]), shown)
        return found
