"""Aggregate tasks that could be made from a model's other results."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.results.aggregates import Unmade, unmade
from tests.factories import catalog, table_of, task

KNOWN = catalog(
    [task("P1"), task("P2"), task("Whole", aggregate=True, parts=("P1", "P2"))],
    models=["org/a", "org/b"],
)
BOTH = {"P1": 0.25, "P2": {"test": {"de": 0.5, "en": 1.0}}}


@pytest.mark.parametrize("own", [{}, {"Whole": float("nan")}])
def test_a_task_with_all_parts_and_no_result_is_named(
    tmp_path: Path, own: dict[str, float]
) -> None:
    table = table_of(tmp_path, {"org/a": BOTH | own, "org/b": {"P1": 0.5}}, KNOWN)
    assert unmade(table, KNOWN) == [Unmade("org/a", "", "Whole", 2, 0.5)]


@pytest.mark.parametrize(
    "scores", [BOTH | {"Whole": 0.5}, {"P1": 0.5}, {"P1": 0.5, "P2": float("nan")}]
)
def test_other_tasks_are_not(tmp_path: Path, scores: dict[str, float]) -> None:
    assert unmade(table_of(tmp_path, {"org/a": scores}, KNOWN), KNOWN) == []
