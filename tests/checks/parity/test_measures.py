"""The measures that gates judge."""

from __future__ import annotations

from typing import Any

import pytest

from frontrunner.checks.gates import Measured
from frontrunner.checks.parity.agreement import Agreement
from frontrunner.checks.parity.compared import CellOutcome, Confidence, Side
from frontrunner.checks.parity.decoys import DecoyRate
from frontrunner.checks.parity.fates import RowFate
from frontrunner.checks.parity.matching import How
from frontrunner.checks.parity.measures import measures
from frontrunner.checks.parity.parity_report import BoardSummary
from tests.checks.parity.cells import because, cell

CELLS = [
    *[cell(same_split=Side(CellOutcome.EQUAL, 50.0))] * 6,
    cell(same_split=because(Confidence.CERTAIN)),
    cell(same_split=because(Confidence.LIKELY)),
    cell(same_split=because(Confidence.INFERRED)),
    cell(same_split=because(Confidence.NONE)),
    cell(new=None),
]


def row(name: str, how: How, model: str | None, reason: str = "r") -> RowFate:
    return RowFate(name=name, link=None, model=model, how=how, reason=reason, tables=1, cells=1)


ROWS = [
    row("a", How.LINK, "org/a"),
    row("a-256", How.VARIANT, None),
    row("a-512", How.VARIANT, None),
    row("a-64", How.VARIANT, "org/a"),
    row("b", How.UNREGISTERED, None, reason=""),
]


def board(kind: str, against_mean: Agreement | None) -> BoardSummary:
    return BoardSummary(
        board="en", kind=kind, benchmark=None, reason="r", rows=20, matched_rows=20, same_split={},
        on_board={}, against_mean=against_mean,
    )  # fmt: skip


BOARDS = [
    board("STS", Agreement(20, conclusive=True, spearman=0.9)),
    board("", Agreement(16, conclusive=True, spearman=0.7)),
    board("Retrieval", Agreement(18, conclusive=True, spearman=0.8)),
    board("Clustering", Agreement(5, conclusive=False)),
    board("Reranking", Agreement(15, conclusive=True, spearman=None)),
    board("Summarization", None),
]
HONESTY = [DecoyRate("equal", 100, 1, 30, {}), DecoyRate("differing", 50, 2, 0, {})]


def found(**changed: Any) -> dict[str, Measured]:
    given: dict[str, Any] = {
        "cells": CELLS, "rows": ROWS, "boards": BOARDS, "honesty": HONESTY, "tried": 22,
    }  # fmt: skip
    given |= changed
    return measures(
        given["cells"], given["rows"], given["boards"], given["honesty"], tried=given["tried"]
    )


@pytest.mark.parametrize(
    ("measure", "value", "sample"),
    [
        ("compared_share", 11 / 22, 22),
        ("equal_share", 6 / 10, 10),
        ("unexplained_share", 2 / 4, 4),  # an inference does not explain
        ("inferred_share", 1 / 4, 4),
        ("false_explanation_rate", 2 / 50, 150),
        ("reasoned_rows_share", 4 / 5, 5),
        ("matched_rows_share", 2 / 5, 5),
        ("variants_kept_apart", 2 / 3, 3),
    ],
)
def test_each_measure(measure: str, value: float, sample: int) -> None:
    assert found()[measure].value == pytest.approx(value)
    assert found()[measure].sample == sample


def test_the_worst_board_counts_and_those_without_ranks_are_named() -> None:
    assert found()["worst_spearman"] == Measured(
        0.7,
        3,
        ("en Clustering (5 models)", "en Reranking (15 models)", "en Summarization (0 models)"),
    )


def test_nothing_measured_has_no_value() -> None:
    empty = found(cells=[], rows=[], boards=[], honesty=[], tried=0)
    assert set(empty.values()) == {Measured(None, 0)}


def test_a_kind_without_false_numbers_does_not_count() -> None:
    rates = [DecoyRate("equal", 0, 0, 0, {}), DecoyRate("differing", 10, 1, 0, {})]
    assert found(honesty=rates)["false_explanation_rate"] == Measured(0.1, 10)
