"""Policies: which means order the rows, and which are shown."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from frontrunner.catalog import Aggregation, Benchmark, CustomGroup, CustomGrouping
from frontrunner.ranking import Facts, Policy, Question, rank
from frontrunner.ranking.board import Board
from tests.factories import catalog, scope, table_of, task

TASKS = [task("T1"), task("T2", type="Retrieval"), task("Hidden", public=False)]
KNOWN = catalog(TASKS, models=["org/a", "org/b"])
SCORES = {"org/a": {"T1": 0.5, "T2": 0.25, "Hidden": 0.0}, "org/b": {"T2": 0.75}}
GROUP = CustomGrouping(
    name="By", groups=(CustomGroup(label="both", scopes=(scope(TASKS[0]), scope(TASKS[1]))),)
)
BENCH = Benchmark(
    name="All",
    display_name="All",
    scopes=tuple(scope(one) for one in TASKS),
    aggregations=(Aggregation.MEAN_TASK, Aggregation.PUBLIC_PRIVATE, Aggregation.TASK_TYPES),
    groupings=(GROUP,),
    sort_by=("mean_task",),
    public_only=True,
)


def board(folder: Path, policy: Policy) -> Board:
    table = table_of(folder, SCORES, KNOWN)
    question = Question.of(BENCH, ["eng-Latn"], policy)
    assert question == Question(
        scopes=BENCH.scopes,
        languages=frozenset({"eng-Latn"}),
        aggregations=frozenset(BENCH.aggregations),
        groupings=(GROUP,),
        sort_by=("mean_task",),
        public_only=True,
        policy=policy,
    )
    assert Question.of(BENCH).languages is None
    return rank(table, Facts.of(KNOWN), question)


def test_strict_orders_and_shows_strict_means(tmp_path: Path) -> None:
    found = board(tmp_path, Policy.STRICT)
    assert found.variants.tolist() == [0, 1]
    assert found.means["mean_task"][0] == pytest.approx(0.375)
    assert math.isnan(found.means["mean_task"][1])
    assert found.counted_tasks == ("T1", "T2")


def test_lenient_orders_and_shows_lenient_means(tmp_path: Path) -> None:
    found = board(tmp_path, Policy.LENIENT)
    assert found.variants.tolist() == [1, 0]
    assert found.means["mean_task"].tolist() == [0.75, pytest.approx(0.375)]
    assert found.by_group["By"]["both"].tolist() == [0.75, pytest.approx(0.375)]


def test_shown_lenient_orders_by_strict_means_and_shows_lenient_ones(tmp_path: Path) -> None:
    found = board(tmp_path, Policy.SHOWN_LENIENT)
    assert found.variants.tolist() == [0, 1]
    assert found.rank.tolist() == [1, 2]
    # Tasks that do not count are in the means that are shown, as in mteb's service.
    assert found.means["mean_task"].tolist() == [pytest.approx(0.25), 0.75]
    assert found.task_types == ("STS", "Retrieval")
    assert found.by_type[0].tolist() == [pytest.approx(0.25), 0.25]
    assert found.means["mean_task_type"].tolist() == [pytest.approx(0.25), 0.75]
    # Means of groups, of public and of private tasks stay strict.
    assert found.means["mean_public"][0] == pytest.approx(0.375)
    assert math.isnan(found.means["mean_public"][1])
    assert math.isnan(found.by_group["By"]["both"][1])
