"""Explain where a benchmark's cell is another number than the task's own."""

from __future__ import annotations

from statistics import fmean

from frontrunner.catalog import Catalog, Scope
from frontrunner.checks.parity.verdicts import (
    Cause,
    Cell,
    Confidence,
    Explanation,
    Side,
    Verdict,
    printed_equal,
)
from frontrunner.legacy.files.standing import Standing, of_subset

_SAME = 1e-6


def why_on_board(
    cell: Cell, scope: Scope | None, standing: Standing, catalog: Catalog
) -> Explanation | None:
    """Why the benchmark's cell is not equal; None where it is, or where there is none."""
    if cell.on_board.verdict is Verdict.ABSENT:
        return _absent(cell, scope, catalog)
    if cell.on_board.verdict is Verdict.DIFFERS:
        return _differs(cell, scope, standing)
    return None


def _absent(cell: Cell, scope: Scope | None, catalog: Catalog) -> Explanation:
    if scope is None:
        task = catalog.task_by_name.get(cell.task)
        newer = task.superseded_by if task else None
        text = f"{cell.benchmark} uses {newer}" if newer else f"{cell.benchmark} does without it"
        return Explanation(Cause.REPLACED_TASK, Confidence.CERTAIN, text)
    if cell.same_split.why is not None and cell.same_split.verdict is Verdict.ABSENT:
        return cell.same_split.why
    wants = f"splits {', '.join(scope.splits)} of {len(scope.subsets)} subsets"
    text = f"{cell.benchmark} wants {wants}; {cell.model} has not all of them"
    return Explanation(Cause.INCOMPLETE, Confidence.CERTAIN, text)


def _differs(cell: Cell, scope: Scope | None, standing: Standing) -> Explanation:
    """The benchmark's number is explained by where it comes from; the old one by the task's own."""
    shown = cell.on_board.value
    scores = of_subset(standing.get((cell.model, cell.task), ()), cell.subset)
    used = {one.split: one.value for one in scores if scope is None or one.split in scope.splits}
    if shown is not None and used and cell.same_split.verdict is Verdict.EQUAL:
        text = ", ".join(f"{split} {value:.2f}" for split, value in sorted(used.items()))
        if len(used) > 1 and abs(fmean(used.values()) - shown) < _SAME:
            text = f"{cell.benchmark} shows the mean of {text}"
            return Explanation(Cause.AVERAGED, Confidence.CERTAIN, text)
        if len(used) == 1 and cell.split not in used:
            text = f"{cell.benchmark} shows {text}; the old column {cell.split}"
            return Explanation(Cause.OTHER_SPLIT, Confidence.CERTAIN, text)
    return cell.same_split.why or Explanation(Cause.UNEXPLAINED, Confidence.NONE, "")


def inherits(side: Side, cell: Cell) -> bool:
    """Whether a benchmark's number is the task's own number."""
    task, board = cell.same_split.value, side.value
    return task is not None and board is not None and printed_equal(task, board, _SAME)
