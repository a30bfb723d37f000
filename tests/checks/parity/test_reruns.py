"""Where a number came from a card, the others of that card say whether another run stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.checks.parity.changes import Change
from frontrunner.checks.parity.compared import CellOutcome, ComparedCell, Side, printed_equal
from frontrunner.checks.parity.history import History
from frontrunner.checks.parity.reruns import Imported, Rerun, Reruns, WinningFile
from frontrunner.legacy.files.markup import Anchor

LINK = "https://huggingface.co/org/a"
RUN = WinningFile("org__a/abc123/T.json", "abc123", "1.18.0")


def cell(task: str, old: float, new: float, file: int = 0) -> ComparedCell:
    verdict = CellOutcome.EQUAL if printed_equal(old, new, 0.01) else CellOutcome.DIFFERS
    return ComparedCell(
        board="en", kind="STS", row=0, name="a", link=LINK, column=task, old=old, step=0.01,
        model="org/a", task=task, subset=None, split="test", file=file,
        same_split=Side(verdict, new), benchmark=None, on_board=Side(CellOutcome.NO_BOARD),
    )  # fmt: skip


def asked(
    moves: Sequence[float],
    *,
    files: Sequence[WinningFile] = (RUN,),
    imported: Imported | None = None,
) -> Rerun | None:
    """What is said of the first of some cells, each of which moved by so much."""
    cells = [cell(f"T{n}", 50.0, 50.0 + move) for n, move in enumerate(moves)]
    return Reruns(cells, files, imported or {}).of(cells[0])


def test_a_run_of_which_enough_moved_speaks() -> None:
    found = asked([2.0, 1.0, 0.5, 0.0, 0.0, 0.0])
    assert found is not None
    assert (found.others, found.differ) == (5, 2)
    assert found.furthest == pytest.approx(1.0)
    assert found.within == pytest.approx(3.0)
    assert found.run == "org__a/abc123 (mteb 1.18.0)"


def test_a_run_is_named_with_the_commit_that_brought_it() -> None:
    change = Change("c" * 40, "2025-03-01", "0" * 40)
    cells = [cell("T0", 50, 51), cell("T1", 50, 51)]
    history = History(Path(), {RUN.path: [change]})
    found = Reruns(cells, [RUN], {}).of(cells[0], history)
    assert found is not None
    assert found.run.endswith("since commit cccccccccc of 2025-03-01")


def test_a_run_that_stayed_is_the_same_run() -> None:
    assert asked([2.0, 1.0, 0.0, 0.0, 0.0, 0.0]) is None


@given(st.floats(0.02, 40))
def test_a_cell_is_never_its_own_witness(move: float) -> None:
    assert asked([move]) is None
    assert asked([move, 0.0, 0.0]) is None


def test_a_small_run_is_told_by_all_that_took_the_place_of_the_card() -> None:
    other = WinningFile("org__a/abc123/T.json", "abc123", "1.20.0")
    cells = [cell("T0", 50, 51, 0), cell("T1", 50, 52, 1), cell("T2", 50, 50, 1)]
    found = Reruns(cells, [RUN, other], {}).of(cells[0])
    assert found is not None
    assert (found.others, found.differ) == (2, 1)


@pytest.mark.parametrize("revision", ["external", "no_revision_available"])
def test_a_copy_of_the_card_is_no_other_run(revision: str) -> None:
    copy = WinningFile(f"org__a/{revision}/T.json", revision, None)
    assert asked([2.0, 2.0, 2.0], files=[copy]) is None


def test_an_imported_number_came_from_no_card() -> None:
    imported = {(Anchor("a", LINK), "T0"): [50.0]}
    assert asked([2.0, 2.0, 2.0], imported=imported) is None


def test_a_cell_that_boards_repeat_counts_once() -> None:
    repeated = [cell("T1", 50, 50)] * 9
    cells = [cell("T0", 50, 52), cell("T2", 50, 51), *repeated]
    found = Reruns(cells, [RUN], {}).of(cells[0])
    assert found is not None
    assert (found.others, found.differ) == (2, 1)
