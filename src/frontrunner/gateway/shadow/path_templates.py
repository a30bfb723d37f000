"""Templates of paths, so that requests for the same kind of answer are counted together."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from frontrunner.http.routes import ROUTES

_FIXED = frozenset({
    "v1", "benchmarks", "benchmark", "tasks", "models", "scores", "per-language", "leaders", "menu",
    "rank", "snapshot", "compare", "boards", "search", "data", "changes", "moved", "zh", "resolve",
    "main", "boards_data", "data_overall", "data_tasks", "feed", "icon",
})  # fmt: skip
_LONGEST = 6
_PAGES = frozenset({
    "/", "/boards", "/changes", "/compare", "/data", "/moved", "/search", "/benchmark/*",
    "/models", "/models/*", "/models/*/*", "/tasks", "/tasks/*",
    "/resolve/main/boards_data/*/data_overall/*.jsonl", "/resolve/main/boards_data/*/data_tasks/*",
})  # fmt: skip
"""Pages of boards and files of the first one, without parameters."""
_UNKNOWN = 300
"""Other routes that are counted apart, with any parameters."""
_VARIATIONS = 20
"""Sets of parameters that are counted apart for a known route."""
OTHER = "<other>"
"""Where routes are counted once there are too many."""


def counted_as(route: str, routes: Collection[str]) -> str:
    """The name under which a route is counted, given those that are counted already.

    Each known route has room of its own, so that made-up paths cannot take it.
    """
    if route in routes:
        return route
    path, asks, _ = route.partition("?")
    if _is_known(path):
        used = sum(one.partition("?")[0] == path for one in routes) if asks else 0
        return route if used < _VARIATIONS else f"{path}?{OTHER}"
    used = sum(not _is_known(one.partition("?")[0]) for one in routes)
    return route if used < _UNKNOWN else OTHER


def _is_known(path: str) -> bool:
    return (path.removeprefix("/zh") or "/") in _known()


@cache
def _known() -> frozenset[str]:
    """The routes of boards, without parameters. A client can make up any number of others."""
    names = ("a", "a/b")  # that of a model has a slash
    api = {template(one.path.replace("{name}", name)) for one in ROUTES for name in names}
    return _PAGES | api


def template(target: str) -> str:
    """The route template of a path with its query: names become `*`, parameters are listed."""
    path, _, query = target.partition("?")
    parts = [part for part in path.split("/") if part][:_LONGEST]
    shown = [f"{_shown_stem(part)}{_ending(part)}" for part in parts]
    names = sorted({pair.partition("=")[0] for pair in query.split("&") if pair})
    known = [name for name in names if re.fullmatch(r"[a-z_]{1,24}", name)][:_LONGEST]
    return "/" + "/".join(shown) + (f"?{'&'.join(known)}" if known else "")


def _shown_stem(part: str) -> str:
    """The beginning of a part if it is a word of ours; what a client made up behind it is not."""
    stem = part.partition(".")[0]
    return stem if stem in _FIXED else "*"


def _ending(part: str) -> str:
    found = re.search(r"\.[a-z]{2,7}$", part)
    return found[0] if found else ""
