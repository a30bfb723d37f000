"""Score rows in columns, and what is found in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.results.ingest import ingest
from frontrunner.results.table import ScoreTable
from tests.factories import catalog, result, write

ENGLISH, GERMAN, BOTH = ("eng-Latn",), ("deu-Latn",), ("eng-Latn", "deu-Latn")


def table_of_languages(root: Path, *languages: tuple[str, ...]) -> ScoreTable:
    """One cell of T1, in which each model's file names other languages; and one of T2."""
    names = [f"org/m{number}" for number in range(len(languages))]
    for name, codes in zip(names, languages, strict=True):
        path = f"{name.replace('/', '__')}/r/T1.json"
        write(root, path, result("T1", 0.5, languages=codes))
    write(root, "org__m0/r/T2.json", result("T2", 0.5, languages=GERMAN))
    return ingest(root, catalog(models=names), workers=1).table


@pytest.mark.parametrize("languages", [(ENGLISH, BOTH), (BOTH, ENGLISH), (GERMAN, BOTH, BOTH)])
def test_a_cell_of_several_languages_sets_has_none_of_its_own(
    tmp_path: Path, languages: tuple[tuple[str, ...], ...]
) -> None:
    table = table_of_languages(tmp_path, *languages)
    mixed, other = table.sets_of_cells(("T1", "T2")).tolist()
    assert mixed == -1
    assert table.language_sets[other] == GERMAN


def test_a_cell_of_one_language_set_has_it(tmp_path: Path) -> None:
    table = table_of_languages(tmp_path, BOTH, BOTH)
    sets = table.sets_of_cells(("T1", "T2", "unknown"))
    assert [table.language_sets[number] for number in sets.tolist()] == [BOTH, GERMAN]


def test_only_the_tasks_that_are_asked_for_are_looked_at(tmp_path: Path) -> None:
    table = table_of_languages(tmp_path, BOTH, BOTH)
    assert table.sets_of_cells(()).tolist() == [-1, -1]
    assert table.sets_of_cells(("T2",))[0] == -1
    both = table.sets_of_cells(("T1",))
    assert [table.language_sets[number] for number in both.tolist()] == [BOTH, GERMAN]


def test_the_sets_that_hold_a_code_are_found(tmp_path: Path) -> None:
    table = table_of_languages(tmp_path, ENGLISH, BOTH)
    holding = {
        code: sorted(table.language_sets[number] for number in numbers)
        for code, numbers in table.sets_of_code.items()
    }
    assert holding == {"eng-Latn": sorted([ENGLISH, BOTH]), "deu-Latn": sorted([GERMAN, BOTH])}


def test_rows_cells_and_models_refer_to_each_other(tmp_path: Path) -> None:
    table = table_of_languages(tmp_path, ENGLISH, GERMAN)
    assert table.models == ("org/m0", "org/m1")
    rows = [table.rows_of_task(name) for name in ("T1", "T2", "unknown")]
    assert [table.variant[one].tolist() for one in rows] == [[0, 1], [0], []]
    assert table.cells_of_task == {"T1": range(0, 1), "T2": range(1, 2)}
    assert table.task_number == {"T1": 0, "T2": 1}
    assert table.task_start.tolist() == [0, 2, 3]
    assert table.rows_by_cell.tolist() == [0, 1, 2]
    assert table.model_of_variant.tolist() == [0, 1]
