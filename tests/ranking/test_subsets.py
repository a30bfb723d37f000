"""Every subset of every task weighs alike."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from frontrunner.ranking import Question
from frontrunner.ranking.means import score
from frontrunner.ranking.subsets import SubsetScores
from frontrunner.results.ingest import ingest
from tests.factories import catalog, result, task, write

TWO = {"de": ("deu-Latn",), "en": ("eng-Latn",)}
KNOWN = catalog(
    [task("T1", splits=("test", "dev"), subsets=TWO), task("T2", subsets={"en": ("eng-Latn",)})],
    models=["org/a", "org/b", "org/c"],
)
RUNS: dict[str, dict[str, dict[str, dict[str, float | None]]]] = {
    "org__a": {
        "T1": {"test": {"de": 0.2, "en": 0.4}, "dev": {"de": 0.4, "en": 0.8}},
        "T2": {"test": {"en": 0.9}},
    },
    "org__b": {"T1": {"test": {"de": 0.1}, "dev": {"de": 0.3}}, "T2": {"test": {"en": 0.5}}},
    "org__c": {"T1": {"test": {"de": 0.7, "en": 0.7}, "dev": {"de": None, "en": 0.9}}},
}
COLUMNS = 3
"""T1 in German, T1 in English, T2 in English."""


def read(folder: Path) -> SubsetScores:
    for model, tasks in RUNS.items():
        for name, scores in tasks.items():
            write(folder, f"{model}/r1/{name}.json", result(name, scores))
    table = ingest(folder, KNOWN, workers=1).table
    return SubsetScores.of(score(table, Question.of(KNOWN.benchmarks[0])))


def test_scores_by_subset_need_every_split(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.shape == (3, COLUMNS)
    expected = [[0.3, 0.6, 0.9], [0.2, math.nan, 0.5], [math.nan, 0.8, math.nan]]
    np.testing.assert_allclose(found.scores, expected)


def test_rows_without_a_score_are_rows(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.has_rows.tolist() == [[True, True, True], [True, False, True], [True, True, False]]


def test_the_mean_is_over_the_subsets_that_a_model_ran(tmp_path: Path) -> None:
    np.testing.assert_allclose(read(tmp_path).mean(), [0.6, 0.35, math.nan])


def test_a_models_variants_are_pooled(tmp_path: Path) -> None:
    for folder, value in (("r1", 0.5), ("r1/experiments/dim_8", 0.9)):
        write(tmp_path, f"org__a/{folder}/T2.json", result("T2", {"test": {"en": value}}))
    settings = {"experiment_kwargs": {"dim": 8}, "embed_dim": 8, "name": "org/a", "revision": "r1"}
    write(tmp_path, "org__a/r1/experiments/dim_8/model_meta.json", settings)
    table = ingest(tmp_path, KNOWN, workers=1).table
    found = SubsetScores.of(score(table, Question.of(KNOWN.benchmarks[0])))
    np.testing.assert_allclose(found.scores, [[0.5], [0.9]])
    np.testing.assert_allclose(found.pooled_by_model, [[0.7]])
    np.testing.assert_allclose(found.mean(), [0.5, 0.9])


def test_without_results_there_is_no_subset(tmp_path: Path) -> None:
    table = ingest(tmp_path, KNOWN, workers=1).table
    found = SubsetScores.of(score(table, Question.of(KNOWN.benchmarks[0])))
    assert found.shape == found.scores.shape == found.pooled_by_model.shape == (0, 0)
    assert len(found.mean()) == 0
