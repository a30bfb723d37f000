"""The numbers in the first board's tables: one record for each cell with a number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from frontrunner.legacy.files.columns import score_column
from frontrunner.legacy.files.markup import Anchor
from frontrunner.legacy.files.tables import Problem, Table, number

SIGNED_KINDS = frozenset({"InstructionRetrieval"})
"""Types whose metric (p-MRR) is near zero, so that small values do not show the scale."""
_ENOUGH = 5
"""If at least this many values of a model are all below 1, they are fractions."""


class LegacyCell(NamedTuple):
    """One score that the first board showed."""

    board: str
    kind: str
    row: int
    """Counted from 1."""
    name: str
    link: str | None
    column: str
    task: str
    subset: str | None
    value: float
    """On the scale of 0 to 100."""
    step: float
    """The last printed digit, on that scale."""


def numeric_cells(tables: Iterable[Table]) -> tuple[list[LegacyCell], list[Problem]]:
    """All task scores of all tables except the overall ones, and problems with them."""
    tasks = [table for table in tables if table.kind]
    fractions = _models_in_fractions(tasks)
    problems = [
        Problem("boards_data", f"{one.name}: scores on the 0 to 1 scale, taken times 100")
        for one in sorted(fractions, key=lambda one: one.name)
    ]
    cells = [cell for table in tasks for cell in _cells(table, fractions)]
    return cells, problems


def _values(table: Table) -> Iterator[tuple[int, Anchor, str, float]]:
    columns = [name for name in table.columns if score_column(name)]
    for index, (row, model) in enumerate(zip(table.rows, table.anchors, strict=True), start=1):
        for column in columns:
            value = number(row.get(column))
            if value is not None:
                yield index, model, column, value


def _models_in_fractions(tables: Iterable[Table]) -> frozenset[Anchor]:
    """Models whose scores in all tables are between 0 and 1.

    A single low score, or a table of low scores, is not enough: models do score below 1.
    """
    values: dict[Anchor, list[float]] = {}
    for table in tables:
        if table.kind not in SIGNED_KINDS:
            for _, model, _, value in _values(table):
                values.setdefault(model, []).append(value)
    return frozenset(
        model
        for model, found in values.items()
        if len(found) >= _ENOUGH and max(found) <= 1 and min(found) >= 0 and max(found) > 0
    )


def _cells(table: Table, fractions: frozenset[Anchor]) -> Iterator[LegacyCell]:
    for row, model, column, value in _values(table):
        told = score_column(column)
        if told is None:
            continue
        factor = 100.0 if model in fractions and table.kind not in SIGNED_KINDS else 1.0
        yield LegacyCell(
            table.board,
            table.kind,
            row,
            model.name,
            model.link,
            column,
            told.task,
            told.subset,
            value * factor,
            0.01 * factor,
        )
