"""Compared cells for tests."""

from __future__ import annotations

from typing import Any

from frontrunner.checks.parity.compared import (
    Cause,
    CellOutcome,
    ComparedCell,
    Confidence,
    Explanation,
    Side,
)

NO_BOARD = Side(CellOutcome.NO_BOARD)


def cell(old: float = 50.0, new: float | None = 60.0, **changed: Any) -> ComparedCell:
    """A cell of `org/a` on `T1`, printed with two decimals."""
    outcome = CellOutcome.ABSENT if new is None else CellOutcome.DIFFERS
    facts: dict[str, Any] = {
        "board": "en", "kind": "STS", "row": 1, "name": "a",
        "link": "https://huggingface.co/org/a", "column": "T1", "old": old, "step": 0.01,
        "model": "org/a", "task": "T1", "subset": None, "split": None if new is None else "test",
        "file": None if new is None else 0, "same_split": Side(outcome, new), "benchmark": None,
        "on_board": NO_BOARD,
    }  # fmt: skip
    return ComparedCell(**facts | changed)


def because(confidence: Confidence, cause: Cause = Cause.OTHER_RUN) -> Side:
    """A side that differs, with an explanation."""
    return Side(CellOutcome.DIFFERS, 60.0, Explanation(cause, confidence, "evidence"))
