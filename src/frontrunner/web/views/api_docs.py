"""The page about the API, with an example of each route that works on the board being served."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, urlencode

from frontrunner.http.routes import ROUTES, Param, Route
from frontrunner.web.views.home import flagships
from frontrunner.web.visit import Shown, Visit

_SAFE = "/!'()*~:@,"
_ORDER = ("benchmarks", "rank", "models", "tasks", "source", "snapshot")


class Described(NamedTuple):
    """A route with an example."""

    path: str
    summary: str
    answer: str
    params: tuple[Param, ...]
    example: str
    """A path and query that answer 200; empty if the board has nothing to ask for."""


def docs(visit: Visit) -> Shown:
    """Every route by what it is about."""
    samples = _samples(visit)
    groups: dict[str, list[Described]] = {name: [] for name in _ORDER}
    for route in ROUTES:
        groups.setdefault(_about(route), []).append(_described(route, samples))
    values = {"groups": {name: some for name, some in groups.items() if some}, "first": samples}
    return Shown("api_docs.html", visit.t("api.title"), values, visit.t("api.lead"))


def _about(route: Route) -> str:
    first = route.path.split("/")[2]
    return "rank" if first == "ties" else first


def _samples(visit: Visit) -> dict[str, str]:
    """A board, and a model and a task that are on it, by the segment that they are named below."""
    names = [one.name for one in visit.service.snapshot.catalog.benchmarks]
    for name in [*flagships(visit.service), *names]:
        for row in visit.service.board(name).rows[:1]:
            task = next(iter(row.scores_by_task), "")
            return {"benchmarks": name, "models": row.model.name, "tasks": task}
    return {}


def _described(route: Route, samples: dict[str, str]) -> Described:
    name = samples.get(_about(route), "") if "{name}" in route.path else "-"
    asked = _query(route, samples)
    path = quote(route.path.replace("{name}", name), safe=_SAFE) if name and samples else ""
    example = f"{path}?{urlencode(asked, safe=_SAFE)}" if path and asked else path
    return Described(
        route.path, route.summary, route.answer or route.media_type, route.params, example
    )


def _query(route: Route, samples: dict[str, str]) -> dict[str, str]:
    if route.path == "/v1/rank":
        return {"benchmark": samples.get("benchmarks", "")}
    if route.path == "/v1/ties":
        return {"benchmark": samples.get("benchmarks", ""), "model": samples.get("models", "")}
    values = {
        "buckets": "[[0,500],[500,null]]",
        "model": samples.get("models", ""),
        "task": samples.get("tasks", ""),
    }
    return {one.name: values[one.name] for one in route.params if one.required}
