"""Questions with many rows are answered part by part, with the same bits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from frontrunner.ranking import Facts, Question, language_scores, rank
from frontrunner.ranking import gather as gathering
from frontrunner.ranking.bands import bands
from frontrunner.ranking.gather import gather
from frontrunner.ranking.means import Scored, score
from frontrunner.ranking.subsets import SubsetScores
from frontrunner.results.table import CellKey, ScoreTable, Variant
from tests.factories import catalog, scope, task
from tests.memory import memory_of

SUBSETS = tuple("abcdef")
TASKS = tuple(
    task(name, subsets={one: ("eng-Latn",) if one < "d" else ("deu-Latn",) for one in SUBSETS})
    for name in ("T1", "T2", "T3", "T4")
)
SCOPES = (scope(TASKS[2]), scope(TASKS[0], subsets=SUBSETS[:4]), scope(TASKS[3]))
KNOWN = catalog(tasks=TASKS)


def table_of(models: int, seed: int = 1) -> ScoreTable:
    """A table with two runs of every third model, gaps, and scores that are missing."""
    rng = np.random.default_rng(seed)
    variants = [
        Variant(f"org/m{number:05}", run, {"run": run} if run else None)
        for number in range(models)
        for run in (("", "x") if number % 3 == 0 else ("",))
    ]
    cells = [CellKey(one.name, "test", subset) for one in TASKS for subset in SUBSETS]
    places = [
        (number // len(SUBSETS), variant, number)
        for number in range(len(cells))
        for variant in range(len(variants))
        if rng.random() < 0.8
    ]
    order = sorted(range(len(places)), key=lambda n: (places[n][:2], rng.random()))
    task_of, variant, cell = (
        np.array([places[n][column] for n in order], dtype=np.int32) for column in range(3)
    )
    scores = rng.random(len(order))
    scores[rng.random(len(order)) < 0.02] = np.nan
    return ScoreTable(
        variants=variants,
        tasks=[one.name for one in TASKS],
        cells=cells,
        language_sets=[("deu-Latn",), ("eng-Latn",)],
        task_start=np.searchsorted(task_of, np.arange(len(TASKS) + 1)),
        variant=variant,
        cell=cell,
        score=scores,
        languages=(cell % len(SUBSETS) < 3).astype(np.int32),
        file=np.arange(len(order), dtype=np.int32),
        cell_start=np.searchsorted(np.sort(cell), np.arange(len(cells) + 1)),
        rows_by_cell=np.argsort(cell, kind="stable").astype(np.int32),
    )


def answers_of(table: ScoreTable, question: Question) -> list[object]:
    """Everything that a board is made of, in a form that can be compared bit by bit."""
    facts = Facts.of(KNOWN)
    rows = score(table, question)
    board = rank(table, facts, question, rows)
    languages = language_scores(table, question, rows)
    subsets = SubsetScores.of(rows)
    found: list[NDArray[Any]] = [
        board.variants,
        board.rank,
        board.by_task,
        board.by_type,
        board.cells_had,
    ]
    found += [rows.pooled_by_model, rows.has_cell, rows.cells_had, rows.cells_required]
    found += [subsets.scores, subsets.has_rows, languages.variants, languages.scores]
    found += [*board.means.values(), bands(table, facts, question, board, rows).tied]
    return [languages.codes, rows.rows.tasks, board.tasks, *(one.tobytes() for one in found)]


@pytest.mark.parametrize("codes", [None, frozenset({"eng-Latn"})])
@pytest.mark.parametrize("part", [1, 7, 50])
def test_parts_give_the_same_bits(
    monkeypatch: pytest.MonkeyPatch, part: int, codes: frozenset[str] | None
) -> None:
    question = Question(scopes=SCOPES, languages=codes)
    whole = answers_of(table_of(20), question)
    monkeypatch.setattr(gathering, "MANY", 3)
    monkeypatch.setattr(gathering, "PART", part)
    again = table_of(20)
    assert not score(again, question).few
    assert answers_of(again, question) == whole
    some = frozenset({"org/m00003", "org/m00004"})
    assert gather(again, replace(question, models=some)).shape[0] <= 3


def test_all_rows_of_a_model_on_a_task_are_in_one_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MANY", 3)
    monkeypatch.setattr(gathering, "PART", 5)
    found = gather(table_of(12), Question(scopes=SCOPES))
    squares = [
        set(zip(found.model_of[one.variant].tolist(), found.task_of_cell[one.cell].tolist(),
                strict=True))
        for one in found.parts
    ]  # fmt: skip
    assert len(squares) > len(TASKS)
    assert sum(map(len, squares)) == len(set.union(*squares))
    assert found.score.tobytes() == np.concatenate([one.score for one in found.parts]).tobytes()
    assert found.only_tasks(["T1"]).tasks == ("T1",)


def test_a_cell_that_is_asked_for_twice_has_its_rows_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    twice = Question(scopes=(SCOPES[0], SCOPES[0]))
    whole = gather(table_of(6), twice).score
    monkeypatch.setattr(gathering, "MANY", 3)
    assert gather(table_of(6), twice).score.tobytes() == whole.tobytes()


def peak_of(table: ScoreTable) -> int:
    """The most memory that a board's grids and its rows take together."""
    question = Question(scopes=tuple(scope(one) for one in TASKS))
    assert len(table.models) > 0  # made here: what the table keeps is not of the board

    def board() -> Scored:
        rows = score(table, question)
        rows.by_task, rows.pooled_by_model  # noqa: B018 -- made when they are first asked for
        return rows

    return memory_of(board)[1]


def test_memory_does_not_grow_with_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that is held takes a hundred bytes; in parts, none is."""
    many = peak_of(table_of(640))
    monkeypatch.setattr(gathering, "MANY", 1_000)
    monkeypatch.setattr(gathering, "PART", 1_000)
    assert peak_of(table_of(640)) < many / 3
