"""What a comparison came to: the value that every form of the report is made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from frontrunner.checks.gates import GateVerdict
from frontrunner.checks.parity.agreement import Agreement
from frontrunner.checks.parity.fate import RowFate
from frontrunner.checks.parity.honesty import DecoyRate
from frontrunner.checks.parity.verdicts import Cause, Cell, Verdict
from frontrunner.legacy.files.tables import Problem


class BoardSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One old table beside its successor."""

    board: str
    kind: str
    benchmark: str | None
    reason: str
    rows: int
    matched_rows: int
    same_split: dict[str, int]
    """Verdict -> cells, against the same task and split."""
    on_board: dict[str, int]
    """Verdict -> cells, against the benchmark's own cells."""
    against_mean: Agreement | None = None
    """The old average against the successor's mean, over shared complete models."""
    against_borda: Agreement | None = None
    note: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a comparison found."""

    snapshot: str
    legacy: str
    results: str | None
    """Where result files were read again, or None."""
    seconds: float
    legacy_cells: int
    """Numeric cells of the old board, those of unmatched models included."""
    cells: tuple[Cell, ...]
    """Of matched models."""
    rows: tuple[RowFate, ...]
    boards: tuple[BoardSummary, ...]
    honesty: tuple[DecoyRate, ...]
    gates: tuple[GateVerdict, ...]
    problems: tuple[Problem, ...]


def verdict_counts(cells: Iterable[Cell]) -> dict[str, int]:
    """Verdict -> cells, against the same task and split."""
    return dict(Counter(str(cell.same_split.verdict) for cell in cells))


def board_counts(cells: Iterable[Cell]) -> dict[str, int]:
    """Verdict -> cells, against the benchmark."""
    return dict(Counter(str(cell.on_board.verdict) for cell in cells))


def cause_counts(cells: Iterable[Cell], verdict: Verdict) -> dict[tuple[str, str], int]:
    """Cause and confidence -> cells with a verdict on the same split, the commonest first."""
    found = [cell.same_split.why for cell in cells if cell.same_split.verdict is verdict]
    counts = Counter((str(why.cause), str(why.confidence)) for why in found if why)
    return dict(counts.most_common())


def board_causes(cells: Iterable[Cell]) -> dict[str, int]:
    """Cause -> cells that are not equal on the benchmark."""
    found = (cell.on_board.why for cell in cells)
    return dict(Counter(str(why.cause) for why in found if why).most_common())


def unexplained(cells: Iterable[Cell]) -> list[Cell]:
    """Cells that differ without a cause."""
    return [
        cell
        for cell in cells
        if cell.same_split.why and cell.same_split.why.cause is Cause.UNEXPLAINED
    ]


def largest_moves(cells: Sequence[Cell], most: int = 25) -> list[Cell]:
    """The cells whose number moved furthest; a cell that several boards repeat comes once."""
    moved = sorted(
        (cell for cell in cells if cell.same_split.verdict is Verdict.DIFFERS),
        key=lambda cell: -abs(cell.old - (cell.same_split.value or 0.0)),
    )
    once = {(cell.model, cell.task, cell.subset): cell for cell in reversed(moved)}
    return sorted(once.values(), key=lambda c: -abs(c.old - (c.same_split.value or 0.0)))[:most]
