"""Why a benchmark's cell is another one than the old board's."""

from __future__ import annotations

from typing import Any

import pytest

from frontrunner.catalog import Scope
from frontrunner.checks.parity.compared import (
    Cause,
    CellOutcome,
    Confidence,
    Explanation,
    Side,
)
from frontrunner.checks.parity.on_benchmark import why_on_board
from frontrunner.legacy.files.winning_scores import Score
from tests.checks.parity.cells import cell
from tests.factories import catalog, scope, task

T1 = task("T1", superseded_by="T1.v2")
KNOWN = catalog([T1, task("T1.v2", superseded_by="T1.v3"), task("T1.v3"), task("T2")])
EQUAL = Side(CellOutcome.EQUAL, 50.0)


def why(
    uses: dict[str, Scope], scores: list[Score] | None = None, **changed: Any
) -> Explanation | None:
    facts: dict[str, Any] = {"benchmark": "B", "on_board": Side(CellOutcome.ABSENT)}
    facts |= {"same_split": EQUAL} | changed
    winning = {("org/a", "T1"): scores or []}
    return why_on_board(cell(**facts), winning, KNOWN, uses.get)


def certain(cause: Cause, text: str) -> Explanation:
    return Explanation(cause, Confidence.CERTAIN, text)


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        (["T1.v2"], certain(Cause.REPLACED_TASK, "B uses T1.v2 instead")),
        (["T1.v3"], certain(Cause.REPLACED_TASK, "B uses T1.v3 instead")),
        (["T1.v2", "T1.v3"], certain(Cause.REPLACED_TASK, "B uses T1.v2 instead")),
        (["T2"], certain(Cause.LEFT_OUT, "B does not use T1")),
        ([], certain(Cause.LEFT_OUT, "B does not use T1")),
    ],
)
def test_a_successor_is_named_only_if_the_benchmark_uses_it(
    used: list[str], expected: Explanation
) -> None:
    assert why({name: scope(task(name)) for name in used}) == expected


def test_tasks_that_supersede_each_other_are_no_trap() -> None:
    known = catalog([task("T1", superseded_by="T2"), task("T2", superseded_by="T1")])
    absent = cell(benchmark="B", on_board=Side(CellOutcome.ABSENT), same_split=EQUAL)
    found = why_on_board(absent, {}, known, lambda _: None)
    assert found is not None
    assert found.cause is Cause.LEFT_OUT


def test_a_task_that_nobody_knows_is_left_out() -> None:
    found = why({}, task="T9")
    assert found == certain(Cause.LEFT_OUT, "B does not use T9")


def test_a_cell_without_a_number_of_its_own_keeps_its_reason() -> None:
    reason = Explanation(Cause.NEVER_FILED, Confidence.CERTAIN, "e")
    absent = Side(CellOutcome.ABSENT, None, reason)
    assert why({"T1": scope(T1)}, same_split=absent) == reason


def test_a_part_that_the_model_lacks_leaves_the_cell_blank() -> None:
    found = why({"T1": scope(T1, splits=("dev", "test"))})
    assert found == certain(
        Cause.INCOMPLETE, "B needs splits dev, test of 1 subsets; org/a does not have all of them"
    )


SCORES = [Score("dev", "default", 40.0, 0), Score("test", "default", 50.0, 0)]


def differs(value: float | None) -> Side:
    return Side(CellOutcome.DIFFERS, value)


def test_a_mean_over_splits_is_averaged() -> None:
    both = {"T1": scope(T1, splits=("dev", "test"))}
    assert why(both, SCORES, on_board=differs(45.0)) == certain(
        Cause.AVERAGED, "B shows the mean of dev 40.00, test 50.00"
    )
    found = why(both, SCORES, on_board=differs(45.1))
    assert found == Explanation(Cause.UNEXPLAINED, Confidence.NONE, "")


def test_one_other_split_is_another_split() -> None:
    dev = {"T1": scope(T1, splits=("dev",))}
    assert why(dev, SCORES, on_board=differs(40.0)) == certain(
        Cause.OTHER_SPLIT, "B shows dev 40.00; the old column test"
    )


def test_a_number_that_differs_by_itself_keeps_its_reason() -> None:
    reason = Explanation(Cause.METRIC, Confidence.CERTAIN, "e")
    both = {"T1": scope(T1, splits=("dev", "test"))}
    own = Side(CellOutcome.DIFFERS, 51.0, reason)
    assert why(both, SCORES, on_board=differs(45.0), same_split=own) == reason


@pytest.mark.parametrize("outcome", [CellOutcome.EQUAL, CellOutcome.COMBINED, CellOutcome.NO_BOARD])
def test_nothing_else_needs_a_reason(outcome: CellOutcome) -> None:
    assert why({"T1": scope(T1)}, on_board=Side(outcome)) is None
