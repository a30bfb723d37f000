"""Where mteb's service leaves an answer to chance, and ours settles it.

Each exception is one function with its reason. What they take out of the comparison is no more
than what can differ between two runs of mteb's service itself.
"""

from __future__ import annotations

from typing import Any

_NUMBERED_BY_MEAN = ("MIEB(",)
"""Boards whose rank is the position after sorting by a mean."""


def settle(path: str, theirs: Any, ours: Any, board: Any = None) -> tuple[Any, Any]:
    """Both answers without what mteb leaves to chance."""
    theirs, ours = _sorted_domains(theirs), _sorted_domains(ours)
    if "/leaders?" in path and isinstance(theirs, dict) and "buckets" in theirs:
        return _tied_leaders(theirs, ours, board), ours
    return _unnumbered(theirs), _unnumbered(ours)


def _sorted_domains(body: Any) -> Any:
    """mteb collects the domains of an aggregate task in a set, whose order changes by run."""
    if isinstance(body, dict):
        return {
            key: sorted(value)
            if key == "domains" and isinstance(value, list)
            else _sorted_domains(value)
            for key, value in body.items()
        }
    return [_sorted_domains(one) for one in body] if isinstance(body, list) else body


def _unnumbered(body: Any) -> Any:
    """On boards numbered by a mean, rows without one come last in any order.

    mteb numbers them by their place after an unstable sort, so their rank is no more than that
    they have none; a model's own list of boards is sorted by these ranks. On a narrowed board the
    mean that is shown is not the one that numbers: a row that lacks a task has none.
    """
    if not isinstance(body, dict) or "rows" not in body:
        return body
    board, tasks = str(body.get("benchmarkName", "")), len(body.get("tasks", ()))
    rows = [_without_rank(row, board, tasks) for row in body["rows"]]
    if "model" in body:
        rows = sorted(rows, key=lambda row: (row["rank"], row.get("benchmarkName", "")))
    return body | {"rows": rows}


def _without_rank(row: dict[str, Any], board: str, tasks: int) -> dict[str, Any]:
    name = row.get("benchmarkName", board)
    numbered = name.startswith(_NUMBERED_BY_MEAN)
    no_mean = row.get("meanTask") is None and row.get("meanTaskType") is None
    lacks_a_task = "scoresByTask" in row and len(row["scoresByTask"]) < tasks
    return row | {"rank": 10**6} if numbered and (no_mean or lacks_a_task) else row


def _tied_leaders(theirs: dict[str, Any], ours: dict[str, Any], board: Any) -> dict[str, Any]:
    """Of models that tie in Borda rank, mteb lets lead whichever its unstable sort put first.

    Their leader is replaced by ours only where it stands on our board with the same rank, in
    the same bucket of sizes.
    """
    ranks = {row["model"]["name"]: row["rank"] for row in board["rows"]}
    buckets = []
    for their_bucket, our_bucket in zip(theirs["buckets"], ours["buckets"], strict=True):
        their, our = their_bucket["leader"], our_bucket["leader"]
        tied = their and our and their["rank"] == our["rank"] == ranks[their["model"]["name"]]
        buckets.append(their_bucket | {"leader": our} if tied else their_bucket)
    return theirs | {"buckets": buckets}
