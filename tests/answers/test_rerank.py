"""`/v1/rank` keeps the rule of the benchmark that it ranks."""

from __future__ import annotations

import msgspec
import pytest

from frontrunner.answers import rank_schemas, schemas
from frontrunner.answers.bodies import Bodies
from frontrunner.answers.filters import RankRequest
from frontrunner.answers.rerank import answer
from frontrunner.answers.service import Service
from frontrunner.base.errors import UsageError
from frontrunner.catalog import Aggregation, Benchmark
from frontrunner.results.ingest import ingest
from tests.factories import catalog, result, scope, snapshot_of, task, write

TASKS = [
    task("T1"),
    task("T2", type="Retrieval"),
    task("Hidden", public=False),
    task("Two", subsets={"en": ("eng-Latn",), "de": ("deu-Latn",)}),
]
SCORES = {
    "org/a": {"T1": 0.9, "T2": 0.1, "Hidden": 0.1},
    "org/b": {"T1": 0.5, "T2": 0.4, "Hidden": 0.9},
    "org/c": {"T2": 0.95},
}
TASK, TYPE, SUBSET = Aggregation.MEAN_TASK, Aggregation.MEAN_TASK_TYPE, Aggregation.MEAN_SUBSET


def bench(name: str, tasks: int, **rule: object) -> Benchmark:
    scopes = tuple(scope(one) for one in TASKS[:tasks])
    return Benchmark(name=name, display_name=name, scopes=scopes, **rule)  # type: ignore[arg-type]


