"""The old board, whole, beside a snapshot of the real results."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontrunner.checks.gates import Verdict
from frontrunner.checks.parity.compared import Cause, CellOutcome, ComparedCell, Confidence
from frontrunner.checks.parity.fates import keep_moved, read_moved
from frontrunner.checks.parity.matching import Matcher, load_aliases
from frontrunner.checks.parity.parity_report import (
    ParityReport,
    explained,
    inferred,
    outcome_counts,
    unexplained,
)
from frontrunner.checks.parity.report_files import write_report
from frontrunner.checks.parity.run import Asked, compare_boards
from frontrunner.legacy.files.markup import Anchor
from frontrunner.legacy.files.tree import Tree, read_tree, write_tree
from frontrunner.snapshot.reader import Snapshot
from tests.acceptance.conftest import shared
from tests.checks.parity.repository import commit, git

pytestmark = pytest.mark.acceptance
TRICKY = Path(__file__).with_name("tricky.tsv")


def linked(file: str, place: str) -> None:
    """A second name for a file, instead of what has it now: copies of all take two gigabytes."""
    Path(place).unlink(missing_ok=True)
    os.link(file, place)


@pytest.fixture(scope="module")
def history(real_results: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The history of the public results, with the real results as its last commit."""
    folder = tmp_path_factory.mktemp("history") / "repository"
    bundle = shared("data/results-history.bundle")
    git(folder.parent, "clone", "--quiet", "--branch", "main", str(bundle), str(folder))
    results = folder / "results"
    shutil.copytree(real_results / "results", results, copy_function=linked, dirs_exist_ok=True)
    git(folder, "config", "core.looseCompression", "0")
    commit(folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def report(old_board: Path, real_snapshot: Snapshot, history: Path) -> ParityReport:
    """With the history of the results."""
    return compare_boards(Asked(old_board, real_snapshot, history))


@pytest.fixture(scope="module")
def bare_report(old_board: Path, real_snapshot: Snapshot, real_results: Path) -> ParityReport:
    """Without the history of the results."""
    return compare_boards(Asked(old_board, real_snapshot, real_results))


def tricky() -> list[tuple[str, str, str, str]]:
    """Name, link, model (empty for none) and how it is found out."""
    lines = TRICKY.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(name, link, model, how) for name, link, model, how in rows]


def test_no_false_merges(old_board: Path, real_snapshot: Snapshot) -> None:
    matcher = Matcher(real_snapshot.catalog, read_tree(old_board).model_meta, load_aliases())
    assert len(tricky()) >= 60
    for name, link, model, how in tricky():
        found = matcher.match(Anchor(name, link or None))
        assert (found.model or "", found.how) == (model, how), name


def test_no_two_old_models_become_one(report: ParityReport) -> None:
    """Only rows of one model under two links may meet, and each of those is an alias."""
    meet = Counter(row.model for row in report.rows if row.model)
    for row in report.rows:
        if row.model and meet[row.model] > 1:
            alike = [one.name for one in report.rows if one.model == row.model]
            same = {name.rsplit("/", 1)[-1].lower() for name in alike}
            assert len(same) == 1, (row.model, same)


def test_every_number_of_a_matched_model_ends_in_a_verdict(report: ParityReport) -> None:
    counts = outcome_counts(report.cells)
    assert sum(counts.values()) == len(report.cells) > 35_000
    assert counts.keys() <= {CellOutcome.EQUAL, CellOutcome.DIFFERS, CellOutcome.ABSENT}
    assert all(row.reason for row in report.rows)


def _differing(report: ParityReport) -> int:
    return outcome_counts(report.cells)[CellOutcome.DIFFERS]


def test_with_the_history_a_result_file_has_nearly_every_old_number(report: ParityReport) -> None:
    """1.04% have none: 18 of 34 are in the file of imported results and nowhere else."""
    left = _differing(report) - len(explained(report.cells))
    assert left / _differing(report) <= 0.011
    only_imported = [
        cell
        for cell in inferred(report.cells)
        if cell.same_split.why and cell.same_split.why.cause is Cause.IMPORTED
    ]
    assert (left - len(only_imported)) / _differing(report) <= 0.005
    assert len(unexplained(report.cells)) / _differing(report) <= 0.002


def test_few_false_numbers_are_explained(report: ParityReport, bare_report: ParityReport) -> None:
    for one in (*report.honesty, *bare_report.honesty):
        assert one.decoys > 10_000
        assert one.rate is not None
        assert one.rate <= 0.002, one


def test_without_a_history_inferences_are_told_apart(bare_report: ParityReport) -> None:
    causes = (Cause.IMPORTED, Cause.RERUN, Cause.ROUNDING, Cause.PARTS, Cause.NOT_FILED)
    for cell in bare_report.cells:
        why = cell.same_split.why
        if why and why.cause in causes:
            assert why.confidence is Confidence.INFERRED, cell
        assert not why or why.cause is not Cause.NEVER_FILED
    assert len(inferred(bare_report.cells)) > 2_000
    verdicts = {one.gate.name: one.verdict for one in bare_report.gates}
    assert verdicts["unexplained-differences"] is Verdict.FAILED


