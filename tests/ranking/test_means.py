"""Means by policy, and counts by group of columns."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.ranking import Question
from frontrunner.ranking.gather import Gathered, Rows
from frontrunner.ranking.means import (
    Scored,
    count_columns,
    grid_mean,
    lenient_mean,
    score,
    strict_mean,
)
from frontrunner.results.ingest import ingest
from tests.factories import catalog, result, table_of, write

NAN = math.nan
GRID = np.array([[1.0, 2.0, 6.0], [1.0, NAN, 3.0], [NAN, NAN, NAN]])


def same(found: np.ndarray, expected: list[float]) -> None:
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == np.float64


def test_a_strict_mean_needs_every_column() -> None:
    same(strict_mean(GRID), [3.0, NAN, NAN])
    same(strict_mean(GRID, [0, 2]), [3.5, 2.0, NAN])
    same(strict_mean(GRID, []), [NAN, NAN, NAN])


def test_a_lenient_mean_takes_the_columns_that_are_there() -> None:
    same(lenient_mean(GRID), [3.0, 2.0, NAN])
    same(lenient_mean(GRID, [0, 1]), [1.5, 1.0, NAN])
    same(lenient_mean(GRID, []), [NAN, NAN, NAN])


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=20))
def test_without_gaps_both_means_are_one_to_the_last_bit(values: list[float]) -> None:
    row = np.array([values])
    assert strict_mean(row).tolist() == lenient_mean(row).tolist()


def test_scores_on_one_square_are_averaged() -> None:
    row, column = np.array([0, 1, 1, 1]), np.array([1, 0, 0, 1])
    found = grid_mean([(row, column, np.array([0.5, 0.25, 0.75, 1.0]))], (2, 2))
    np.testing.assert_array_equal(found, [[NAN, 0.5], [0.5, 1.0]])
    assert grid_mean([(row[:0], column[:0], np.array([]))], (0, 3)).shape == (0, 3)


def test_marks_are_counted_by_group() -> None:
    marks = np.array([[True, False, True, True], [False, False, False, True]])
    found = count_columns(marks, np.array([0, 0, 1, 1]), 2)
    assert found.tolist() == [[1, 2], [0, 1]]
    none = count_columns(marks[:, :0], np.array([], dtype=np.int64), 3)
    assert none.tolist() == [[0, 0, 0], [0, 0, 0]]
    assert found.dtype == none.dtype == np.int64
    many = np.ones((300, 300), dtype=bool)
    assert count_columns(many, np.zeros(300, dtype=np.int64), 1).tolist() == [[300]] * 300


def test_the_same_rows_are_scored_once(tmp_path: Path) -> None:
    table = table_of(tmp_path, {"org/a": {"T1": 0.5, "T2": 0.25}})
    scored = score(table, Question(scopes=catalog().benchmarks[0].scopes))
    assert scored.only(scored.rows) is scored
    assert scored.has_cell.dtype == np.bool_
    assert scored.has_cell.tolist() == [[True, True]]
    assert scored.cells_required.tolist() == [1, 1]
    nothing = score(table, Question(scopes=()))
    assert nothing.cells_required.dtype == np.int64
    part = scored.only(scored.rows.only_tasks(["T2"]))
    assert part.by_task.tolist() == [[pytest.approx(0.25)]]


@given(st.data())
def test_cells_are_counted_however_many_rows_they_have(data: st.DataObject) -> None:
    """With several rows in a cell, counting rows would count it twice."""
    shape = data.draw(st.tuples(st.integers(1, 4), st.integers(1, 5)))
    places = st.tuples(st.integers(0, shape[0] - 1), st.integers(0, shape[1] - 1))
    rows = data.draw(st.lists(places, min_size=1, max_size=12))
    drawn = data.draw(st.lists(st.integers(0, 2), min_size=shape[1], max_size=shape[1]))
    task_of_cell = np.unique(np.sort(drawn), return_inverse=True)[1]  # each task has a cell
    tasks = ("A", "B", "C")[: task_of_cell[-1] + 1]
    gathered = Gathered(
        tasks=tasks,
        cells=np.arange(shape[1]),
        variants=np.arange(shape[0]),
        models=np.arange(shape[0]),
        model_of=np.arange(shape[0]),
        task_of_cell=task_of_cell,
        parts=(
            Rows(
                cell=np.array([cell for _, cell in rows]),
                variant=np.array([variant for variant, _ in rows]),
                languages=np.zeros(len(rows), dtype=np.int64),
                score=np.full(len(rows), 0.5),
            ),
        ),
    )
    expected = np.zeros((shape[0], len(tasks)), dtype=np.int64)
    for variant, cell in set(rows):
        expected[variant, task_of_cell[cell]] += 1
    # Nothing of the table is asked for.
    assert Scored(gathered, None).cells_had.tolist() == expected.tolist()  # type: ignore[arg-type]


def test_experiments_count_for_their_model_alone(tmp_path: Path) -> None:
    table = table_of(tmp_path / "plain", {"org/a": {"T1": 0.5}, "org/b": {"T1": 0.25}})
    plain = score(table, Question(scopes=catalog().benchmarks[0].scopes))
    assert plain.pooled_by_model is plain.pooled
    assert not plain.pooled.flags.writeable  # both are the same numbers
    root = tmp_path / "results"
    for folder, value in (("r1", 0.5), ("r1/experiments/dim_8", 0.75)):
        write(root, f"org__a/{folder}/T1.json", result("T1", value))
    settings = {"experiment_kwargs": {"dim": 8}, "embed_dim": 8, "name": "org/a", "revision": "r1"}
    write(root, "org__a/r1/experiments/dim_8/model_meta.json", settings)
    rows = ingest(root, catalog(), workers=1).table
    scored = score(rows, Question(scopes=catalog().benchmarks[0].scopes))
    assert scored.pooled[:, 0].tolist() == [0.5, 0.75]
    assert scored.pooled_by_model[:, 0].tolist() == [0.625]
