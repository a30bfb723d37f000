"""A model whose results were removed says so, with the commit."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.checks.parity.changes import Change
from frontrunner.checks.parity.history import History
from frontrunner.checks.parity.matching import How, RowMatch
from frontrunner.checks.parity.row_fates import row_fates
from frontrunner.legacy.files.markup import Anchor
from frontrunner.legacy.files.tree import read_tree
from tests.checks.parity.cells import cell
from tests.legacy.factory import row, write_board

NONE = "0" * 40
REMOVED = Change("c" * 40, "2025-12-13", "a" * 40, NONE)
ADDED = Change("d" * 40, "2025-01-01", NONE, "a" * 40)
HUB = "https://huggingface.co/"
HISTORY = History(
    Path(),
    {
        "org__gone/r/T1.json": [REMOVED],
        "org__here/r/T1.json": [ADDED],
        "org__here-256/r/T1.json": [REMOVED],
        "vendor__api-1/r/T1.json": [REMOVED],
        "one__twice/r/T1.json": [REMOVED],
        "two__twice/r/T1.json": [REMOVED],
        "before__moved/r/T1.json": [REMOVED._replace(commit=ADDED.commit)],
        "now__moved/r/T1.json": [ADDED],
    },
)


def removed(
    name: str,
    link: str | None,
    how: How = How.UNREGISTERED,
    model: str | None = None,
    history: History | None = HISTORY,
    folder: Path = Path(),
) -> str | None:
    anchor = Anchor(name, link)
    tree = read_tree(folder)
    [fate] = row_fates(tree, [], {anchor: RowMatch(model, how, "why")}, [], history)
    assert fate.reason == (f"why; {fate.removed}" if fate.removed else "why")
    return fate.removed


@pytest.fixture
def board(tmp_path: Path) -> Path:
    return write_board(tmp_path / "old", {"en/STS": [row("a", {"T1": 50.0})]})


SAYS = "the results in {} were removed by commit cccccccccc of 2025-12-13"


@pytest.mark.parametrize(
    ("name", "link", "how", "model", "folder"),
    [
        ("gone", HUB + "org/gone", How.UNREGISTERED, None, "org__gone"),
        ("here", HUB + "org/here", How.UNREGISTERED, None, None),
        ("gone", HUB + "other/gone", How.LOOK_ALIKE, None, None),
        ("here-256", HUB + "org/here", How.VARIANT, None, "org__here-256"),
        ("here-512", HUB + "org/here", How.VARIANT, None, None),
        ("API-1", "https://vendor.example/docs", How.UNREGISTERED, None, "vendor__api-1"),
        ("twice", "https://vendor.example/docs", How.UNREGISTERED, None, None),
        ("moved", HUB + "before/moved", How.UNREGISTERED, None, None),
        ("moved", "https://vendor.example/docs", How.UNREGISTERED, None, None),
        ("here", HUB + "org/gone", How.ALIAS, "org/here", None),
        ("gone", HUB + "org/gone", How.LINK, "org/gone", "org__gone"),
    ],
)
def test_the_commit_that_removed_a_models_results(
    board: Path, name: str, link: str, how: How, model: str | None, folder: str | None
) -> None:
    found = removed(name, link, how, model, folder=board)
    assert found == (SAYS.format(folder) if folder else None)


def test_without_a_history_nothing_is_said(board: Path) -> None:
    assert removed("gone", HUB + "org/gone", history=None, folder=board) is None


def test_outcomes_are_counted_by_row(board: Path) -> None:
    tree = read_tree(board)
    anchor = Anchor("a", HUB + "org/a")
    match = {
        anchor: RowMatch("org/a", How.LINK, "why"),
        Anchor("B", None): RowMatch(None, How.LINK, ""),
    }
    cells = [cell(), cell(), cell(new=None)]
    first, second = row_fates(tree, [], match, cells)
    assert (first.name, first.tables, first.differs, first.absent, first.equal) == ("a", 1, 2, 1, 0)
    assert (second.name, second.tables, second.differs) == ("B", 0, 0)