def test_the_history_corrects_what_looked_like_rounding_or_parts(
    report: ParityReport, bare_report: ParityReport
) -> None:
    """With a history nearly every such number is in a run that was removed."""
    truth = {_key(cell): cell.same_split.why for cell in report.cells}
    for cause, most in ((Cause.ROUNDING, 10), (Cause.PARTS, 2)):
        guessed = [
            cell
            for cell in bare_report.cells
            if cell.same_split.why and cell.same_split.why.cause is cause
        ]
        still = [cell for cell in guessed if (why := truth[_key(cell)]) and why.cause is cause]
        assert guessed
        assert len(still) <= most, cause


def _key(cell: ComparedCell) -> tuple[str, str, int, str]:
    return cell.board, cell.kind, cell.row, cell.column


def test_certain_means_that_a_file_or_a_fact_says_so(report: ParityReport) -> None:
    for cell in report.cells:
        why = cell.same_split.why
        if why and why.confidence is Confidence.CERTAIN:
            assert why.evidence
            assert why.cause not in (Cause.IMPORTED, Cause.RERUN, Cause.ROUNDING)


def test_a_successor_is_named_only_if_the_benchmark_uses_it(
    report: ParityReport, real_snapshot: Snapshot
) -> None:
    known = real_snapshot.catalog.benchmark_by_name
    replaced = left_out = 0
    for cell in report.cells:
        why = cell.on_board.why
        if why and cell.benchmark and why.cause in (Cause.REPLACED_TASK, Cause.LEFT_OUT):
            uses = {scope.task for scope in known[cell.benchmark].scopes}
            assert cell.task not in uses
            replaced += why.cause is Cause.REPLACED_TASK
            left_out += why.cause is Cause.LEFT_OUT
            if why.cause is Cause.REPLACED_TASK:
                assert why.evidence.removeprefix(f"{cell.benchmark} uses ").split()[0] in uses
    assert replaced + left_out > 800


def test_models_whose_results_were_removed_say_so(report: ParityReport) -> None:
    removed = [row for row in report.rows if row.removed]
    assert len(removed) >= 224
    for row in removed:
        assert row.removed
        assert row.reason.endswith(row.removed)
        assert "were removed by commit" in row.reason
        assert row.model is None


def test_the_rank_gate_names_the_boards_that_it_cannot_judge(report: ParityReport) -> None:
    [gate] = [one for one in report.gates if one.gate.measure == "worst_spearman"]
    assert "zh (5 models)" in gate.unjudged
    assert len(gate.unjudged) + gate.sample == len(report.boards)


def test_gates_are_judged(report: ParityReport, tmp_path: Path) -> None:
    assert {one.gate.name: one.verdict for one in report.gates} == {
        "cells-with-an-outcome": Verdict.PASSED,
        "equal-cells": Verdict.PASSED,
        "unexplained-differences": Verdict.PASSED,
        "false-explanations": Verdict.PASSED,
        "rank-agreement": Verdict.PASSED,
        "models-with-a-reason": Verdict.PASSED,
    }
    for path in write_report(report, tmp_path / "out"):
        assert path.stat().st_size > 10_000


def _without_overall(tree: Tree) -> list[str]:
    return [name for name, facts in tree.config["boards"].items() if not facts.get("has_overall")]


def test_the_old_tree_comes_back_as_it_was(old_board: Path, tmp_path: Path) -> None:
    tree = read_tree(old_board)
    write_tree(tree, tmp_path / "copy")
    inexact = {"config.yaml", "model_meta.yaml"}  # equal in content, as asked below
    files = {str(one.relative_to(old_board)) for one in old_board.rglob("*.*") if one.is_file()}
    written = {one for one in files if not one.startswith(".")} - inexact
    assert len(written) == 57 + len(_without_overall(tree)) + 1
    for name in written:
        copied = (tmp_path / "copy" / name).read_bytes()
        assert copied == (old_board / name).read_bytes(), name
    again = read_tree(tmp_path / "copy")
    assert again.config == tree.config
    assert again.model_meta == tree.model_meta
    assert again.external == tree.external


def test_every_old_row_is_answered(
    report: ParityReport, old_board: Path, real_snapshot: Snapshot, tmp_path: Path
) -> None:
    """Read back from what is published, each row of each table finds its model's answer."""
    keep_moved(report.snapshot, report.rows, tmp_path)
    moved = read_moved(tmp_path)
    assert moved is not None
    answers = {(row.name, row.link): row for row in moved.rows}
    for table in read_tree(old_board).tables:
        for anchor in table.anchors:
            row = answers[anchor.name, anchor.link]
            assert row.reason
            assert row.model is None or row.model in real_snapshot.catalog.model_by_name
