"""Which rows of the table a question means."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from frontrunner.catalog import Scope
from frontrunner.ranking import gather as module
from frontrunner.ranking.gather import cells_of_scopes, gather, tasks_begun
from frontrunner.ranking.question import Question
from frontrunner.results.ingest import ingest
from frontrunner.results.table import ScoreTable
from tests.factories import catalog, result, scope, table_of, task, write

TASKS = [
    task("T1", splits=("test", "dev")),
    task("T2", subsets={"en": ("eng-Latn",), "de": ("deu-Latn",)}),
    task("T3"),
]
KNOWN = catalog(TASKS, models=["org/a", "org/b"])
SCOPES = tuple(scope(one) for one in TASKS)


def spoken(name: str, languages: dict[str, list[str]], score: float = 0.5) -> dict[str, object]:
    """A result with a score in each subset, each in its own languages."""
    content = result(name, {"test": dict.fromkeys(languages, score)})
    for entry in content["scores"]["test"]:
        entry["languages"] = languages[entry["hf_subset"]]
    return content


@pytest.fixture
def table(tmp_path: Path) -> ScoreTable:
    """Model a has all of T2 and a null in T1; model b has the German half of T2, and T3."""
    write(tmp_path, "org__a/r1/T1.json", result("T1", {"dev": {"default": None}}))
    both = {"en": ["eng-Latn"], "de": ["deu-Latn"]}
    write(tmp_path, "org__a/r1/T2.json", spoken("T2", both))
    write(tmp_path, "org__b/r1/T2.json", spoken("T2", {"de": ["deu-Latn"]}))
    write(tmp_path, "org__b/r1/T3.json", result("T3", 0.25))
    return ingest(tmp_path, KNOWN, workers=1).table


def test_a_task_is_begun_with_any_row_scored_or_not(table: ScoreTable) -> None:
    begun = tasks_begun(table, SCOPES, asked(3))
    assert begun.dtype == bool
    assert begun.tolist() == [[True, True, False], [False, True, True]]
    english = (scope(TASKS[1], subsets=["en"]), scope(TASKS[2]), scope(task("T9")))
    found = tasks_begun(table, english, asked(3)).tolist()
    assert found == [[True, False, False], [False, True, False]]
    assert tasks_begun(table, (), asked(0)).shape == (2, 0)


def test_what_is_not_asked_about_is_not_begun(table: ScoreTable) -> None:
    some = np.array([[False, True, True], [False, False, True]])
    assert tasks_begun(table, SCOPES, some).tolist() == [
        [False, True, False],
        [False, False, True],
    ]


def asked(scopes: int) -> NDArray[np.bool_]:
    """Everything of two variants."""
    return np.ones((2, scopes), dtype=bool)


def test_rows_are_numbered_by_what_occurs(table: ScoreTable) -> None:
    found = gather(table, Question(scopes=SCOPES[1:]))
    assert (found.tasks, found.shape) == (("T2", "T3"), (2, 2))
    assert found.task.tolist() == [0, 0, 0, 1]
    assert found.task_of_cell.tolist() == [0, 0, 1]
    assert [table.cells[cell].subset for cell in found.cells] == ["de", "en", "default"]
    assert found.rows.variant.tolist() == [0, 0, 1, 1]
    assert found.model_of.tolist() == [0, 1]
    assert found.score.tolist() == [0.5, 0.5, 0.5, 0.25]
    only_b = gather(table, Question(scopes=SCOPES[2:]))
    assert (only_b.variants.tolist(), only_b.models.tolist()) == ([1], [1])
    assert (only_b.model_of.tolist(), only_b.rows.variant.tolist()) == ([0], [0])


def test_rows_of_some_tasks(table: ScoreTable) -> None:
    found = gather(table, Question(scopes=SCOPES))
    assert found.only_tasks(["T3", "T2", "T1", "T9"]) is found
    part = found.only_tasks(["T3"])
    assert (part.tasks, part.score.tolist()) == (("T3",), [0.25])


def languages_of(table: ScoreTable, code: str) -> list[tuple[str, float]]:
    """Subset and score of the rows of one language."""
    found = gather(table, Question(scopes=SCOPES, languages=frozenset({code})))
    subsets = [table.cells[found.cells[cell]].subset for cell in found.rows.cell]
    return list(zip(subsets, found.score.tolist(), strict=True))


def test_only_rows_in_a_language_count(table: ScoreTable) -> None:
    assert languages_of(table, "deu-Latn") == [("de", 0.5), ("de", 0.5)]
    assert languages_of(table, "eng-Latn")[-2:] == [("en", 0.5), ("default", 0.25)]
    assert languages_of(table, "fra-Latn") == []


def test_a_cell_whose_rows_are_in_several_languages_is_looked_at_row_by_row(
    tmp_path: Path,
) -> None:
    write(tmp_path, "org__a/r1/T2.json", spoken("T2", {"de": ["deu-Latn"], "en": ["eng-Latn"]}))
    write(tmp_path, "org__b/r1/T2.json", spoken("T2", {"de": ["eng-Latn"]}, 0.75))
    table = ingest(tmp_path, KNOWN, workers=1).table
    assert languages_of(table, "deu-Latn") == [("de", 0.5)]
    assert languages_of(table, "eng-Latn") == [("en", 0.5), ("de", 0.75)]


def test_cells_are_remembered_for_the_same_scopes(
    table: ScoreTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells, number = cells_of_scopes(table, SCOPES)
    assert (cells.tolist(), number.tolist()) == ([0, 1, 2, 3], [0, 1, 1, 2])
    again, _ = cells_of_scopes(table, SCOPES)
    assert again is cells
    kept = {scope: cells for scope, cells in table.remembered.items() if isinstance(scope, Scope)}
    assert kept == {SCOPES[0]: [0], SCOPES[1]: [1, 2], SCOPES[2]: [3]}
    # A copy of the scopes is found by its scopes: nothing is searched for again.
    monkeypatch.setitem(vars(table), "cells_of_task", {})
    copy, _ = cells_of_scopes(table, (*SCOPES,))
    assert copy.tolist() == [0, 1, 2, 3]


def test_no_more_is_remembered_than_a_limit(
    table: ScoreTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SCOPES_REMEMBERED", 2)
    monkeypatch.setattr(module, "_REMEMBERED", 2)
    questions = [(one,) for one in SCOPES]
    for question in questions[:2]:
        cells_of_scopes(table, question)
    assert (len(table.remembered_scopes), len(table.remembered)) == (2, 2)
    cells_of_scopes(table, questions[2])
    assert (len(table.remembered_scopes), len(table.remembered)) == (1, 1)


def test_only_the_rows_of_some_models(table: ScoreTable) -> None:
    for models, scores in (({"org/b"}, [0.5, 0.25]), ({"org/a"}, [0.5, 0.5]), (set(), [])):
        question = Question(scopes=SCOPES[1:], models=frozenset(models))
        assert gather(table, question).score.tolist() == scores


def test_sums_are_taken_in_the_order_of_the_file(tmp_path: Path) -> None:
    subsets = {f"s{number}": ("eng-Latn",) for number in range(4)}
    known = catalog([task("T", subsets=subsets)], models=["org/a"])
    scores = {"s3": 0.1, "s0": 0.7, "s2": 0.3, "s1": 0.2}
    table = table_of(tmp_path, {"org/a": {"T": {"test": scores}}}, known)
    found = gather(table, Question(scopes=known.benchmarks[0].scopes))
    assert found.score.tolist() == list(scores.values())
    assert np.all(np.diff(found.rows.cell) != 1)


@pytest.mark.parametrize("again", [(), SCOPES[1:2]], ids=["once", "a task twice"])
def test_rows_keep_their_order_whether_marked_or_sorted(
    table: ScoreTable, monkeypatch: pytest.MonkeyPatch, again: tuple[Scope, ...]
) -> None:
    question = Question(scopes=(*reversed(SCOPES), *again))
    found = []
    for marking in (0, table.rows + 1):
        monkeypatch.setattr(module, "_WORTH_MARKING", marking)
        cells, _ = cells_of_scopes(table, question.scopes)
        rows = module._rows_of_cells(table, cells)
        assert rows.dtype == np.int64
        found.append(rows.tolist())
    twice = [number for number in found[0] if found[0].count(number) == 2]
    assert found[0] == found[1] == sorted(found[0])
    assert len(twice) == 2 * 3 * len(again)
    assert set(found[0]) == set(range(table.rows))


def test_without_results_no_row_is_meant(tmp_path: Path) -> None:
    table = ingest(tmp_path, KNOWN, workers=1).table
    question = Question(
        scopes=SCOPES, languages=frozenset({"eng-Latn"}), models=frozenset({"org/a"})
    )
    found = gather(table, question)
    assert (found.tasks, found.shape, found.score.tolist()) == ((), (0, 0), [])
    assert found.only_tasks(["T1"]).shape == (0, 0)


def test_rows_of_some_files(table: ScoreTable) -> None:
    question = Question(scopes=SCOPES)
    for number in range(int(table.file.max()) + 1):
        wanted = np.arange(table.file.max() + 1) == number
        found = gather(table, question.only_files(wanted))
        assert len(found.score) == np.count_nonzero(table.file == number)
    nothing = gather(table, question.only_files(np.zeros(table.file.max() + 1, dtype=bool)))
    assert (nothing.tasks, nothing.shape) == ((), (0, 0))
    assert question.files is None
