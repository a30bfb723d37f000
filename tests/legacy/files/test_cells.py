from __future__ import annotations

from frontrunner.legacy.files.cells import numeric_cells
from frontrunner.legacy.files.tables import Table
from tests.legacy.factory import row


def _table(kind: str, *rows: dict[str, object]) -> Table:
    return Table("en", kind, rows)  # type: ignore[arg-type]


def test_fractions_are_told_by_model_over_all_tables() -> None:
    low = {f"T{n}": 0.1 * n for n in range(1, 6)}
    tables = [
        _table("STS", row("fraction", low), row("poor", low)),
        _table("Retrieval", row("poor", T9=37.0)),
        _table("InstructionRetrieval", row("fraction", T8=-0.5)),
    ]
    cells, problems = numeric_cells(tables)
    of = {(cell.name, cell.column): cell for cell in cells}
    assert of["fraction", "T5"].value == 50.0
    assert of["fraction", "T5"].step == 1.0
    assert of["poor", "T5"].value == 0.5
    assert of["fraction", "T8"].value == -0.5  # p-MRR lies about zero by nature
    assert [problem.what for problem in problems] == [
        "fraction: scores on the 0 to 1 scale, taken times 100"
    ]


def test_blank_and_overall_cells_are_no_cells() -> None:
    tables = [_table("", row("a", Average=3.0)), _table("STS", row("a", Average=3.0, T1="", T2=7))]
    cells, _ = numeric_cells(tables)
    assert [(cell.row, cell.column, cell.value) for cell in cells] == [(1, "T2", 7.0)]