KNOWN = catalog(
    TASKS,
    models=sorted(SCORES),
    benchmarks=[
        bench("Public", 3, public_only=True, aggregations=(TASK,)),
        bench("Sorted", 2, sort_by=("mean_task",), aggregations=(TASK,)),
        bench("Subsets", 4, aggregations=(SUBSET,)),
        bench("Plain", 2),
    ],
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    root = tmp_path_factory.mktemp("rerank")
    for model, scores in SCORES.items():
        for name, value in scores.items():
            path = f"{model.replace('/', '__')}/r1/{name}.json"
            write(root / "results", path, result(name, value))
    two = result("Two", {"test": {"en": 0.2, "de": 0.4}})
    write(root / "results", "org__a/r1/Two.json", two)
    read = ingest(root / "results", KNOWN, workers=1)
    return Service(snapshot_of(root / "home", read))


def ranks(found: rank_schemas.Ranking) -> list[tuple[int, str]]:
    return [(row.rank, row.model) for row in found.rows]


def test_tasks_that_do_not_count_on_the_board_do_not_count(service: Service) -> None:
    found = answer(service, RankRequest(benchmark="Public"))
    assert found.tasks == ["T1", "T2", "Hidden"]
    assert found.counted_tasks == ["T1", "T2"]
    assert {row.model: row.mean_task for row in found.rows}["org/a"] == pytest.approx(0.5)
    assert found.ordered_by == ["borda_rank", "mean_task"]
    every = answer(service, RankRequest(tasks=("T1", "T2", "Hidden")))
    assert every.counted_tasks == every.tasks
    assert {row.model: row.mean_task for row in every.rows}["org/a"] == pytest.approx(1.1 / 3)


def test_rows_are_ordered_as_on_the_board(service: Service) -> None:
    found = answer(service, RankRequest(benchmark="Sorted"))
    assert found.ordered_by == ["mean_task"]
    assert ranks(found) == [(1, "org/a"), (2, "org/b"), (3, "org/c")]
    lenient = answer(service, RankRequest(benchmark="Sorted", policy="lenient"))
    assert ranks(lenient) == [(1, "org/c"), (2, "org/a"), (3, "org/b")]


def test_a_mean_may_be_shown_that_does_not_order(service: Service) -> None:
    found = answer(service, RankRequest(benchmark="Sorted", policy="shown-lenient"))
    assert ranks(found) == [(1, "org/a"), (2, "org/b"), (3, "org/c")]
    assert found.rows[2].mean_task == 0.95
    assert found.policy == "shown-lenient"


@pytest.mark.parametrize("name", ["Public", "Sorted", "Subsets", "Plain"])
def test_nothing_narrowed_is_the_board(service: Service, name: str) -> None:
    board = msgspec.json.decode(Bodies(service).scores(name, ()).identity)
    found = answer(service, RankRequest(benchmark=name))
    expected = [(row["rank"], row["model"]["name"]) for row in board["rows"]]
    assert ranks(found) == expected
    mean = "mean_subset" if name == "Subsets" else "mean_task"
    assert [getattr(row, mean) for row in found.rows] == [r["meanTask"] for r in board["rows"]]


def test_subsets_weigh_alike_where_the_board_says_so(service: Service) -> None:
    found = answer(service, RankRequest(benchmark="Subsets"))
    means = {row.model: row.mean_subset for row in found.rows}
    assert means["org/a"] == pytest.approx((0.9 + 0.1 + 0.1 + 0.2 + 0.4) / 5)
    assert found.ordered_by == ["mean_subset", "mean_task"]
    assert answer(service, RankRequest(benchmark="Plain")).rows[0].mean_subset is None


def test_weights_count_in_means_and_points(service: Service) -> None:
    plain = answer(service, RankRequest(benchmark="Plain"))
    assert plain.weights == {}
    assert [row.model for row in plain.rows] == ["org/a", "org/b", "org/c"]
    found = answer(service, RankRequest(benchmark="Plain", weights=("Retrieval:3", "T1:0.5")))
    assert found.weights == {"Retrieval": 3.0, "T1": 0.5}
    # Points on T1: a 2, b 1; on T2: c 2, b 1, a 0. T2 counts six times as much.
    assert ranks(found) == [(1, "org/c"), (2, "org/b"), (3, "org/a")]
    means = {row.model: row.mean_task for row in found.rows}
    assert means["org/a"] == pytest.approx((0.9 + 6 * 0.1) / 7)
    assert means["org/c"] is None
    by_types = {row.model: row.mean_task_type for row in found.rows}
    assert by_types["org/a"] == pytest.approx((0.9 + 3 * 0.1) / 4)


def test_a_mean_over_some_tasks_is_weighted_too(service: Service) -> None:
    found = answer(service, RankRequest(benchmark="Public", weights=("T2:4",)))
    completed = {row.model: row.completed for row in found.rows}["org/c"]
    assert isinstance(completed, schemas.Completed)
    assert completed.mean_task == pytest.approx(0.95)
    assert {row.model: row.mean_task for row in found.rows}["org/a"] == pytest.approx(1.3 / 5)
    assert found.counted_tasks == ["T1", "T2"]


def test_a_weight_of_nothing_leaves_a_task_out(service: Service) -> None:
    without = answer(service, RankRequest(benchmark="Plain", tasks=("T2",)))
    for weights in (("T1:0",), ("T1:0", "T2:7"), ("STS:0.00",)):
        found = answer(service, RankRequest(benchmark="Plain", weights=weights))
        assert (found.tasks, found.rows) == (["T2"], without.rows)


def test_a_weight_of_what_is_narrowed_away_is_kept(service: Service) -> None:
    request = RankRequest(benchmark="Plain", types=("Retrieval",), weights=("T1:3",))
    assert answer(service, request).tasks == ["T2"]


@pytest.mark.parametrize(
    ("weight", "why"),
    [
        ("Retreival:3", "'Retrieval'"),
        ("Two:3", "no task or type"),
        ("T1", "is not a weight"),
        ("T1:-1", "is not a weight"),
        ("T1:nan", "is not a weight"),
        ("T1:101", "from 0 to 100"),
        ("T1:0.125", "two decimals"),
    ],
)
def test_what_is_no_weight_is_told(service: Service, weight: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        answer(service, RankRequest(benchmark="Plain", weights=(weight,)))


def test_something_must_weigh_something(service: Service) -> None:
    with pytest.raises(UsageError, match="Every task weighs 0"):
        answer(service, RankRequest(benchmark="Plain", weights=("STS:0", "Retrieval:0")))


def test_a_policy_that_does_not_exist_is_told(service: Service) -> None:
    with pytest.raises(UsageError, match="'strict', 'lenient' or 'shown-lenient'"):
        answer(service, RankRequest(benchmark="Plain", policy="kind"))


def test_a_language_without_results_narrows_a_board_to_nothing(service: Service) -> None:
    narrowed = msgspec.json.decode(Bodies(service).scores("Plain", ["zho"]).identity)
    assert narrowed["rows"] == []
    assert len(msgspec.json.decode(Bodies(service).scores("Plain", ["eng"]).identity)["rows"]) == 3
    spelled = Bodies(service).scores("Plain", ["English", "eng-Latn"])
    assert spelled.identity == Bodies(service).scores("Plain", ["eng"]).identity
