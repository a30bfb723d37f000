"""The table of routes: which path belongs to which, whatever names hold."""

from __future__ import annotations

import pytest

from frontrunner.http.routes import ROUTES, compile_routes

FIND = compile_routes()


@pytest.mark.parametrize(
    ("path", "route", "name"),
    [
        ("/v1/benchmarks", "/v1/benchmarks", ""),
        ("/v1/benchmarks/menu", "/v1/benchmarks/menu", ""),
        ("/v1/benchmarks/MTEB(eng, v2)", "/v1/benchmarks/{name}", "MTEB(eng, v2)"),
        ("/v1/benchmarks/a/b/scores", "/v1/benchmarks/{name}/scores", "a/b"),
        ("/v1/benchmarks/a/scores.csv", "/v1/benchmarks/{name}/scores.csv", "a"),
        ("/v1/models/org/m/scores", "/v1/models/{name}/scores", "org/m"),
        ("/v1/models/org/m", "/v1/models/{name}", "org/m"),
        ("/v1/tasks/T/descriptive_statistics", "/v1/tasks/{name}/descriptive_statistics", "T"),
        ("/v1/models/with\nline", "/v1/models/{name}", "with\nline"),
        ("/v1/rank", "/v1/rank", ""),
        ("/v1/source", "/v1/source", ""),
        ("/v1/ties", "/v1/ties", ""),
    ],
)
def test_a_path_belongs_to_one_route(path: str, route: str, name: str) -> None:
    found = FIND(path)
    assert found is not None
    assert (found.route.path, found.name) == (route, name)


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/", "/v1/nothing", "/v1/rank/x", "/v2/rank"])
def test_other_paths_belong_to_none(path: str) -> None:
    assert FIND(path) is None


def test_no_route_hides_another() -> None:
    for route in ROUTES:
        found = FIND(route.path.replace("{name}", "some/name"))
        assert found is not None
        assert found.route is route


def test_metrics_are_kept_by_group_without_names() -> None:
    assert all("{" not in route.group for route in ROUTES)
    groups = [route.group for route in ROUTES if "{name}" not in route.path]
    assert len(groups) == len(set(groups))
