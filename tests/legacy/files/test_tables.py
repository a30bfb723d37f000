from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.legacy.files.columns import ScoreColumn, is_average, score_column
from frontrunner.legacy.files.tables import Table, number, read_table, table_bytes
from tests.legacy.factory import row

_VALUES = st.one_of(
    st.just(""), st.integers(-9, 99), st.floats(-99, 100).map(lambda x: round(x, 2))
)


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("STS17 (en-en)", ScoreColumn("STS17", "en-en")),
        ("PolEmo2.0-IN", ScoreColumn("PolEmo2.0-IN", None)),
        ("Average", None),
        ("Average (56 datasets)", None),
        ("STS Average (10 datasets)", None),
        ("Model Size (Million Parameters)", None),
        ("Memory Usage (GB, fp32)", None),
        ("Rank", None),
    ],
)
def test_what_a_column_shows(column: str, told: ScoreColumn | None) -> None:
    assert score_column(column) == told


def test_averages_are_told_from_tasks() -> None:
    assert is_average("Retrieval Average (15 datasets)")
    assert not is_average("AverageTask")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.5, 1.5),
        ("2.5", 2.5),
        ("71.2%", 71.2),
        ("", None),
        ("N/A", None),
        (None, None),
        (float("nan"), None),
        (float("inf"), None),
        (True, None),
        (-4.2, -4.2),
        (10**400, None),
        ([1], None),
        ("1e999", None),
    ],
)
def test_a_cell_is_a_number_or_blank(value: Any, expected: float | None) -> None:
    assert number(value) == expected


def test_text_where_a_number_belongs_is_said(tmp_path: Path) -> None:
    path = tmp_path / "boards_data" / "en" / "data_tasks" / "STS" / "default.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text('{"Model": "a", "T1": "n/a", "T2": "71.2%", "T3": "", "Max Tokens": "N/A"}\n')
    [problem] = read_table(tmp_path, "en", "STS").problems
    assert problem.what == "T1: text instead of a number, read as blank"


def test_bad_lines_are_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "boards_data" / "en" / "data_tasks" / "STS" / "default.jsonl"
    path.parent.mkdir(parents=True)
    good = '{"Model": "a", "T1": 1.0}\n'
    path.write_text(f'{good}{{oops\n[1]\n\n{{"T1": 3}}\n{{"Model": "b", "T1": NaN}}\n')
    table = read_table(tmp_path, "en", "STS")
    assert [one.name for one in table.anchors] == ["a", "b"]
    assert [problem.where.rsplit(":", 1)[1] for problem in table.problems] == ["2", "3", "5", "6"]
    assert "does not name a model" in table.problems[2].what
    assert "read as blank" in table.problems[3].what


@given(st.lists(st.dictionaries(st.sampled_from(["T1", "T2 (x)", "Average"]), _VALUES), max_size=4))
def test_a_table_written_is_read_back(tmp_path_factory: Any, scores: list[dict[str, Any]]) -> None:
    folder = tmp_path_factory.mktemp("round")
    rows = tuple(row(f"møde\u2028l-{n}", one) for n, one in enumerate(scores))
    table = Table("en", "STS", rows)
    path = folder / table.path
    path.parent.mkdir(parents=True)
    path.write_bytes(table_bytes(table))
    assert read_table(folder, "en", "STS") == table
    assert b"\\/" in table_bytes(table) or not rows
