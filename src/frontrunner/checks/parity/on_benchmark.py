"""Explain a benchmark's cell that has another number than the task itself, or none."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean

from frontrunner.catalog import Catalog, Scope
from frontrunner.checks.parity.compared import (
    Cause,
    CellOutcome,
    ComparedCell,
    Confidence,
    Explanation,
)
from frontrunner.legacy.files.winning_scores import WinningScores, of_subset

_SAME = 1e-6


def why_on_board(
    cell: ComparedCell,
    winning: WinningScores,
    catalog: Catalog,
    scope_of: Callable[[str], Scope | None],
) -> Explanation | None:
    """Why the benchmark's cell is not equal; None if it is equal, or if there is none.

    `scope_of` tells how the benchmark uses a task; None if it does not use it.
    """
    scope = scope_of(cell.task)
    if cell.on_board.outcome is CellOutcome.ABSENT:
        return _absent(cell, scope, _newer(cell.task, catalog, scope_of))
    if cell.on_board.outcome is CellOutcome.DIFFERS:
        return _differs(cell, scope, winning)
    return None


def _newer(name: str, catalog: Catalog, scope_of: Callable[[str], Scope | None]) -> str | None:
    """The first successor of a task, or of its successors, that the benchmark uses."""
    seen = {name}
    task = catalog.task_by_name.get(name)
    while task is not None and task.superseded_by and task.superseded_by not in seen:
        if scope_of(task.superseded_by) is not None:
            return task.superseded_by
        seen.add(task.superseded_by)
        task = catalog.task_by_name.get(task.superseded_by)
    return None


def _absent(cell: ComparedCell, scope: Scope | None, newer: str | None) -> Explanation:
    if scope is None and newer is not None:
        text = f"{cell.benchmark} uses {newer} instead"
        return Explanation(Cause.REPLACED_TASK, Confidence.CERTAIN, text)
    if scope is None:
        text = f"{cell.benchmark} does not use {cell.task}"
        return Explanation(Cause.LEFT_OUT, Confidence.CERTAIN, text)
    if cell.same_split.why is not None and cell.same_split.outcome is CellOutcome.ABSENT:
        return cell.same_split.why
    wants = f"splits {', '.join(scope.splits)} of {len(scope.subsets)} subsets"
    text = f"{cell.benchmark} needs {wants}; {cell.model} does not have all of them"
    return Explanation(Cause.INCOMPLETE, Confidence.CERTAIN, text)


def _differs(cell: ComparedCell, scope: Scope | None, winning: WinningScores) -> Explanation:
    """The benchmark's number is explained by its splits, the old one by the task's own number."""
    shown = cell.on_board.value
    scores = of_subset(winning.get((cell.model, cell.task), ()), cell.subset)
    used = {one.split: one.value for one in scores if scope is None or one.split in scope.splits}
    if shown is not None and used and cell.same_split.outcome is CellOutcome.EQUAL:
        text = ", ".join(f"{split} {value:.2f}" for split, value in sorted(used.items()))
        if len(used) > 1 and abs(fmean(used.values()) - shown) < _SAME:
            text = f"{cell.benchmark} shows the mean of {text}"
            return Explanation(Cause.AVERAGED, Confidence.CERTAIN, text)
        if len(used) == 1 and cell.split not in used:
            text = f"{cell.benchmark} shows {text}; the old column {cell.split}"
            return Explanation(Cause.OTHER_SPLIT, Confidence.CERTAIN, text)
    return cell.same_split.why or Explanation(Cause.UNEXPLAINED, Confidence.NONE, "")
