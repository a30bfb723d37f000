"""Bands of ranks and ties, held against a slow reading of the same rule."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontrunner.base.intervals import student
from frontrunner.catalog import Aggregation, Benchmark, Catalog, Task
from frontrunner.ranking import Facts, Policy, Question, rank
from frontrunner.ranking.bands import bands, tied_rows
from frontrunner.ranking.draws import draws
from tests.factories import catalog, scope, table_of, task

TASKS = [task(f"T{n}", type="Retrieval" if n % 3 else "STS") for n in range(9)]
Scores = Mapping[str, Mapping[str, float]]


class Band(NamedTuple):
    rank: int
    low: int
    high: int
    tied: int


def found_bands(
    root: Path,
    scores: Scores,
    tasks: list[Task] | None = None,
    policy: Policy = Policy.STRICT,
    **bench: object,
) -> dict[str, Band]:
    """Model -> its band, on a board of all tasks."""
    root.mkdir(parents=True, exist_ok=True)
    known = board_of(TASKS if tasks is None else tasks, sorted(scores), **bench)
    table = table_of(root, scores, known)
    facts, question = Facts.of(known), Question.of(known.benchmarks[0], policy=policy)
    board = rank(table, facts, question)
    found = bands(table, facts, question, board)
    names = [table.variants[number].model for number in board.variants]
    columns = board.rank.tolist(), found.low.tolist(), found.high.tolist(), found.tied.tolist()
    return {name: Band(*row) for name, *row in zip(names, *columns, strict=True)}


def board_of(tasks: list[Task], models: list[str], **bench: object) -> Catalog:
    whole = Benchmark(
        name="All",
        display_name="All",
        scopes=tuple(scope(one) for one in tasks),
        on_menu=True,
        **bench,  # type: ignore[arg-type]
    )
    return catalog(tasks, models=models, benchmarks=[whole])


# Sixty-fourths: means of pooled scores stay exact.
SCORE = st.integers(0, 16).map(lambda n: n / 64)
ROWS = st.lists(st.lists(st.none() | SCORE, min_size=9, max_size=9), min_size=2, max_size=6)


def as_scores(rows: list[list[float | None]]) -> dict[str, dict[str, float]]:
    return {
        f"org/m{n}": {f"T{t}": value for t, value in enumerate(row) if value is not None}
        for n, row in enumerate(rows)
        if any(value is not None for value in row)
    }


def slowly(scores: Scores) -> dict[str, Band]:
    """The rule of a board by Borda points, one draw and one pair at a time."""
    tasks = [t for t in (one.name for one in TASKS) if any(t in row for row in scores.values())]

    def points(model: str, name: str) -> float:
        if name not in scores[model]:
            return 0.0
        there = [row[name] for row in scores.values() if name in row]
        own = scores[model][name]
        better, equal = sum(s > own for s in there), sum(s == own for s in there)
        return len(scores) - (better + (equal + 1) / 2)

    of = {model: [points(model, name) for name in tasks] for model in scores}
    total = {model: sum(some) for model, some in of.items()}
    in_draws: dict[str, list[int]] = {model: [] for model in scores}
    for weights in draws(len(tasks)):
        drawn = {m: float(np.dot(weights, some)) for m, some in of.items()}
        for model, mine in drawn.items():
            in_draws[model].append(1 + sum(other > mine for other in drawn.values()))
    found = {}
    for model, mine in total.items():
        place = 1 + sum(other > mine for other in total.values())
        ranks = sorted(in_draws[model])
        tied = sum(_is_tied(of[model], of[other]) for other in scores if other != model)
        found[model] = Band(place, min(place, ranks[25]), max(place, ranks[974]), tied)
    return found


def _is_tied(one: list[float], other: list[float]) -> bool:
    gaps = [a - b for a, b in zip(one, other, strict=True)]
    error = statistics.stdev(gaps) / math.sqrt(len(gaps))
    return abs(statistics.fmean(gaps)) <= student(len(gaps)) * error


QUICK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)


@QUICK
@given(ROWS)
def test_bands_are_those_of_the_slow_rule(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[float | None]]
) -> None:
    scores = as_scores(rows)
    found = found_bands(tmp_path_factory.mktemp("b"), scores)
    if any(band.low for band in found.values()):
        assert found == slowly(scores)


@QUICK
@given(ROWS, st.randoms())
def test_neither_names_nor_their_order_matter(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[float | None]], random: object
) -> None:
    scores = as_scores(rows)
    others = list(scores)
    random.shuffle(others)  # type: ignore[attr-defined]
    renamed = {f"x{other}": scores[model] for model, other in zip(scores, others, strict=True)}
    found = found_bands(tmp_path_factory.mktemp("a"), scores)
    again = found_bands(tmp_path_factory.mktemp("b"), renamed)
    assert found == {m: again[f"x{o}"] for m, o in zip(scores, others, strict=True) if m in found}


@QUICK
@given(ROWS)
def test_a_band_contains_the_rank(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[float | None]]
) -> None:
    for band in found_bands(tmp_path_factory.mktemp("b"), as_scores(rows)).values():
        assert (band.low, band.tied) == (0, -1) or 1 <= band.low <= band.rank <= band.high


@QUICK
@given(ROWS, st.sampled_from([(), ("mean_task",), ("mean_task_type",)]))
def test_ties_are_listed_as_counted_and_are_symmetric(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[float | None]],
    sort_by: tuple[str, ...],
) -> None:
    scores = as_scores(rows)
    known = board_of(TASKS, sorted(scores), sort_by=sort_by)
    table = table_of(tmp_path_factory.mktemp("b"), scores, known)
    facts, question = Facts.of(known), Question.of(known.benchmarks[0])
    board = rank(table, facts, question)
    counted = bands(table, facts, question, board).tied.tolist()
    found = [tied_rows(table, facts, question, board, row) for row in range(len(counted))]
    assert [-1 if tied is None else len(tied) for tied in found] == counted
    for row, tied in enumerate(found):
        assert row not in (tied or [])
        assert tied == sorted(tied or []) or tied is None
        assert all(row in (found[other] or []) for other in tied or [])


def even(*levels: float) -> dict[str, dict[str, float]]:
    """Models at some levels, on tasks of different difficulty."""
    return {
        f"org/m{n}": {f"T{t}": level + t / 64 for t in range(9)} for n, level in enumerate(levels)
    }


@pytest.mark.parametrize("sort_by", [(), ("mean_task",), ("mean_task_type",)])
def test_a_model_that_leads_everywhere_is_first_in_every_draw(
    tmp_path: Path, sort_by: tuple[str, ...]
) -> None:
    scores = even(0.75, 0.25, 0.5)
    scores["org/m1"]["T0"], scores["org/m2"]["T0"] = 0.5, 0.25
    found = found_bands(tmp_path / "b", scores, sort_by=sort_by)
    assert found["org/m0"] == Band(1, 1, 1, 0)


@pytest.mark.parametrize("sort_by", [(), ("mean_task",), ("mean_task_type",)])
def test_models_with_the_same_scores_are_tied(tmp_path: Path, sort_by: tuple[str, ...]) -> None:
    found = found_bands(tmp_path / "b", even(0.5, 0.5, 0.25), sort_by=sort_by)
    assert [found[f"org/m{n}"].tied for n in range(3)] == [1, 1, 0]


def test_too_few_tasks_have_no_band(tmp_path: Path) -> None:
    tasks = TASKS[:7]
    names = {one.name for one in tasks}
    scores = {m: {t: s for t, s in row.items() if t in names} for m, row in even(0.5, 0.2).items()}
    found = found_bands(tmp_path / "b", scores, tasks)
    assert found["org/m0"] == Band(1, 0, 0, -1)


def test_on_a_board_by_means_a_row_without_a_mean_has_no_band(tmp_path: Path) -> None:
    scores = even(0.5, 0.25, 0.75)
    del scores["org/m2"]["T3"]
    found = found_bands(tmp_path / "b", scores, sort_by=("mean_task",))
    assert found["org/m2"] == Band(3, 0, 0, -1)
    assert found["org/m0"] == Band(1, 1, 1, 0)


def test_means_that_no_draw_can_repeat_have_no_band(tmp_path: Path) -> None:
    scores = even(0.5, 0.25)
    by_public = found_bands(tmp_path / "a", scores, sort_by=("mean_public",))
    lenient = found_bands(tmp_path / "b", scores, policy=Policy.LENIENT, sort_by=("mean_task",))
    assert by_public["org/m0"] == lenient["org/m0"] == Band(1, 0, 0, -1)


def test_private_tasks_that_do_not_count_are_not_drawn(tmp_path: Path) -> None:
    tasks = [*TASKS[:8], task("T8", public=False)]
    scores = even(0.5, 0.25)
    scores["org/m1"]["T8"] = 1.0
    found = found_bands(tmp_path / "b", scores, tasks, public_only=True)
    assert found["org/m0"] == Band(1, 1, 1, 0)


def test_the_subsets_of_a_task_are_drawn_together(tmp_path: Path) -> None:
    """Eight tasks, one with many subsets: where it is not drawn, none of them is."""
    both = {"en": ("eng-Latn",), "de": ("deu-Latn",)}
    tasks = [task(f"T{n}", subsets=both) if n == 0 else task(f"T{n}") for n in range(8)]
    scores = {
        "org/m0": {"T0": {"test": {"en": 0.9, "de": 0.9}}, **{f"T{n}": 0.5 for n in range(1, 8)}},
        "org/m1": {"T0": {"test": {"en": 0.1, "de": 0.1}}, **{f"T{n}": 0.5 for n in range(1, 8)}},
    }
    found = found_bands(
        tmp_path / "b",
        scores,  # type: ignore[arg-type]
        tasks,
        aggregations=(Aggregation.MEAN_SUBSET,),
    )
    assert found == {"org/m0": Band(1, 1, 1, 1), "org/m1": Band(2, 1, 2, 1)}
