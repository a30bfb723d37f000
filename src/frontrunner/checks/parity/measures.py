"""The measures of a comparison that gates judge."""

from __future__ import annotations

from collections.abc import Sequence

from frontrunner.checks.gates import Measured
from frontrunner.checks.parity.compared import CellOutcome, ComparedCell
from frontrunner.checks.parity.decoys import DecoyRate
from frontrunner.checks.parity.fates import RowFate
from frontrunner.checks.parity.matching import How
from frontrunner.checks.parity.parity_report import (
    BoardSummary,
    explained,
    inferred,
    outcome_counts,
)


def measures(
    cells: Sequence[ComparedCell],
    rows: Sequence[RowFate],
    boards: Sequence[BoardSummary],
    honesty: Sequence[DecoyRate],
    *,
    tried: int,
) -> dict[str, Measured]:
    """The measures by name. Shares are from 0 to 1; a share of nothing has no value."""
    counts = outcome_counts(cells)
    equal, differs = counts.get(CellOutcome.EQUAL, 0), counts.get(CellOutcome.DIFFERS, 0)
    variants = [row for row in rows if row.how == How.VARIANT]
    return {
        "compared_share": _share(sum(counts.values()), tried),
        "equal_share": _share(equal, equal + differs),
        "unexplained_share": _share(differs - len(explained(cells)), differs),
        "inferred_share": _share(len(inferred(cells)), differs),
        "false_explanation_rate": _false_explanations(honesty),
        "worst_spearman": _worst_spearman(boards),
        "reasoned_rows_share": _share(sum(bool(row.reason) for row in rows), len(rows)),
        "matched_rows_share": _share(sum(row.model is not None for row in rows), len(rows)),
        "variants_kept_apart": _share(sum(row.model is None for row in variants), len(variants)),
    }


def _false_explanations(honesty: Sequence[DecoyRate]) -> Measured:
    """The highest rate of all kinds, on the decoys of all kinds."""
    rates = [one.rate for one in honesty if one.rate is not None]
    return Measured(max(rates, default=None), sum(one.decoys for one in honesty))


def _worst_spearman(boards: Sequence[BoardSummary]) -> Measured:
    """The lowest correlation of all boards, and the boards that are too small to have one."""
    known = [
        board.against_mean.spearman
        for board in boards
        if board.against_mean and board.against_mean.spearman is not None
    ]
    unjudged = tuple(
        f"{board.title} ({board.against_mean.models if board.against_mean else 0} models)"
        for board in boards
        if board.against_mean is None or board.against_mean.spearman is None
    )
    return Measured(min(known, default=None), len(known), unjudged)


def _share(part: int, whole: int) -> Measured:
    return Measured(part / whole if whole else None, whole)
