"""Templates of paths, so that requests for the same kind of answer are counted together."""

from __future__ import annotations

import re

_FIXED = frozenset({
    "v1", "benchmarks", "benchmark", "tasks", "models", "scores", "per-language", "leaders", "menu",
    "rank", "snapshot", "compare", "boards", "search", "data", "changes", "moved", "zh", "resolve",
    "main", "boards_data", "data_overall", "data_tasks", "feed", "icon",
})  # fmt: skip
_LONGEST = 6


def template(target: str) -> str:
    """The route template of a path with its query: names become `*`, parameters are listed."""
    path, _, query = target.partition("?")
    parts = [part for part in path.split("/") if part][:_LONGEST]
    shown = [part if _stem(part) in _FIXED else f"*{_ending(part)}" for part in parts]
    names = sorted({pair.partition("=")[0] for pair in query.split("&") if pair})
    known = [name for name in names if re.fullmatch(r"[a-z_]{1,24}", name)][:_LONGEST]
    return "/" + "/".join(shown) + (f"?{'&'.join(known)}" if known else "")


def _stem(part: str) -> str:
    return part.partition(".")[0]


def _ending(part: str) -> str:
    found = re.search(r"\.[a-z]{2,7}$", part)
    return found[0] if found else ""
