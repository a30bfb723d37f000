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
