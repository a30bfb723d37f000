"""Rows without a mean say what the mean is over the tasks that the model completed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from frontrunner.answers.bodies import Bodies
from frontrunner.answers.completed import completed_rows, every_mean
from frontrunner.answers.filters import RankRequest
from frontrunner.answers.schemas import Completed
from frontrunner.answers.service import Service
from frontrunner.ranking import Facts, Policy, Question, rank
from frontrunner.results.ingest import ingest
from tests.factories import catalog, snapshot_of, task, write_scores

TASKS = [task("T1"), task("T2"), task("T3", type="Retrieval")]
SCORES = {
    "org/a": {"T1": 0.9, "T2": 0.5},
    "org/b": {"T1": 0.2, "T2": 0.4, "T3": 0.6},
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    root = tmp_path_factory.mktemp("board")
    read = ingest(write_scores(root / "results", SCORES), catalog(TASKS), workers=1)
    return Service(snapshot_of(root / "home", read))


def rows(body: bytes) -> dict[str, Any]:
    found = msgspec.json.decode(body)["rows"]
    return {
        row["model"] if isinstance(row["model"], str) else row["model"]["name"]: row
        for row in found
    }


def test_a_row_that_lacks_a_task_keeps_its_null_and_says_the_mean_of_the_others(
    service: Service,
) -> None:
    found = rows(Bodies(service).scores("All").identity)
    assert found["org/a"]["meanTask"] is None
    assert found["org/a"]["completed"] == {
        "tasks": 2,
        "tasksTotal": 3,
        "meanTask": pytest.approx(0.7),
        "meanTaskType": pytest.approx(0.7),
        "meanPublic": None,
        "meanPrivate": None,
    }
    assert "completed" not in found["org/b"]


def test_the_higher_partial_mean_does_not_order_rows(tmp_path: Path) -> None:
    """With the same Borda rank, the row with a mean comes first, however high the other's is."""
    scores = {"org/a": {"T1": 0.9}, "org/b": {"T1": 0.5, "T2": 0.4}}
    read = ingest(write_scores(tmp_path, scores), catalog(TASKS[:2]), workers=1)
    question = Question.of(read.catalog.benchmarks[0])
    board = rank(read.table, Facts.of(read.catalog), question)
    ordered = [read.table.variants[number].model for number in board.variants.tolist()]
    assert ordered == ["org/b", "org/a"]
    assert board.completed_means["mean_task"].tolist() == pytest.approx([0.45, 0.9])


def test_models_and_leaders_and_rankings_say_it_too(service: Service) -> None:
    bodies = Bodies(service)
    [line] = msgspec.json.decode(bodies.model_scores("org/a").identity)["rows"]
    assert line["meanTask"] is None
    assert line["completed"]["meanTask"] == pytest.approx(0.7)
    ranked = {row.model: row for row in service.rank(RankRequest(benchmark="All")).rows}
    assert ranked["org/a"].mean_task is None
    partial = ranked["org/a"].completed
    assert isinstance(partial, Completed)
    assert partial.mean_task == pytest.approx(0.7)
    assert ranked["org/b"].completed is msgspec.UNSET


def test_a_policy_that_takes_its_means_over_fewer_tasks_needs_no_other_means(
    service: Service,
) -> None:
    request = RankRequest(benchmark="All", policy="lenient")
    assert all(row.completed is msgspec.UNSET for row in service.rank(request).rows)
    bench = service.find_benchmark("All")
    board = rank(
        service.snapshot.table,
        service.snapshot.facts,
        Question.of(bench, ["eng-Latn"], Policy.SHOWN_LENIENT),
    )
    assert set(completed_rows(board, every_mean(board.completed_means))) == {msgspec.UNSET}
