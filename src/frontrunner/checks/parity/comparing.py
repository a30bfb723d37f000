"""Compare every numeric cell of matched models, on the task's level and on the benchmark's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from frontrunner.catalog import Catalog, Scope
from frontrunner.checks.parity.board_values import BoardValues
from frontrunner.checks.parity.compared import CellOutcome, ComparedCell, Side, printed_equal
from frontrunner.checks.parity.matching import RowMatch
from frontrunner.legacy.boardmap import Successor
from frontrunner.legacy.files.cells import LegacyCell
from frontrunner.legacy.files.markup import Anchor
from frontrunner.legacy.files.rules import Target, target
from frontrunner.legacy.files.winning_scores import WinningScores, pick


@dataclass(frozen=True)
class Comparer:
    """What comparing needs to know."""

    catalog: Catalog
    board_map: Mapping[tuple[str, str], Successor]
    matches: Mapping[Anchor, RowMatch]
    targets: Mapping[tuple[str, str], Target]
    """By board and column."""
    winning: WinningScores
    values: BoardValues

    def compare(self, cells: Iterable[LegacyCell]) -> list[ComparedCell]:
        """The cells of matched models, each with both outcomes and no explanation yet."""
        found = (self._cell(cell) for cell in cells)
        return [cell for cell in found if cell is not None]

    def _cell(self, cell: LegacyCell) -> ComparedCell | None:
        model = self.matches[Anchor(cell.name, cell.link)].model
        if model is None:
            return None
        what = self.targets[cell.board, cell.column]
        score = pick(self.winning.get((model, what.task), ()), what)
        succeeded = self.board_map.get((cell.board, cell.kind))
        benchmark = succeeded.benchmark if succeeded else None
        return ComparedCell(
            board=cell.board,
            kind=cell.kind,
            row=cell.row,
            name=cell.name,
            link=cell.link,
            column=cell.column,
            old=cell.value,
            step=cell.step,
            model=model,
            task=what.task,
            subset=what.subset,
            old_subset=cell.subset,
            split=score.split if score else None,
            file=score.file if score else None,
            same_split=_side(cell, score.value if score else None),
            benchmark=benchmark,
            on_board=self._on_board(cell, model, what, benchmark),
        )

    def _on_board(self, cell: LegacyCell, model: str, what: Target, benchmark: str | None) -> Side:
        if benchmark is None or benchmark not in self.catalog.benchmark_by_name:
            return Side(CellOutcome.NO_BOARD)
        scope = self.values.scope(benchmark, what.task)
        if scope is not None and _combines(scope, what):
            return Side(CellOutcome.COMBINED)
        return _side(cell, self.values.value(benchmark, model, what.task))


def _combines(scope: Scope, what: Target) -> bool:
    return what.subset is not None and set(scope.subsets) != {what.subset}


def _side(cell: LegacyCell, value: float | None) -> Side:
    if value is None:
        return Side(CellOutcome.ABSENT)
    equal = printed_equal(cell.value, value, cell.step)
    return Side(CellOutcome.EQUAL if equal else CellOutcome.DIFFERS, value)


def all_targets(cells: Sequence[LegacyCell], catalog: Catalog) -> dict[tuple[str, str], Target]:
    """What each column of each board shows."""
    columns = {(cell.board, cell.column): cell for cell in cells}
    return {
        key: target(cell.board, cell.task, cell.subset, catalog) for key, cell in columns.items()
    }
