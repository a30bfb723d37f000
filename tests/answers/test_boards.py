"""Boards as JSON: gaps, and the tasks that a model was trained on."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec
import numpy as np
import pytest

from frontrunner.answers.bodies import Bodies
from frontrunner.answers.completed import or_none
from frontrunner.answers.rendered import present_rows
from frontrunner.answers.service import Service
from frontrunner.catalog import Model
from frontrunner.results.ingest import ingest
from tests.factories import catalog, snapshot_of, task, write_scores

NAN = math.nan


def test_gaps_are_left_out_of_maps_and_none_in_columns() -> None:
    values = np.array([[0.5, 0.0], [NAN, 0.25], [NAN, NAN]])
    assert present_rows(("a", "b"), values) == [{"a": 0.5, "b": 0.0}, {"b": 0.25}, {}]
    assert present_rows((), values[:, :0]) == [{}, {}, {}]
    assert or_none(values[:, 0]) == [0.5, None, None]


@pytest.mark.parametrize("languages", [(), ("eng",)])
def test_a_row_names_the_tasks_of_its_training_data(
    tmp_path: Path, languages: tuple[str, ...]
) -> None:
    """Of those that the model was run on, sorted; languages do not change them."""
    tasks = [task("T2"), task("T1"), task("T3", subsets={"de": ("deu-Latn",)}), task("T4")]
    models = [Model(name="org/a", seen_tasks=("T1", "T2", "T4")), Model(name="org/b")]
    known = catalog(tasks, models=models)
    scores = {"org/a": {"T1": 0.9, "T2": 0.8}, "org/b": {"T1": 0.5}}
    read = ingest(write_scores(tmp_path / "results", scores), known, workers=1)
    bodies = Bodies(Service(snapshot_of(tmp_path / "home", read)))
    board = msgspec.json.decode(bodies.scores("All", languages).identity)
    seen = {row["model"]["name"]: row["trainedOnTasks"] for row in board["rows"]}
    assert seen == {"org/a": ["T1", "T2"], "org/b": []}


def test_rows_say_how_sure_their_ranks_are(tmp_path: Path) -> None:
    """On the board and on the page of a model, but not on a narrowed board."""
    tasks = [task(f"T{n}") for n in range(8)]
    known = catalog(tasks, models=("org/a", "org/b", "org/c"))
    scores = {
        "org/a": {one.name: 0.9 for one in tasks},
        "org/b": {one.name: 0.5 for one in tasks},
        "org/c": {one.name: 0.5 for one in tasks},
    }
    read = ingest(write_scores(tmp_path / "results", scores), known, workers=1)
    service = Service(snapshot_of(tmp_path / "home", read))
    fields = ("rank", "rankLow", "rankHigh", "tiedWith")

    def rows(languages: tuple[str, ...]) -> list[tuple[int | None, ...]]:
        found = msgspec.json.decode(Bodies(service).scores("All", languages).identity)["rows"]
        return [tuple(row[field] for field in fields) for row in found]

    assert rows(()) == [(1, 1, 1, 0), (2, 2, 2, 1), (2, 2, 2, 1)]
    assert rows(("eng",)) == [(1, None, None, None)] + [(2, None, None, None)] * 2
    board, model = service.board("All").rows[1], service.model_scores("org/b").rows[0]
    for row in (board, model):
        assert (row.rank_low, row.rank_high, row.tied_with) == (2, 2, 1)


def test_rows_of_a_board_with_few_tasks_do_not(tmp_path: Path) -> None:
    scores = {"org/a": {"T1": 0.9}, "org/b": {"T1": 0.5}}
    read = ingest(write_scores(tmp_path / "results", scores), catalog([task("T1")]), workers=1)
    service = Service(snapshot_of(tmp_path / "home", read))
    assert [row.rank_low for row in service.board("All").rows] == [None, None]
