"""Typed answers are the JSON answers, whether or not they were prepared."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.answers import schemas
from frontrunner.answers.bodies import Bodies
from frontrunner.answers.service import Service
from frontrunner.answers.values import BoardValues
from frontrunner.base.atomic import remove_folder
from frontrunner.base.errors import UnknownNameError
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.prepared import ANSWERS
from frontrunner.snapshot.reader import Snapshot
from tests.factories import catalog, small_snapshot, snapshot_of, task, write_scores


def partial_snapshot(folder: Path) -> Snapshot:
    """Three models, of which `org/b` lacks a task and `org/c` was not run."""
    known = catalog([task("T1"), task("T2")], models=["org/a", "org/b", "org/c"])
    scores = {"org/a": {"T1": 0.25, "T2": 0.5}, "org/b": {"T1": 0.75}}
    ingested = ingest(write_scores(folder / "results", scores), known, workers=1)
    return snapshot_of(folder / "home", ingested)


@pytest.fixture(params=["prepared", "not prepared"])
def service(tmp_path: Path, request: pytest.FixtureRequest) -> Service:
    """The service of `partial_snapshot`."""
    snapshot = partial_snapshot(tmp_path)
    if request.param == "not prepared":
        remove_folder(snapshot.folder / ANSWERS)
    service = Service(Snapshot(snapshot.folder))
    assert (service.snapshot.prepared is None) == (request.param == "not prepared")
    return service


def test_a_typed_board_has_the_rows_of_the_json(service: Service) -> None:
    board = service.board("All")
    [first, second] = board.rows
    assert (first.rank, first.model.name, first.mean_task) == (1, "org/a", 0.375)
    assert (second.model.name, second.scores_by_task, second.mean_task) == (
        "org/b",
        {"T1": 0.75},
        None,
    )
    answer = msgspec.json.decode(Bodies(service).scores("All").identity, type=BoardValues)
    assert board == answer


def test_a_board_is_decoded_once(service: Service) -> None:
    assert service.board("All") is service.board("All")
    assert service.coverage("All") is service.coverage("All")


def test_coverage_names_the_tasks_of_each_model(service: Service) -> None:
    covered = service.coverage("All")
    assert covered.tasks == ("T1", "T2")
    assert covered.of_model == {"org/a": ("T1", "T2"), "org/b": ("T1",)}
    assert [covered.count(name) for name in ("org/a", "org/b", "org/c")] == [2, 1, 0]


def test_ranks_are_those_of_the_board(service: Service) -> None:
    assert service.ranks("All") == {row.model.name: row.rank for row in service.board("All").rows}


def test_the_results_of_a_task_are_sorted_by_score(service: Service) -> None:
    found = service.task_results("T1")
    assert [(row.rank, row.model, row.score) for row in found.rows] == [
        (1, "org/b", 0.75),
        (2, "org/a", 0.25),
    ]
    assert found.rows[0].subset_scores == {"default": {"test": 0.75}}
    body = Bodies(service).task_scores("T1").identity
    answer = msgspec.json.decode(body, type=schemas.TaskScores)
    assert [(row.rank, row.model.name, row.score) for row in answer.rows] == [
        (row.rank, row.model, row.score) for row in found.rows
    ]


def test_a_model_has_a_row_for_each_board_that_it_is_on(service: Service) -> None:
    scores = service.model_scores("org/b")
    assert scores.model.name == "org/b"
    assert [(row.benchmark_name, row.total_models) for row in scores.rows] == [("All", 2)]
    assert service.model_scores("org/c").rows == []
    assert service.boards_of_model == {"org/a": 1, "org/b": 1, "org/c": 0}
    body = Bodies(service).model_scores("org/b").identity
    assert msgspec.json.decode(body, type=schemas.ModelScores) == scores


def test_means_by_language_and_leaders_are_those_of_the_json(service: Service) -> None:
    bodies = Bodies(service)
    languages = msgspec.json.decode(bodies.per_language("All").identity, type=schemas.PerLanguage)
    assert service.per_language("All") == languages
    leaders = msgspec.json.decode(bodies.leaders("All", [(0, None)]).identity, type=schemas.Leaders)
    assert service.leaders("All", [(0, None)]) == leaders


@pytest.mark.parametrize("ask", ["board", "coverage", "ranks", "per_language"])
def test_an_unknown_board_is_an_error(service: Service, ask: str) -> None:
    with pytest.raises(UnknownNameError):
        getattr(service, ask)("No such board")


@pytest.mark.parametrize("ask", ["task_results", "statistics"])
def test_an_unknown_task_is_an_error(service: Service, ask: str) -> None:
    with pytest.raises(UnknownNameError):
        getattr(service, ask)("No such task")


def test_an_unknown_model_is_an_error(service: Service) -> None:
    with pytest.raises(UnknownNameError):
        service.model_scores("org/none")


def test_a_prepared_answer_is_sent_as_it_is(tmp_path: Path) -> None:
    snapshot = small_snapshot(tmp_path)
    bodies, pack = Bodies(Service(snapshot)), snapshot.prepared
    assert pack is not None
    assert bodies.scores("All") == pack.get("benchmarks/All/scores")
    assert pack.body("benchmarks/All/scores") == bodies.scores("All").identity
    assert pack.body("benchmarks/none/scores") is None
