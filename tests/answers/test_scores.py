"""Scores by task and by model."""

from __future__ import annotations

from pathlib import Path

import msgspec

from frontrunner.answers.rendered import RenderedSummary
from frontrunner.answers.scores import (
    BoardLine,
    BoardLines,
    board_lines,
    hosting_benchmarks,
    model_rows,
    task_cells,
    task_results,
)
from frontrunner.answers.service import Service
from frontrunner.catalog import Benchmark, Model
from frontrunner.results.ingest import ingest
from tests.factories import catalog, result, scope, small_snapshot, task, write

TWO = task("Two", subsets={"en": ("eng-Latn",), "de": ("deu-Latn",)}, splits=("dev", "test"))
KNOWN = catalog(
    [TWO], models=[Model(name="org/a", training_datasets=("Two",)), Model(name="org/b")]
)


def test_the_score_of_a_task_is_the_mean_of_the_best_splits(tmp_path: Path) -> None:
    whole = {"dev": {"en": 0.1, "de": 0.5}, "test": {"en": 0.3, "de": 0.2}}
    write(tmp_path, "org__a/r/Two.json", result("Two", whole))
    write(tmp_path, "org__b/r/Two.json", result("Two", {"test": {"en": 0.9}, "x": {"en": 1.0}}))
    table = ingest(tmp_path, KNOWN, workers=1).table
    found = task_results(KNOWN, table, TWO)
    assert found.subsets == ["de", "en"]
    assert found.splits == ["dev", "test"]
    first, second = found.rows
    assert (first.model, first.score, first.trained_on) == ("org/a", (0.3 + 0.5) / 2, True)
    assert (second.model, second.score, second.trained_on) == ("org/b", None, None)
    assert second.subset_scores == {"en": {"test": 0.9}}
    assert task_cells(table, task("nothing")) == {}


def test_the_hosts_of_a_task_are_in_the_catalogs_order() -> None:
    one, other = task("T1"), task("T2")
    boards = [
        Benchmark(name=name, display_name=name, scopes=tuple(map(scope, some)))
        for name, some in (("z", [one, other]), ("a", [one]))
    ]
    known = catalog([one, other], benchmarks=boards)
    assert hosting_benchmarks(known) == {"T1": ["z", "a"], "T2": ["z"]}


def test_of_a_model_with_experiments_the_ordinary_run_counts(tmp_path: Path) -> None:
    service = Service(small_snapshot(tmp_path))
    summary = service.boards.summary(service.find_benchmark("All"))
    ordinary = summary.rows[0]
    run = msgspec.structs.replace(ordinary, experiments={"k": 1}, rank=9)
    for rows in ([run, ordinary], [ordinary, run]):
        both: RenderedSummary = msgspec.structs.replace(summary, rows=rows)
        lines = board_lines(both, ["org/x", "org/x"], [{}, {}])
        assert lines.by_model["org/x"].rank == ordinary.rank
        assert lines.total == 2
    alone: RenderedSummary = msgspec.structs.replace(summary, rows=[run])
    assert board_lines(alone, ["org/x"], [{}]).by_model["org/x"].rank == 9


def test_a_model_has_its_best_rank_first() -> None:
    boards = []
    for name, rank in (("B1", 3), ("B2", 1), ("B3", 2)):
        line = BoardLine(rank, 0.5, None, rank * 10, {})
        bench = Benchmark(name=name, display_name=name.lower(), scopes=())
        boards.append((bench, BoardLines(name, [], 9, {"org/a": line})))
    found = model_rows("org/a", boards)
    assert [row.benchmark_name for row in found.rows] == ["B2", "B3", "B1"]
    assert found.zero_shot_pct == 30  # of the first board that has it
    assert model_rows("org/none", boards) == (-1, [])
