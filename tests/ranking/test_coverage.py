"""How many models were run on everything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from frontrunner.ranking import Facts, Question, rank
from frontrunner.ranking.coverage import has_row, models_with_every_cell, models_with_every_task
from frontrunner.ranking.means import score
from frontrunner.results.ingest import ingest
from frontrunner.results.table import ScoreTable
from tests.factories import catalog, result, task, write

TASKS = [
    task("T1", splits=("test", "dev"), subsets={"en": ("eng-Latn",), "de": ("deu-Latn",)}),
    task("T2"),
]
KNOWN = catalog(TASKS, models=["org/a", "org/b", "org/c"])


def read(folder: Path) -> ScoreTable:
    whole: dict[str, float | None] = {"en": 0.5, "de": 0.25}
    runs: dict[str, dict[str, dict[str, float | None]]] = {
        "a": {"test": whole, "dev": whole},
        "b": {"test": whole, "dev": {"en": 0.5, "de": None}},
        "c": {"test": {"en": 0.5}, "dev": whole, "train": whole},
    }
    for model, scores in runs.items():
        write(folder, f"org__{model}/r1/T1.json", result("T1", scores))
    write(folder, "org__b/r1/T2.json", result("T2", 0.5))
    return ingest(folder, KNOWN, workers=1).table


def test_every_cell_that_is_declared_must_have_a_score(tmp_path: Path) -> None:
    assert models_with_every_cell(read(tmp_path), KNOWN) == {"T1": 1, "T2": 1}


def test_cells_that_are_not_declared_do_not_count(tmp_path: Path) -> None:
    table = read(tmp_path)
    # The same results under a catalog that has lost a subset and a split of T1.
    narrow = catalog([task("T1", splits=("dev",), subsets={"en": ("eng-Latn",)}), TASKS[1]])
    assert models_with_every_cell(table, narrow) == {"T1": 3, "T2": 1}
    other = catalog([task("T1", splits=("dev",), subsets={"fr": ("fra-Latn",)}), TASKS[1]])
    assert models_with_every_cell(table, other) == {"T1": 0, "T2": 1}


def test_some_score_on_every_task_is_enough(tmp_path: Path) -> None:
    scored = score(read(tmp_path), Question.of(KNOWN.benchmarks[0]))
    assert [models_with_every_task(scored, tasks) for tasks in (1, 2, 3)] == [3, 1, 0]


def test_without_results_no_model_is_counted(tmp_path: Path) -> None:
    table = ingest(tmp_path, KNOWN, workers=1).table
    assert models_with_every_cell(table, KNOWN) == {}
    assert models_with_every_task(score(table, Question.of(KNOWN.benchmarks[0])), 1) == 0


@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize("public_only", [True, False])
@pytest.mark.parametrize("results", [{"T2": 0.5}, {"T1": None}, {}])
def test_a_board_has_a_row_when_it_is_ranked_to_one(
    tmp_path: Path, results: dict[str, float | None], public: bool, public_only: bool
) -> None:
    known = catalog([task("T1"), task("T2", public=public)], models=["org/a"])
    for name, one in results.items():
        write(tmp_path, f"org__a/r1/{name}.json", result(name, {"test": {"default": one}}))
    table, facts = ingest(tmp_path, known, workers=1).table, Facts.of(known)
    question = replace(Question.of(known.benchmarks[0]), public_only=public_only)
    assert has_row(table, facts, question) == bool(len(rank(table, facts, question).rank))
