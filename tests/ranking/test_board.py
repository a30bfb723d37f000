"""Boards against the reference, and what the reference does not cover."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontrunner.catalog import Aggregation, Benchmark, CustomGroup, CustomGrouping, Model
from frontrunner.ranking import Board, Facts, Policy, Question, language_scores, rank, standing
from frontrunner.ranking.coverage import models_with_every_cell, models_with_every_task
from frontrunner.ranking.means import score
from frontrunner.results.ingest import ingest
from frontrunner.results.table import ScoreTable
from tests.factories import catalog, result, scope, table_of, task, write
from tests.ranking.reference import Row, board

TASKS = [
    task("T1", splits=("test", "dev"), subsets={"en": ("eng-Latn",), "de": ("deu-Latn",)}),
    task("T2", type="Retrieval", subsets={"en": ("eng-Latn",), "de": ("deu-Latn",)}),
    task("T3", type="Retrieval", subsets={"en": ("eng-Latn",), "de": ("deu-Latn",)}),
]
KNOWN = catalog(TASKS, models=["org/a", "org/b", "org/c", "org/d"])
TYPES = {one.name: one.type for one in TASKS}
WHOLE = tuple(scope(one) for one in TASKS)

SCORES = st.dictionaries(
    st.tuples(
        st.sampled_from("abcd"),
        st.sampled_from(["T1", "T2", "T3"]),
        st.sampled_from(["test", "dev"]),
        st.sampled_from(["en", "de"]),
    ),
    # Eighths are exact in binary, so that sums do not depend on their order and ties are ties.
    st.none() | st.sampled_from([0.0, 0.125, 0.25, 0.375, 0.75]),
    max_size=30,
)


def table_from(rows: dict[tuple[str, str, str, str], float | None], root: Path) -> ScoreTable:
    nested: dict[tuple[str, str], Any] = defaultdict(lambda: defaultdict(dict))
    for (model, name, split, subset), value in rows.items():
        nested[model, name][split][subset] = value
    for (model, name), scores in nested.items():
        content = result(name, scores)
        for entries in content["scores"].values():
            for entry in entries:
                entry["languages"] = ["eng-Latn" if entry["hf_subset"] == "en" else "deu-Latn"]
        write(root, f"org__{model}/r1/{name}.json", content)
    root.mkdir(exist_ok=True)
    return ingest(root, KNOWN, workers=1).table


def as_dict(table: ScoreTable, found: Board) -> dict[str, Any]:
    """A board as the reference gives it."""
    rows = {}
    for place, variant in enumerate(found.variants):
        by_task = found.by_task[place].tolist()
        rows[table.variants[variant].model[-1]] = (
            int(found.rank[place]),
            clean(found.means["mean_task"][place]),
            dict(zip(found.task_types, map(clean, found.by_type[place]), strict=True)),
            {t: v for t, v in zip(found.tasks, by_task, strict=True) if not math.isnan(v)},
        )
    return rows


def clean(value: float) -> Any:
    return None if math.isnan(value) else pytest.approx(value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(SCORES, st.sampled_from(list(Policy)))
def test_boards_are_those_of_the_reference(
    tmp_path_factory: pytest.TempPathFactory,
    scores: dict[tuple[str, str, str, str], float | None],
    policy: Policy,
) -> None:
    table = table_from(scores, tmp_path_factory.mktemp("r") / "results")
    found = rank(table, Facts.of(KNOWN), Question(scopes=WHOLE, policy=policy))
    declared = {one.name: one.splits for one in TASKS}
    rows = [Row(*key, value) for key, value in scores.items() if key[2] in declared[key[1]]]
    expected = board(rows, list(TYPES), TYPES, be_lenient=policy is not Policy.STRICT)
    assert as_dict(table, found) == {model: tuple(ranked) for model, ranked in expected.items()}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(SCORES)
def test_one_language_is_the_board_of_its_subsets_alone(
    tmp_path_factory: pytest.TempPathFactory,
    scores: dict[tuple[str, str, str, str], float | None],
) -> None:
    table = table_from(scores, tmp_path_factory.mktemp("r") / "results")
    question = Question(scopes=WHOLE, languages=frozenset({"eng-Latn"}))
    narrowed = tuple(scope(one, subsets=["en"]) for one in TASKS)
    by_language = as_dict(table, rank(table, Facts.of(KNOWN), question))
    assert by_language == as_dict(table, rank(table, Facts.of(KNOWN), Question(scopes=narrowed)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    SCORES,
    st.sampled_from([(), ("mean_task",), ("mean_public", "mean_task")]),
    st.sampled_from(list(Aggregation)),
    st.booleans(),
)
def test_a_standing_is_the_order_of_the_board(
    tmp_path_factory: pytest.TempPathFactory,
    scores: dict[tuple[str, str, str, str], float | None],
    sort_by: tuple[str, ...],
    aggregation: Aggregation,
    public_only: bool,
) -> None:
    table = table_from(scores, tmp_path_factory.mktemp("r") / "results")
    facts = replace(Facts.of(KNOWN), private_tasks=frozenset({"T2"}))
    asked = frozenset({aggregation})
    question = Question(scopes=WHOLE, sort_by=sort_by, aggregations=asked, public_only=public_only)
    found, whole = standing(table, facts, question), rank(table, facts, question)
    assert found.variants.tolist() == whole.variants.tolist()
    assert found.cells_had.tolist() == whole.cells_had.tolist()


def test_coverage_stands_beside_every_mean(tmp_path: Path) -> None:
    table = table_of(tmp_path, {"org/a": {"T1": 0.5, "T2": 0.5}, "org/b": {"T1": 0.4}})
    known = catalog()
    scopes = known.benchmarks[0].scopes
    found = rank(table, Facts.of(known), Question(scopes=scopes, policy=Policy.LENIENT))
    assert found.tasks_complete.tolist() == [2, 1]
    assert (found.cells_had.tolist(), found.cells_total) == ([2, 1], 2)
    assert found.means["mean_task"].tolist() == [0.5, 0.4]


def test_tasks_without_any_result_are_named(tmp_path: Path) -> None:
    table = table_of(tmp_path, {"org/a": {"T1": 0.5}})
    found = rank(table, Facts.of(catalog()), Question(scopes=catalog().benchmarks[0].scopes))
    assert (found.tasks, found.missing_tasks) == (("T1",), ("T2",))


def test_nothing_at_all_gives_an_empty_board(tmp_path: Path) -> None:
    table = table_of(tmp_path, {"org/a": {"T1": 0.5}})
    found = rank(table, Facts.of(catalog()), Question(scopes=(scope(task("T2")),)))
    assert len(found.rank) == 0
    assert len(language_scores(table, Question(scopes=())).variants) == 0


PRIVATE = catalog([task("T1"), task("T2", public=False)], models=["org/a", "org/b"])


def test_private_tasks_are_shown_but_do_not_count(tmp_path: Path) -> None:
    scores = {"org/a": {"T1": 0.9, "T2": 0.1}, "org/b": {"T1": 0.5, "T2": 0.9}}
    table = table_of(tmp_path, scores, PRIVATE)
    scopes = PRIVATE.benchmarks[0].scopes
    facts = Facts.of(PRIVATE)
    found = rank(table, facts, Question(scopes=scopes, public_only=True))
    assert found.means["mean_task"].tolist() == [0.9, 0.5]
    assert found.by_task.tolist() == [[0.9, 0.1], [0.5, 0.9]]
    both = frozenset({Aggregation.MEAN_TASK, Aggregation.PUBLIC_PRIVATE})
    found = rank(
        table, facts, Question(scopes=scopes, aggregations=both, sort_by=("mean_private",))
    )
    assert found.means["mean_private"].tolist() == [0.9, 0.1]
    assert found.rank.tolist() == [1, 2]


def test_groups_count_parts_of_tasks_once(tmp_path: Path) -> None:
    one, two = TASKS[1], TASKS[2]
    grouping = CustomGrouping(
        name="By",
        groups=(
            CustomGroup(label="parts", scopes=(scope(one, subsets=["en"]), scope(two))),
            CustomGroup(label="nobody", scopes=(scope(task("T9")),)),
        ),
    )
    rows: dict[tuple[str, str, str, str], float | None] = {
        ("a", "T2", "test", "en"): 0.2,
        ("a", "T2", "test", "de"): 0.9,
        ("a", "T3", "test", "en"): 0.4,
        ("a", "T3", "test", "de"): 0.8,
        ("b", "T3", "test", "en"): 0.4,
        ("b", "T3", "test", "de"): 0.4,
    }
    table = table_from(rows, tmp_path / "results")
    found = rank(table, Facts.of(KNOWN), Question(scopes=WHOLE, groupings=(grouping,)))
    assert list(found.by_group["By"]) == ["parts"]
    assert found.by_group["By"]["parts"][0] == pytest.approx((0.2 + 0.6) / 2)
    assert math.isnan(found.by_group["By"]["parts"][1])


def test_subsets_weigh_alike_where_a_benchmark_says_so(tmp_path: Path) -> None:
    rows: dict[tuple[str, str, str, str], float | None] = {
        ("a", "T2", "test", "en"): 0.2,
        ("a", "T2", "test", "de"): 0.4,
        ("a", "T3", "test", "en"): 0.9,
    }
    table = table_from(rows, tmp_path / "results")
    asked = frozenset({Aggregation.MEAN_SUBSET})
    found = rank(table, Facts.of(KNOWN), Question(scopes=WHOLE, aggregations=asked))
    assert found.primary == "mean_subset"
    assert found.means["mean_subset"].tolist() == [pytest.approx(0.5)]


def test_a_rank_by_subsets_is_not_one_by_tasks(tmp_path: Path) -> None:
    """Model a wins two subsets of three, and one task of two."""
    rows: dict[tuple[str, str, str, str], float | None] = {
        ("a", "T2", "test", "en"): 0.9,
        ("a", "T2", "test", "de"): 0.9,
        ("b", "T2", "test", "en"): 0.1,
        ("b", "T2", "test", "de"): 0.1,
        ("a", "T3", "test", "en"): 0.1,
        ("b", "T3", "test", "en"): 0.2,
    }
    table = table_from(rows, tmp_path / "results")
    asked = frozenset({Aggregation.MEAN_SUBSET})
    found = rank(table, Facts.of(KNOWN), Question(scopes=WHOLE, aggregations=asked))
    assert found.borda.tolist() == found.rank.tolist() == [1, 2]
    by_task = rank(table, Facts.of(KNOWN), Question(scopes=WHOLE))
    assert by_task.rank.tolist() == [1, 1]


def test_a_board_says_how_it_was_made(tmp_path: Path) -> None:
    known = catalog([task("T1"), task("T2", type="Retrieval", public=False), task("T3")])
    table = table_of(
        tmp_path,
        {"org/a": {"T1": 0.5, "T2": 0.25, "T3": 1}, "org/b": {"T1": 0.75, "T2": 0, "T3": 0}},
        known,
    )
    scopes = known.benchmarks[0].scopes
    asked = frozenset({Aggregation.PUBLIC_PRIVATE})
    found = rank(
        table,
        Facts.of(known),
        Question(scopes=scopes, aggregations=asked, sort_by=("mean_public",)),
    )
    assert (found.policy, found.primary) == (Policy.STRICT, "mean_public")
    assert found.counted_tasks == found.tasks == ("T1", "T2", "T3")
    means = {name: values.tolist() for name, values in found.means.items()}
    assert means == {
        "mean_task": [pytest.approx(1.75 / 3), 0.25],
        "mean_task_type": [0.5, 0.1875],
        "mean_public": [0.75, 0.375],
        "mean_private": [0.25, 0.0],
    }
    assert (found.rank.tolist(), found.borda.tolist()) == ([1, 2], [1, 2])
    types = Question(scopes=scopes, aggregations=frozenset({Aggregation.TASK_TYPES}))
    assert rank(table, Facts.of(known), types).primary is None


def test_rows_without_the_mean_that_orders_come_last(tmp_path: Path) -> None:
    scores = {
        "org/a": {"T1": 0.1},
        "org/b": {"T1": 0.1, "T2": 0.1},
        "org/c": {"T2": 0.9},
        "org/d": {"T1": 0.5, "T2": 0.5},
    }
    table = table_of(tmp_path, scores)
    scopes = catalog().benchmarks[0].scopes
    found = rank(table, Facts.of(catalog()), Question(scopes=scopes, sort_by=("mean_task",)))
    assert [table.variants[v].model[-1] for v in found.variants] == ["d", "b", "a", "c"]
    assert found.rank.tolist() == [1, 2, 3, 4]
    assert sorted(found.borda.tolist()) != found.borda.tolist()


def test_zero_shot_is_rounded_down_and_may_be_unknown(tmp_path: Path) -> None:
    seen = [
        Model(name="org/a", seen_tasks=("T1",)),
        Model(name="org/b"),
        Model(name="org/c", seen_tasks=()),
    ]
    tasks = [task(name) for name in ("T1", "T2", "T3")]
    known = catalog(tasks, models=seen)
    table = table_of(tmp_path, {m: {"T1": 1, "T2": 1, "T3": 1} for m in known.model_by_name}, known)
    found = rank(table, Facts.of(known), Question(scopes=known.benchmarks[0].scopes))
    assert found.zero_shot.tolist() == [66, -1, 100]


def test_only_some_models_are_ranked_as_if_no_other_had_run(tmp_path: Path) -> None:
    scores = {"org/a": {"T1": 0.9}, "org/b": {"T1": 0.5}}
    table = table_of(tmp_path, scores)
    question = Question(scopes=(scope(task("T1")),), models=frozenset({"org/b"}))
    found = rank(table, Facts.of(catalog()), question)
    assert [table.variants[v].model for v in found.variants] == ["org/b"]
    assert found.rank.tolist() == [1]


def test_languages_average_every_score_in_them(tmp_path: Path) -> None:
    content = result("T1", {"test": {"en": 0.2, "x": 0.4}}, languages=["eng-Latn", "deu-Latn"])
    write(tmp_path, "org__a/r1/T1.json", content)
    known = catalog([task("T1", subsets={"en": ("eng-Latn",), "x": ("deu-Latn",)})])
    table = ingest(tmp_path, known, workers=1).table
    found = language_scores(table, Question(scopes=known.benchmarks[0].scopes))
    assert found.row(0) == {"deu-Latn": pytest.approx(0.3), "eng-Latn": pytest.approx(0.3)}


def test_models_run_on_everything_are_counted(tmp_path: Path) -> None:
    known = catalog([task("T1", splits=("test", "dev")), task("T2")])
    write(tmp_path, "org__a/r1/T1.json", result("T1", {"test": {"default": 1}}))
    write(tmp_path, "org__a/r1/T2.json", result("T2", 1))
    both = {"test": {"default": 1}, "dev": {"default": 1}}
    write(tmp_path, "org__b/r1/T1.json", result("T1", both))
    table = ingest(tmp_path, known, workers=1).table
    assert models_with_every_cell(table, known) == {"T1": 1, "T2": 1}
    bench: Benchmark = known.benchmarks[0]
    assert models_with_every_task(score(table, Question.of(bench)), 2) == 1
