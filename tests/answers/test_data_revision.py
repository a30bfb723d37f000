"""Results on another revision of a data set: marked and left out if a request asks for it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontrunner.answers import schemas
from frontrunner.answers.bodies import Bodies
from frontrunner.answers.data_revision import files_of_other_data, models_on_other_data
from frontrunner.answers.filters import RankRequest
from frontrunner.answers.service import Service
from frontrunner.base.errors import UsageError
from frontrunner.http.app import Application
from frontrunner.http.openapi import document
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.reader import Snapshot
from tests.factories import catalog, result, snapshot_of, task, write
from tests.http.conftest import call

TASKS = [task("T1", revision="1"), task("T2", revision="1"), task("Unknown")]
MODELS = ("org/a", "org/b", "org/c")
KNOWN = catalog(TASKS, models=MODELS)
Measured = dict[tuple[str, str], tuple[float, str]]
SOME: Measured = {
    ("org/a", "T1"): (0.9, "2"),
    ("org/a", "T2"): (0.5, "1"),
    ("org/b", "T1"): (0.8, "1"),
    ("org/b", "T2"): (0.7, "1"),
    ("org/c", "T2"): (0.6, "2"),
    ("org/b", "Unknown"): (0.1, "9"),
}


def service_of(root: Path, measured: Measured) -> Service:
    for (model, name), (score, revision) in measured.items():
        file = result(name, score) | {"dataset_revision": revision}
        write(root / "results", f"{model.replace('/', '__')}/r1/{name}.json", file)
    read = ingest(root / "results", KNOWN, workers=1)
    return Service(snapshot_of(root / "home", read))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return service_of(tmp_path_factory.mktemp("revisions"), SOME)


def task_rows(service: Service, name: str, revision: str | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = msgspec.json.decode(
        Bodies(service).task_scores(name, revision).identity
    )["rows"]
    return found


def test_the_fields_are_only_in_answers_to_requests_that_ask(service: Service) -> None:
    assert all("otherDataRevision" not in row for row in task_rows(service, "T1", None))
    ranking = service.rank(RankRequest(benchmark="All"))
    assert b"otherDataTasks" not in msgspec.json.encode(ranking)


def test_models_of_a_task_are_marked(service: Service) -> None:
    found = {
        row["model"]["name"]: row["otherDataRevision"] for row in task_rows(service, "T1", "any")
    }
    assert found == {"org/a": True, "org/b": False}
    table, other = service.snapshot.table, service.other_data
    assert models_on_other_data(table, other, "T2") == {"org/c"}
    assert models_on_other_data(table, other, "no such task") == frozenset()


def test_an_unknown_revision_is_not_another_one(service: Service) -> None:
    assert [row["otherDataRevision"] for row in task_rows(service, "Unknown", "any")] == [False]


def test_tasks_of_a_ranking_are_marked(service: Service) -> None:
    rows = service.rank(RankRequest(benchmark="All", data_revision="any")).rows
    assert {row.model: row.other_data_tasks for row in rows} == {
        "org/a": ["T1"],
        "org/b": [],
        "org/c": ["T2"],
    }


def test_a_filter_of_models_and_tasks_narrows_what_is_marked(service: Service) -> None:
    rows = service.rank(RankRequest(tasks=("T2",), data_revision="any")).rows
    assert {row.model: row.other_data_tasks for row in rows}["org/a"] == []


def test_they_are_left_out_as_if_they_did_not_exist(service: Service) -> None:
    rows = task_rows(service, "T1", "catalog")
    assert [(row["rank"], row["model"]["name"]) for row in rows] == [(1, "org/b")]
    assert [row["otherDataRevision"] for row in rows] == [False]
    ranked = service.rank(RankRequest(benchmark="All", data_revision="catalog")).rows
    assert [row.model for row in ranked] == ["org/b", "org/a"]
    assert [row.scores_by_task for row in ranked] == [
        {"T1": 0.8, "T2": 0.7, "Unknown": 0.1},
        {"T2": 0.5},
    ]
    assert [row.other_data_tasks for row in ranked] == [[], []]


@pytest.mark.parametrize("wrong", ["catalogue", "2"])
def test_another_value_is_an_error_with_the_closest_one(service: Service, wrong: str) -> None:
    hint = "Did you mean 'catalog'" if wrong == "catalogue" else "Give 'any' or 'catalog'"
    with pytest.raises(UsageError, match=hint):
        service.rank(RankRequest(benchmark="All", data_revision=wrong))
    with pytest.raises(UsageError, match=hint):
        service.task_results("T1", wrong)


def test_the_api_takes_the_parameter_and_describes_it(service: Service) -> None:
    application = Application(service.snapshot)
    for path in ("/v1/tasks/T1/scores?", "/v1/rank?benchmark=All&"):
        plain = call(application, "GET", path)
        marked = call(application, "GET", f"{path}data_revision=any")
        left = call(application, "GET", f"{path}data_revision=catalog")
        assert len({plain.content, marked.content, left.content}) == 3
        assert call(application, "GET", f"{path}data_revision=other").status_code == 422
    described = document()
    for path in ("/v1/tasks/{name}/scores", "/v1/rank"):
        parameters = described["paths"][path]["get"]["parameters"]
        assert "data_revision" in [one["name"] for one in parameters]
    components = described["components"]["schemas"]
    assert components["RankedRow"]["properties"]["otherDataTasks"]["type"] == "array"
    assert components["TaskScoreRow"]["properties"]["otherDataRevision"]["type"] == "boolean"
    assert "otherDataRevision" not in components["TaskScoreRow"]["required"]


def test_a_snapshot_that_does_not_say_has_none(service: Service, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "snapshots" / service.snapshot.id
    shutil.copytree(service.snapshot.folder, folder)
    files = pl.read_parquet(folder / "files.parquet")
    files.drop("other_data").write_parquet(folder / "files.parquet")
    other = files_of_other_data(Snapshot(folder))
    assert other.tolist() == [False] * files.height


PLACES = st.sampled_from([(model, one.name) for model in MODELS for one in TASKS])
VALUES = st.tuples(st.sampled_from([0.1, 0.2, 0.3, 0.9]), st.sampled_from(["1", "2"]))


@settings(max_examples=15, deadline=None)
@given(st.dictionaries(PLACES, VALUES, min_size=1))
def test_leaving_them_out_equals_files_that_never_were(measured: Measured) -> None:
    measured[("org/a", "T1")] = (0.4, "1")
    kept = {
        place: value
        for place, value in measured.items()
        if value[1] == "1" or place[1] == "Unknown"
    }
    with tempfile.TemporaryDirectory() as folder:
        whole, less = service_of(Path(folder, "a"), measured), service_of(Path(folder, "b"), kept)
        for request in (RankRequest(benchmark="All"), RankRequest(tasks=("T1", "T2"))):
            asked = msgspec.structs.replace(request, data_revision="catalog")
            ours, wanted = whole.rank(asked), less.rank(asked)
            assert msgspec.structs.replace(ours, snapshot="") == msgspec.structs.replace(
                wanted, snapshot=""
            )
        for one in TASKS:
            assert whole.task_results(one.name, "catalog") == less.task_results(one.name, "any")


def test_the_answer_has_the_shape_that_is_described(service: Service) -> None:
    body = Bodies(service).task_scores("T1", "any").identity
    rows = msgspec.json.decode(body, type=schemas.TaskScores).rows
    assert [row.other_data_revision for row in rows] == [True, False]
