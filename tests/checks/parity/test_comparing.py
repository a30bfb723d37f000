"""Each old number is compared with the task's and with the benchmark's."""

from __future__ import annotations

from typing import Any

import pytest

from frontrunner.catalog import Benchmark
from frontrunner.checks.parity.compared import CellOutcome, ComparedCell
from frontrunner.checks.parity.comparing import Comparer
from frontrunner.checks.parity.matching import How, RowMatch
from frontrunner.legacy.boardmap import load_board_map
from frontrunner.legacy.files.cells import LegacyCell
from frontrunner.legacy.files.markup import Anchor
from frontrunner.legacy.files.rules import Target
from frontrunner.legacy.files.winning_scores import Score
from tests.factories import catalog, scope, task

TWO = task("T1", subsets={"en": ("eng-Latn",), "de": ("deu-Latn",)})
ROW = next(row for row in load_board_map().values() if row.benchmark)
BOARD = Benchmark(name=str(ROW.benchmark), display_name="B", scopes=(scope(TWO),))
CELL = LegacyCell("en", "STS", 1, "a", None, "T1", "T1", None, 50.0, 0.01)


class Values:
    """The boards' values: one number, for the scope of the benchmark."""

    def __init__(self, value: float | None, subsets: tuple[str, ...]) -> None:
        self._value, self._scope = value, scope(TWO, subsets=subsets)

    def scope(self, benchmark: str, name: str) -> Any:
        return self._scope if name == "T1" else None

    def value(self, benchmark: str, model: str, name: str) -> float | None:
        return self._value


def compared(
    subset: str | None = None,
    *,
    model: str | None = "org/a",
    on_board: float | None = 50.0,
    subsets: tuple[str, ...] = (),
    winning: float | None = 50.0,
    succeeded: bool = True,
) -> ComparedCell | None:
    what = Target("T1", subset, ("test",))
    score = Score("test", subset or "en", winning, 0) if winning is not None else None
    comparer = Comparer(
        catalog([TWO], benchmarks=[BOARD]),
        {("en", "STS"): ROW} if succeeded else {},
        {Anchor("a", None): RowMatch(model, How.ALIAS, "r")},
        {("en", "T1"): what},
        {("org/a", "T1"): [score]} if score else {},
        Values(on_board, subsets),  # type: ignore[arg-type]
    )
    found = comparer.compare([CELL])
    return found[0] if found else None


def outcomes(**given: Any) -> tuple[CellOutcome, CellOutcome]:
    """The outcome on the task's level, and on the benchmark's."""
    found = compared(**given)
    assert found is not None
    return found.same_split.outcome, found.on_board.outcome


def test_a_model_without_a_match_is_left_out() -> None:
    assert compared(model=None) is None


@pytest.mark.parametrize(
    ("value", "outcome"),
    [(50.0, CellOutcome.EQUAL), (50.02, CellOutcome.DIFFERS), (None, CellOutcome.ABSENT)],
)
def test_both_levels_are_compared_on_their_own(value: float | None, outcome: CellOutcome) -> None:
    assert outcomes(subset="en", winning=value, subsets=("en",)) == (outcome, CellOutcome.EQUAL)
    assert outcomes(subset="en", on_board=value, subsets=("en",)) == (CellOutcome.EQUAL, outcome)


def test_one_number_for_several_subsets_is_not_compared_with_one_subset() -> None:
    assert outcomes(subset="en", subsets=("en", "de"))[1] is CellOutcome.COMBINED
    assert outcomes(subset="en", subsets=("de",))[1] is CellOutcome.COMBINED
    assert outcomes(subset="en", subsets=("en",))[1] is CellOutcome.EQUAL
    assert outcomes(subset=None, subsets=("en", "de"))[1] is CellOutcome.EQUAL


def test_a_table_without_a_successor_has_no_board() -> None:
    assert outcomes(subset="en", succeeded=False)[1] is CellOutcome.NO_BOARD


def test_the_file_of_the_number_is_kept() -> None:
    found = compared(subset="en", subsets=("en",))
    assert found is not None
    assert (found.split, found.file, found.benchmark) == ("test", 0, BOARD.name)
    absent = compared(subset="en", winning=None)
    assert absent is not None
    assert (absent.split, absent.file) == (None, None)
