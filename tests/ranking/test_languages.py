"""Means by language."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.ranking import Question, language_scores
from frontrunner.results.ingest import ingest
from tests.factories import catalog, result, task, write

SUBSETS = {"pair": ("eng-Latn", "deu-Latn"), "fr": ("fra-Latn",), "all": ("deu-Latn", "fra-Latn")}
TASKS = [task("T1", subsets=SUBSETS), task("T2", subsets={"es": ("spa-Latn",)})]
KNOWN = catalog(TASKS, models=["org/a", "org/b", "org/c"])


def test_a_score_in_several_languages_counts_in_each(tmp_path: Path) -> None:
    scores = {"org__a": {"pair": 0.1, "fr": 0.5, "all": 0.3}, "org__b": {"fr": 0.9}}
    for model, values in scores.items():
        content = result("T1", {"test": values})
        for entry in content["scores"]["test"]:
            entry["languages"] = list(SUBSETS[entry["hf_subset"]])
        write(tmp_path, f"{model}/r1/T1.json", content)
    spanish = result("T2", {"test": {"es": None}}, languages=["spa-Latn"])
    write(tmp_path, "org__a/r1/T2.json", spanish)
    table = ingest(tmp_path, KNOWN, workers=1).table
    found = language_scores(table, Question.of(KNOWN.benchmarks[0]))
    # Spanish has a row, and no score: it is no column.
    assert "spa-Latn" in table.sets_of_code
    assert found.codes == ("deu-Latn", "eng-Latn", "fra-Latn")
    # Model b does not cover the task whole, so it has no row.
    assert [table.variants[number].model for number in found.variants] == ["org/a"]
    assert found.row(0) == {
        "deu-Latn": pytest.approx(0.2),
        "eng-Latn": pytest.approx(0.1),
        "fra-Latn": pytest.approx(0.4),
    }
