"""What a comparison came to: the value that every form of the report is made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from frontrunner.checks.gates import GateResult
from frontrunner.checks.parity.agreement import Agreement
from frontrunner.checks.parity.compared import CellOutcome, ComparedCell, Confidence
from frontrunner.checks.parity.decoys import DecoyRate
from frontrunner.checks.parity.fates import RowFate
from frontrunner.legacy.files.tables import Problem


class BoardSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One old table and its successor."""

    board: str
    kind: str
    benchmark: str | None
    reason: str
    rows: int
    matched_rows: int
    same_split: dict[str, int]
    """CellOutcome -> cells, against the same task and split."""
    on_board: dict[str, int]
    """CellOutcome -> cells, against the benchmark's own cells."""
    against_mean: Agreement | None = None
    """The old average against the successor's mean, over shared complete models."""
    against_borda: Agreement | None = None
    note: str = ""

    @property
    def title(self) -> str:
        """The name of the old table."""
        return f"{self.board} {self.kind}".strip()


class ParityReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a comparison found."""

    snapshot: str
    legacy: str
    results: str | None
    """Where result files were read again, or None."""
    history: bool
    """Whether the result files have a git history."""
    seconds: float
    legacy_cells: int
    """Numeric cells of the old board, those of unmatched models included."""
    cells: tuple[ComparedCell, ...]
    """Of matched models."""
    rows: tuple[RowFate, ...]
    boards: tuple[BoardSummary, ...]
    honesty: tuple[DecoyRate, ...]
    gates: tuple[GateResult, ...]
    problems: tuple[Problem, ...]


def outcome_counts(cells: Iterable[ComparedCell]) -> dict[str, int]:
    """CellOutcome -> cells, against the same task and split."""
    return dict(Counter(str(cell.same_split.outcome) for cell in cells))


def board_counts(cells: Iterable[ComparedCell]) -> dict[str, int]:
    """CellOutcome -> cells, against the benchmark."""
    return dict(Counter(str(cell.on_board.outcome) for cell in cells))


def cause_counts(cells: Iterable[ComparedCell], outcome: CellOutcome) -> dict[tuple[str, str], int]:
    """Cause and confidence -> cells with an outcome on the same split, the commonest first."""
    found = [cell.same_split.why for cell in cells if cell.same_split.outcome is outcome]
    counts = Counter((str(why.cause), str(why.confidence)) for why in found if why)
    return dict(counts.most_common())


def board_causes(cells: Iterable[ComparedCell]) -> dict[str, int]:
    """Cause -> cells that are not equal on the benchmark."""
    found = (cell.on_board.why for cell in cells)
    return dict(Counter(str(why.cause) for why in found if why).most_common())


def explained(cells: Iterable[ComparedCell]) -> list[ComparedCell]:
    """Cells that differ and whose old number is in a result file."""
    return [
        cell for cell in _differing(cells) if cell.same_split.why and cell.same_split.why.explains
    ]


def inferred(cells: Iterable[ComparedCell]) -> list[ComparedCell]:
    """Cells that differ and have an inference only."""
    return _with_confidence(cells, Confidence.INFERRED)


def unexplained(cells: Iterable[ComparedCell]) -> list[ComparedCell]:
    """Cells that differ without any cause."""
    return _with_confidence(cells, Confidence.NONE)


def _with_confidence(cells: Iterable[ComparedCell], confidence: Confidence) -> list[ComparedCell]:
    return [
        cell
        for cell in _differing(cells)
        if cell.same_split.why and cell.same_split.why.confidence is confidence
    ]


def _differing(cells: Iterable[ComparedCell]) -> list[ComparedCell]:
    return [cell for cell in cells if cell.same_split.outcome is CellOutcome.DIFFERS]


def largest_moves(cells: Sequence[ComparedCell], most: int = 25) -> list[ComparedCell]:
    """The cells whose number moved furthest; a cell that several boards repeat comes once."""
    moved = sorted(
        (cell for cell in cells if cell.same_split.outcome is CellOutcome.DIFFERS),
        key=lambda cell: -abs(cell.old - (cell.same_split.value or 0.0)),
    )
    once = {(cell.model, cell.task, cell.subset): cell for cell in reversed(moved)}
    return sorted(once.values(), key=lambda c: -abs(c.old - (c.same_split.value or 0.0)))[:most]
