"""Old tables beside the succeeding benchmark, on boards with enough models to have ranks."""

from __future__ import annotations

import pytest

from frontrunner.catalog import Benchmark, Catalog, Model
from frontrunner.checks.parity.board_values import BoardValues
from frontrunner.checks.parity.compared import Cause, CellOutcome, ComparedCell
from frontrunner.checks.parity.parity_report import (
    BoardSummary,
    ParityReport,
    board_causes,
    board_counts,
    cause_counts,
    largest_moves,
)
from frontrunner.checks.parity.run import Asked, compare_boards
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.reader import Snapshot
from tests.factories import catalog, result, scope, snapshot_of, task, write
from tests.legacy.factory import row, write_board

MODELS = 16
ENGLISH = "MTEB(eng, v1)"
T1 = task("T1", splits=("dev", "test"))
T2 = task("T2", type="Retrieval", simplified_type="retrieval")
T4 = task("T4")


def first(n: int) -> float:
    """The score of a model on the test split of T1."""
    return 0.2 + n / 100


def known() -> Catalog:
    models = [Model(name=f"org/m{n}", revision="main") for n in range(MODELS)]
    scopes = (scope(T1), scope(T2))
    english = Benchmark(name=ENGLISH, display_name="English", scopes=scopes, on_menu=True)
    return catalog([T1, T2, T4], models=models, benchmarks=[english])


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("real")
    for n in range(MODELS):
        both = {"dev": {"default": 0.1}, "test": {"default": first(n)}}
        write(folder / "results", f"org__m{n}/main/T1.json", result("T1", both))
        second = 0.9 if n == 0 else 0.5 + n / 100
        write(folder / "results", f"org__m{n}/main/T2.json", result("T2", second))
        write(folder / "results", f"org__m{n}/main/T4.json", result("T4", 0.3))
    return snapshot_of(folder / "home", ingest(folder / "results", known(), workers=1))


@pytest.fixture(scope="module")
def report(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> ParityReport:
    numbers = range(MODELS)
    sts = [row(f"m{n}", {"T1": round(first(n) * 100, 2), "T4": 30.0}) for n in numbers]
    retrieval = [row(f"m{n}", {"T2": 50.0 + n}) for n in range(12)]
    overall = [row(f"m{n}", {"Average (2 datasets)": 40.0 + n}) for n in numbers]
    tables = {
        "en": [*overall, row("m3", {"Average (2 datasets)": 99.0})],  # the first of two rows counts
        "en/STS": [*sts, row("stranger", {"T1": 1.0})],
        "en/Retrieval": retrieval,
    }
    old = write_board(tmp_path_factory.mktemp("old"), tables)
    return compare_boards(Asked(old, snapshot))


def board(report: ParityReport, kind: str) -> BoardSummary:
    [found] = [one for one in report.boards if one.kind == kind]
    return found


def cell(report: ParityReport, name: str, column: str) -> ComparedCell:
    [found] = [one for one in report.cells if (one.name, one.column) == (name, column)]
    return found


def test_the_values_of_a_benchmark(snapshot: Snapshot) -> None:
    values = BoardValues(snapshot)
    assert values.knows(ENGLISH)
    assert not values.knows("Other")
    assert values.scope(ENGLISH, "T1") == scope(T1)
    assert values.scope(ENGLISH, "T4") is None
    assert values.value(ENGLISH, "org/m1", "T1") == pytest.approx(100 * (0.1 + first(1)) / 2)
    assert values.value(ENGLISH, "org/m0", "T2") == pytest.approx(90.0)
    assert values.value(ENGLISH, "org/m1", "T4") is None
    assert values.board(ENGLISH) is values.board(ENGLISH)
    standings = values.standings(ENGLISH)
    assert len(standings) == MODELS
    mean = 100 * ((0.1 + first(15)) / 2 + 0.65) / 2
    assert standings["org/m15"].rank == 1
    assert standings["org/m15"].mean == pytest.approx(mean)


def test_an_overall_table_is_compared_with_the_benchmarks_own_means(report: ParityReport) -> None:
    overall = board(report, "")
    assert (overall.title, overall.benchmark) == ("en", ENGLISH)
    assert (overall.rows, overall.matched_rows) == (MODELS + 1, MODELS + 1)
    assert overall.note == f"against {ENGLISH}'s own mean and Borda rank"
    for agreement in (overall.against_mean, overall.against_borda):
        assert agreement is not None
        assert agreement.models == MODELS
    # All in order but m0, which rises from the last place to the one that its mean gives it.
    assert overall.against_mean is not None
    [furthest, *_] = overall.against_mean.moves
    assert (furthest.model, furthest.before) == ("org/m0", MODELS)
    assert overall.against_borda is not None
    assert overall.against_borda.spearman == pytest.approx(overall.against_mean.spearman, abs=0.35)
    assert overall.against_borda.spearman is not None
    assert overall.against_borda.spearman > 0.5


def test_a_table_of_tasks_is_compared_by_its_columns(report: ParityReport) -> None:
    sts = board(report, "STS")
    assert (sts.title, sts.rows, sts.matched_rows) == ("en STS", MODELS + 1, MODELS)
    assert sts.same_split == {"equal": 2 * MODELS}
    assert sts.on_board == {"differs": MODELS, "absent": MODELS}
    assert sts.against_mean is not None
    assert sts.against_mean.spearman == pytest.approx(1)
    assert sts.against_borda is None
    assert sts.note == "means over the columns that exist today, on both sides"
    assert sts.reason


def test_a_table_with_few_models_is_not_judged(report: ParityReport) -> None:
    retrieval = board(report, "Retrieval")
    assert retrieval.against_mean is not None
    assert (retrieval.against_mean.models, retrieval.against_mean.conclusive) == (12, False)
    [gate] = [one for one in report.gates if one.gate.measure == "worst_spearman"]
    assert gate.unjudged == ("en Retrieval (12 models)",)
    assert gate.sample == 2


def test_the_benchmarks_cells_have_reasons(report: ParityReport) -> None:
    averaged = cell(report, "m1", "T1").on_board
    assert averaged.outcome is CellOutcome.DIFFERS
    assert averaged.why is not None
    assert averaged.why.cause is Cause.AVERAGED
    left_out = cell(report, "m1", "T4").on_board
    assert left_out.why is not None
    assert left_out.why.cause is Cause.LEFT_OUT
    assert cell(report, "m1", "T2").on_board.outcome is CellOutcome.EQUAL
    assert board_causes(report.cells) == {"averaged": MODELS, "left-out": MODELS, "unexplained": 1}
    assert board_counts(report.cells) == {
        "equal": 11, "differs": MODELS + 1, "absent": MODELS,
    }  # fmt: skip
    assert cause_counts(report.cells, CellOutcome.DIFFERS) == {("unexplained", "none"): 1}


def test_the_largest_moves_come_first(report: ParityReport) -> None:
    assert [(one.model, one.column) for one in largest_moves(report.cells)] == [("org/m0", "T2")]
