"""The sources of numbers: results on other data, and runs that differ."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from frontrunner.answers.service import Service
from frontrunner.snapshot.reader import Snapshot
from frontrunner.web.views import sources
from tests.web.conftest import Browser

MODEL = "org/small"


@pytest.fixture
def marked(snapshot: Snapshot, tmp_path: Path) -> Service:
    """The usual snapshot, in which one file is of other data and one score differs."""
    folder = tmp_path / "home" / "snapshots" / snapshot.id
    shutil.copytree(snapshot.folder, folder)
    files = pl.read_parquet(folder / "files.parquet")
    other = files["path"].str.contains("small") & files["path"].str.contains("Pairs")
    files.with_columns(other.alias("other_data")).write_parquet(folder / "files.parquet")
    pl.DataFrame(
        {
            "model": [MODEL, MODEL, "org/large"], "experiment": [""] * 3, "task": ["Search"] * 3,
            "split": ["test"] * 3, "subset": ["en", "de", "en"], "file": ["old.json"] * 3,
            "score": [0.49, 0.1, 0.2], "winner": ["new.json"] * 3, "winner_score": [0.5, 0.4, 0.8],
        }
    ).write_parquet(folder / "differences.parquet")  # fmt: skip
    return Service(Snapshot(folder))


def test_results_on_other_data_are_marked_and_can_be_hidden(marked: Service) -> None:
    html = Browser(marked).text("/tasks/Pairs")
    assert html.count('<tr class="other-data">') == 1
    assert "1 model was measured on another revision" in html
    assert 'data-hide="other-data"' in html
    assert "data-hide" not in Browser(marked).text("/tasks/Search")
    found = {one.task: one.other_data for one in sources.origins(marked, MODEL)}
    assert found == {"Pairs": True, "Search": False}


def test_runs_that_differ_are_listed_by_the_largest_difference(marked: Service) -> None:
    found = sources.differing(marked, MODEL)
    assert [(one.subset, one.winner_score, one.score) for one in found] == [
        ("de", 0.4, 0.1), ("en", 0.5, 0.49),
    ]  # fmt: skip
    assert "2 scores differ between runs" in Browser(marked).text(f"/models/{MODEL}")
    html = Browser(marked).text(f"/models/{MODEL}/results")
    assert "Runs that differ" in html
    assert "old.json" in html


def test_a_page_of_a_snapshot_without_differences_says_nothing(service: Service) -> None:
    assert "Runs that differ" not in Browser(service).text(f"/models/{MODEL}/results")


def test_the_time_of_evaluations_is_added_up(marked: Service) -> None:
    assert sources.evaluation_time(marked, MODEL) is None
    path = marked.snapshot.folder / "files.parquet"
    files = pl.read_parquet(path)
    small = files["path"].str.contains("small")
    times = pl.when(small).then(5400.0).otherwise(None).alias("evaluation_time")
    files.with_columns(times).write_parquet(path)
    assert sources.evaluation_time(marked, MODEL) == (10_800.0, 2)
    assert sources.evaluation_time(marked, "org/large") is None
    assert "3 h for 2 tasks" in Browser(marked).text(f"/models/{MODEL}")
    assert "90 min" in Browser(marked).text(f"/scores/{MODEL}", "task=Search")
    files.drop("evaluation_time").write_parquet(path)
    assert sources.evaluation_time(marked, MODEL) is None
