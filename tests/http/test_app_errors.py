"""The application over HTTP: wrong requests, damaged snapshots and the shape of errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.catalog import Benchmark
from frontrunner.http.app import Application
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.reader import Snapshot
from tests.factories import (
    catalog,
    scope,
    small_snapshot,
    snapshot_of,
    task,
    write_scores,
)
from tests.http.conftest import BOARD, Get, call

ERRORS = {
    "/v1/nope": (404, "Not Found"),
    "/nope": (404, "Not Found"),
    "/v1/benchmarks/Nope/scores": (404, "Unknown benchmark: Nope"),
    "/v1/benchmarks/Al": (404, "'Al' not found. Did you mean: All?"),
    "/v1/benchmarks/": (404, "'' not found and no similar keys were found."),
    "/v1/tasks/": (404, "Unknown task: "),
    "/v1/tasks/Nope": (404, "Unknown task: Nope"),
    "/v1/tasks/T1/descriptive_statistics": (404, "No descriptive stats for task: T1"),
    "/v1/models/org/nope": (404, "Unknown model: org/nope"),
    "/v1/icon/All": (404, "All has no icon"),
    "/v1/rank": (422, "Set benchmark= or tasks= to choose what to rank."),
    "/v1/rank?tasks=Nope": (404, "Unknown task: Nope"),
    "/v1/source?model=org/nope&task=T1": (404, "Unknown model: org/nope"),
    "/v1/ties?model=org/nope&benchmark=All": (404, "Unknown model: org/nope"),
    "/v1/rank?benchmark=All&policy=kind": (
        422,
        "Unknown policy: 'kind'. Give 'strict', 'lenient' or 'shown-lenient'.",
    ),
    "/v1/rank?benchmark=All&types=Retrival": (
        422,
        "Nothing in the catalog has 'Retrival' among its types. Did you mean 'Retrieval'?",
    ),
    "/v1/rank?benchmark=All&subsets=x": (
        422,
        "Nothing in the catalog has 'x' among its subsets.",
    ),
    "/v1/rank?tasks=T1&modalities=smell": (
        422,
        "Nothing in the catalog has 'smell' among its modalities.",
    ),
    "/v1/rank?tasks=T1&min_params_b=2&max_params_b=1": (
        422,
        "min_params_b (2.0) is more than max_params_b (1.0).",
    ),
    "/v1/benchmarks/All/leaders?buckets=[]": (
        422,
        "`buckets` must be a non-empty JSON array of [min, max] pairs",
    ),
    "/v1/benchmarks/All/leaders?buckets=[[5,1]]": (
        422,
        "`buckets[0]`: max (1.0) must be > min (5.0)",
    ),
    "/v1/benchmarks/All/leaders?buckets=x": (422, "Invalid `buckets` JSON: Expecting value"),
    "/v1/benchmarks/All/leaders?buckets=[[NaN]]": (422, "`buckets[0][0]` must be a number"),
    "/v1/benchmarks/All/leaders?buckets=[[1e400]]": (422, "`buckets[0][0]` must be a number"),
    f"/v1/benchmarks/All/leaders?buckets=[[0,{'9' * 400}]]": (
        422,
        "`buckets[0][1]` must be a number or null",
    ),
    "/v1/benchmarks/All/leaders?buckets=[[-1]]": (422, "`buckets[0][0]` must be ≥ 0"),
}


@pytest.mark.parametrize(("path", "expected"), ERRORS.items())
def test_errors_have_one_shape(get: Get, path: str, expected: tuple[int, str]) -> None:
    answer = get(path)
    assert (answer.status_code, answer.json()) == (expected[0], {"detail": expected[1]})
    assert answer.headers["cache-control"] == "no-store"


WRONG = {
    "/v1/benchmarks/All/leaders": ("missing", "buckets"),
    "/v1/benchmarks?include_hidden=perhaps": ("bool_parsing", "include_hidden"),
    "/v1/models?min_params_b=big": ("float_parsing", "min_params_b"),
    "/v1/models?max_params_b=inf": ("finite_number", "max_params_b"),
}


@pytest.mark.parametrize(("path", "expected"), WRONG.items())
def test_wrong_parameters_are_told_as_fastapi_tells_them(
    get: Get, path: str, expected: tuple[str, str]
) -> None:
    answer = get(path)
    [problem] = answer.json()["detail"]
    assert answer.status_code == 422
    assert (problem["type"], problem["loc"]) == (expected[0], ["query", expected[1]])


LISTS = ("/v1/tasks?", f"{BOARD}?", "/v1/rank?benchmark=All&")


@pytest.mark.parametrize("path", LISTS)
def test_an_unknown_language_is_told(get: Get, path: str) -> None:
    answer = get(f"{path}languages=eng,xx")
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("Unknown language: 'xx'.")
    near = get(f"{path}languages=Englisch").json()["detail"]
    assert "Did you mean 'English'?" in near
    assert get(f"{path}languages=zho").status_code == 200


def test_other_methods_are_refused(application: Application) -> None:
    answer = call(application, "POST", BOARD)
    assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})


@pytest.mark.parametrize("path", [BOARD, "/health", "/metrics", "/docs", "/openapi.json"])
def test_a_refused_method_is_told_which_are_allowed(application: Application, path: str) -> None:
    answer = call(application, "DELETE", path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert call(application, "POST", "/v1/nope").status_code == 404


def test_a_task_of_another_benchmark_is_told(tmp_path: Path) -> None:
    tasks = [task("T1"), task("T2")]
    one = Benchmark(name="One", display_name="One", scopes=(scope(tasks[0]),))
    known = catalog(tasks=tasks, benchmarks=[one])
    results = write_scores(tmp_path / "results", {"org/a": {"T1": 0.5, "T2": 0.25}})
    snapshot = snapshot_of(tmp_path / "home", ingest(results, known, workers=1))
    answer = call(Application(snapshot), "GET", "/v1/rank?benchmark=One&tasks=T1,T2")
    assert answer.status_code == 422
    assert answer.json()["detail"] == "T2 is not a task of One. Leave out benchmark=."


@pytest.mark.parametrize(
    ("damaged", "path"),
    [
        ("rejects.parquet", "/v1/snapshot"),
        ("score.npy", "/v1/rank?tasks=T1"),
        ("table.msgpack", "/v1/rank?tasks=T1"),
        ("cell.npy", "/v1/tasks/T1/scores"),
        ("catalog.json", "/v1/tasks/T1"),
        ("statistics.index", "/v1/tasks/T1/descriptive_statistics"),
    ],
)
def test_a_damaged_snapshot_is_told_in_the_shape_of_errors(
    tmp_path: Path, damaged: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    folder = small_snapshot(tmp_path).folder
    (folder / damaged).write_bytes(b"x")
    answer = call(Application(Snapshot(folder)), "GET", path)
    assert answer.status_code == 500
    assert answer.json() == {"detail": "The snapshot is damaged. The server's log has the details."}
    assert "frontrunner verify" in caplog.text
