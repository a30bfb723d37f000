"""Rows are sorted some tasks at a time, with the same table and without all rows twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontrunner.results import sorted_rows as sorting
from frontrunner.results.chunk import Chunk, no_files
from frontrunner.results.files import Files, files_of
from frontrunner.results.files import merged as merged_files
from frontrunner.results.formats import FileCell
from frontrunner.results.sorted_rows import Winners, sorted_rows
from frontrunner.results.table import ScoreTable, Variant
from tests.memory import memory_of

CELLS: list[FileCell] = [("test", subset, (f"{subset}-Latn",)) for subset in ("eng", "deu", "fra")]
COLUMNS = ("task_start", "variant", "cell", "score", "languages", "file", "cell_start",
           "rows_by_cell")  # fmt: skip


def files_with(rows: list[list[int]]) -> Files:
    """Files with a row of each cell that is named, and scores that tell them apart."""
    empty = files_of(Chunk(no_files(), {}, [], [], 0, {}, []))
    flat = [cell for one in rows for cell in one]
    zeros = np.zeros(len(rows), dtype=np.int32)
    return empty._replace(
        paths=[f"{number:05}" for number in range(len(rows))],
        texts=[None],
        cells=CELLS,
        rows=np.array([len(one) for one in rows], dtype=np.int32),
        folder=zeros,
        row_cell=np.array(flat, dtype=np.int32),
        row_score=np.arange(len(flat)) / 8,
    )


def winners_of(tasks: list[int], variants: list[int]) -> Winners:
    """Every file wins; tasks and variants are numbered as they occur, without gaps."""
    used_tasks, task = np.unique(tasks, return_inverse=True)
    used, variant = np.unique(variants, return_inverse=True)
    names = [f"T{number}" for number in used_tasks.tolist()]
    models = [Variant(f"org/m{number}", "") for number in used.tolist()]
    return Winners(np.arange(len(tasks)), task, variant, names, models)


def columns_of(table: ScoreTable) -> list[object]:
    """A table in a form that can be compared."""
    arrays = [getattr(table, name) for name in COLUMNS]
    return [table.cells, table.language_sets, [(one.dtype, one.tolist()) for one in arrays]]


@settings(max_examples=40)
@given(st.data())
def test_tasks_at_a_time_give_the_same_table(data: st.DataObject) -> None:
    size = data.draw(st.integers(0, 12))
    some = st.lists(st.integers(0, 3), min_size=size, max_size=size)
    tasks, variants = data.draw(some), data.draw(some)
    cells = st.lists(st.integers(0, len(CELLS) - 1), max_size=4)
    rows = data.draw(st.lists(cells, min_size=size, max_size=size))
    files, winners = files_with(rows), winners_of(tasks, variants)
    whole = columns_of(sorted_rows(files, winners))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "AT_ONCE", data.draw(st.integers(1, 5)))
        patch.setattr(sorting, "MANY_ROWS", data.draw(st.sampled_from([0, 1_000])))
        assert columns_of(sorted_rows(files, winners)) == whole


def test_rows_keep_the_order_of_their_file_within_a_task_and_a_variant() -> None:
    table = sorted_rows(files_with([[2, 0], [1], [0, 0]]), winners_of([1, 0, 1], [0, 0, 1]))
    assert table.score.tolist() == [2 / 8, 0.0, 1 / 8, 3 / 8, 4 / 8]
    assert [table.cells[cell].subset for cell in table.cell] == ["deu", "fra", "eng", "eng", "eng"]
    assert table.task_start.tolist() == [0, 1, 5]
    assert table.rows_by_cell.tolist() == [0, 2, 3, 4, 1]
    assert table.file.tolist() == [1, 0, 0, 2, 2]


def test_no_winner_gives_an_empty_table() -> None:
    table = sorted_rows(files_with([]), winners_of([], []))
    assert (table.rows, table.task_start.tolist(), table.cell_start.tolist()) == (0, [0], [0])


def test_memory_beside_the_table_does_not_grow_with_the_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sorted at once, a row takes 50 bytes beside the 28 that the table has."""
    monkeypatch.setattr(sorting, "AT_ONCE", 1_000)
    files = files_with([[0, 1, 2] * 10] * 2_000)
    winners = winners_of([number % 100 for number in range(2_000)], [0] * 2_000)
    rows = sorted_rows(files, winners).rows
    kept, peak = memory_of(lambda: sorted_rows(files, winners))
    assert rows == 60_000
    assert kept < 36 * rows
    assert peak - kept < 10 * rows


def test_merging_takes_what_it_keeps_and_little_more() -> None:
    """Parts are made one after the other, and columns grow in place."""

    def parts() -> Iterator[Files]:
        for number in range(20):
            part = files_with([[0, 1, 2] * 10] * 100)
            yield part._replace(paths=[f"{number:03}/{path}" for path in part.paths])

    assert len(merged_files(parts()).row_score) == 60_000
    kept, peak = memory_of(lambda: merged_files(parts()))
    assert peak < 1.3 * kept
