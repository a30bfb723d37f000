"""Boards as requests rank them, in the form of boards."""

from __future__ import annotations

import pytest

from frontrunner.answers.filters import RankRequest
from frontrunner.answers.reranked import board_of
from frontrunner.answers.service import Service
from frontrunner.catalog import Aggregation, Benchmark
from frontrunner.results.ingest import ingest
from tests.factories import catalog, result, scope, snapshot_of, task, write

TASKS = [task("T1"), task("Two", subsets={"en": ("eng-Latn",), "de": ("deu-Latn",)})]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    root = tmp_path_factory.mktemp("reranked")
    scopes = tuple(scope(one) for one in TASKS)
    rule = (Aggregation.MEAN_TASK,)
    boards = [
        Benchmark(name="B", display_name="B", scopes=scopes),
        Benchmark(name="Mean", display_name="M", scopes=scopes, aggregations=rule),
    ]
    known = catalog(TASKS, models=["org/a", "org/half"], benchmarks=boards)
    write(root / "results", "org__a/r1/T1.json", result("T1", 0.5))
    for folder, scores in (("org__a", {"en": 0.2, "de": 0.4}), ("org__half", {"de": 0.9})):
        two = result("Two", {"test": scores})
        for entry in two["scores"]["test"]:
            entry["languages"] = ["deu-Latn" if entry["hf_subset"] == "de" else "eng-Latn"]
        write(root / "results", f"{folder}/r1/Two.json", two)
    return Service(snapshot_of(root / "home", ingest(root / "results", known, workers=1)))


def test_rows_keep_the_facts_of_the_board_and_get_new_numbers(service: Service) -> None:
    found = board_of(service, RankRequest(benchmark="B", languages=("German",)))
    first, second = found.board.rows
    assert (first.rank, second.rank) == (1, 2)
    assert second.scores_by_task == {"Two": 0.4}
    assert second.mean_task == 0.4
    assert second.model == service.board("B").rows[0].model
    assert (found.board.tasks, found.tasks_total) == (["Two"], 1)


def test_a_model_that_the_board_lacks_is_there_if_it_completed_a_part(service: Service) -> None:
    assert [row.model.name for row in service.board("B").rows] == ["org/a"]
    found = board_of(service, RankRequest(benchmark="B", languages=("German",)))
    assert found.board.rows[0].model.name == "org/half"
    assert found.board.rows[0].mean_task == 0.9


def test_means_that_the_board_does_not_show_stay_away(service: Service) -> None:
    found = board_of(service, RankRequest(benchmark="Mean", policy="lenient"))
    assert {row.mean_task_type for row in found.board.rows} == {None}
    shown = board_of(service, RankRequest(benchmark="B", policy="lenient"))
    assert None not in {row.mean_task_type for row in shown.board.rows}
