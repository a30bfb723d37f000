"""The first board's files with the numbers of today, against what else is known of them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.answers.bodies import Bodies
from frontrunner.answers.service import Service
from frontrunner.catalog import Scope
from frontrunner.legacy.boardmap import load_board_map
from frontrunner.legacy.files.columns import AVERAGE, score_column
from frontrunner.legacy.files.fresh import fresh_tree, printed_mean
from frontrunner.legacy.files.rules import target
from frontrunner.legacy.files.tables import Table, number
from frontrunner.legacy.files.tree import Tree, read_tree
from frontrunner.snapshot.reader import Snapshot

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def fresh(old_board: Path, real_snapshot: Snapshot) -> Tree:
    return fresh_tree(read_tree(old_board), real_snapshot)


def test_averages_are_taken_as_the_old_board_took_them(old_board: Path) -> None:
    wrong = every = 0
    for table in read_tree(old_board).tables:
        if not table.kind or AVERAGE not in table.columns:
            continue
        tasks = [name for name in table.columns if score_column(name)]
        for row in table.rows:
            mean = printed_mean([number(row[name]) for name in tasks])
            shown = number(row[AVERAGE])
            every += mean is not None
            wrong += mean != shown and mean is not None
            assert (mean is None) == (shown is None)
    assert every > 4000
    assert wrong / every < 0.003  # it did not always add from left to right


def test_the_same_files_with_the_same_columns(old_board: Path, fresh: Tree) -> None:
    old = read_tree(old_board)
    assert [table.path for table in fresh.tables] == [table.path for table in old.tables]
    for before, after in zip(old.tables, fresh.tables, strict=True):
        assert before.columns == after.columns, before.path
        assert [row["Rank"] for row in after.rows] == list(range(1, len(after.rows) + 1))


def test_a_number_is_the_one_that_the_board_shows(fresh: Tree, real_snapshot: Snapshot) -> None:
    """Wherever a benchmark's cell is one subset on one split, the one that the column shows."""
    service = Service(real_snapshot)
    compared = 0
    for row in load_board_map().values():
        table = fresh.table(*row.key)
        if row.benchmark and row.type and table:
            compared += _compared(table, row.benchmark, service)
    assert compared > 30_000


def _compared(table: Table, benchmark: str, service: Service) -> int:
    shown = _shown(service, benchmark)
    catalog = service.snapshot.catalog
    scopes = {one.task: one for one in catalog.benchmark_by_name[benchmark].scopes}
    count = 0
    for column in table.columns:
        told = score_column(column)
        if told is None:
            continue
        what = target(table.board, told.task, told.subset, catalog)
        if not _is_one_cell(scopes.get(what.task), what.subset, what.splits[0]):
            continue
        for one, row in zip(table.anchors, table.rows, strict=True):
            value, today = number(row[column]), shown.get((one.name, one.link, what.task))
            if value is not None and today is not None:
                assert abs(value - today * 100) < 0.00501, (table.path, one.name, column)
                count += 1
    return count


def _is_one_cell(scope: Scope | None, subset: str | None, split: str) -> bool:
    if scope is None or tuple(scope.splits) != (split,):
        return False
    return len(scope.subsets) == 1 and subset in (None, *scope.subsets)


def _shown(service: Service, benchmark: str) -> dict[tuple[str, str | None, str], float]:
    """Scores of a board by the model's printed name and link, and the task."""
    rows = msgspec.json.decode(Bodies(service).scores(benchmark, ()).identity)["rows"]
    return {
        (row["model"]["name"].rsplit("/", 1)[-1], row["model"]["url"], name): score
        for row in rows
        for name, score in row["scoresByTask"].items()
        if score is not None
    }
