"""Summarize each old table and its successor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean

import msgspec

from frontrunner.checks.parity.agreement import agree
from frontrunner.checks.parity.board_values import BoardValues
from frontrunner.checks.parity.compared import ComparedCell
from frontrunner.checks.parity.matching import RowMatch
from frontrunner.checks.parity.parity_report import (
    BoardSummary,
    board_counts,
    outcome_counts,
)
from frontrunner.legacy.boardmap import Successor
from frontrunner.legacy.files.columns import is_average
from frontrunner.legacy.files.markup import Anchor
from frontrunner.legacy.files.tables import Table, number
from frontrunner.legacy.files.tree import Tree

Matches = Mapping[Anchor, RowMatch]
Key = tuple[str, str]


def board_summaries(
    tree: Tree,
    board_map: Mapping[Key, Successor],
    matches: Matches,
    cells: Sequence[ComparedCell],
    values: BoardValues,
) -> tuple[BoardSummary, ...]:
    """One summary for each old table."""
    by_table: dict[Key, list[ComparedCell]] = defaultdict(list)
    for cell in cells:
        by_table[cell.board, cell.kind].append(cell)
    return tuple(
        _summary(table, board_map.get(table.key), matches, by_table[table.key], values)
        for table in tree.tables
    )


def _summary(
    table: Table,
    succeeded: Successor | None,
    matches: Matches,
    cells: Sequence[ComparedCell],
    values: BoardValues,
) -> BoardSummary:
    summary = BoardSummary(
        board=table.board,
        kind=table.kind,
        benchmark=succeeded.benchmark if succeeded else None,
        reason=succeeded.reason if succeeded else "The map of boards does not know this table.",
        rows=len(table.rows),
        matched_rows=sum(matches[one].model is not None for one in table.anchors),
        same_split=outcome_counts(cells),
        on_board=board_counts(cells),
    )
    return _with_agreement(summary, table, matches, cells, values)


def _with_agreement(
    summary: BoardSummary,
    table: Table,
    matches: Matches,
    cells: Sequence[ComparedCell],
    values: BoardValues,
) -> BoardSummary:
    if table.kind or summary.benchmark is None or not values.knows(summary.benchmark):
        note = "means over the columns that exist today, on both sides"
        return msgspec.structs.replace(summary, against_mean=agree(*_means(cells)), note=note)
    old = old_averages(table, matches)
    standings = values.standings(summary.benchmark)
    means = {name: one.mean for name, one in standings.items() if one.mean is not None}
    # A Borda rank compares whatever is there; only models with a whole mean are comparable.
    borda = {name: -float(standings[name].rank) for name in means}
    return msgspec.structs.replace(
        summary,
        against_mean=agree(old, means),
        against_borda=agree(old, borda),
        note=f"against {summary.benchmark}'s own mean and Borda rank",
    )


def old_averages(table: Table, matches: Matches) -> dict[str, float]:
    """The old board's first average of each matched model.

    Of two rows of one model the first counts. A table without an average has its last column count.
    """
    found: dict[str, float] = {}
    averages = [name for name in table.columns if is_average(name)] or list(table.columns[-1:])
    for row, anchor in zip(table.rows, table.anchors, strict=True):
        model, value = matches[anchor].model, number(row.get(averages[0]))
        if model is not None and value is not None:
            found.setdefault(model, value)
    return found


def _means(cells: Sequence[ComparedCell]) -> tuple[dict[str, float], dict[str, float]]:
    """Old and new means of models that have every column of today's results."""
    pairs: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for cell in cells:
        if cell.same_split.value is not None:
            pairs[cell.model].setdefault(cell.column, (cell.old, cell.same_split.value))
    columns = {column for known in pairs.values() for column in known}
    whole = {model: known for model, known in pairs.items() if len(known) == len(columns)}
    old = {model: fmean(a for a, _ in known.values()) for model, known in whole.items()}
    new = {model: fmean(b for _, b in known.values()) for model, known in whole.items()}
    return old, new
