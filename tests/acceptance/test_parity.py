"""The old board, whole, beside a snapshot of the real results."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from frontrunner.checks.gates import Outcome
from frontrunner.checks.parity.match import Matcher, load_aliases
from frontrunner.checks.parity.moved import keep_moved, read_moved
from frontrunner.checks.parity.report import Report, unexplained, verdict_counts
from frontrunner.checks.parity.run import Asked, compare_boards
from frontrunner.checks.parity.verdicts import Cause, Confidence, Verdict
from frontrunner.checks.parity.write import write_report
from frontrunner.legacy.files.markup import Anchor
from frontrunner.legacy.files.tree import Tree, read_tree, write_tree
from frontrunner.snapshot.reader import Snapshot

pytestmark = pytest.mark.acceptance
TRICKY = Path(__file__).with_name("tricky.tsv")


@pytest.fixture(scope="module")
def report(old_board: Path, real_snapshot: Snapshot, real_results: Path) -> Report:
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


def test_no_two_old_models_become_one(report: Report) -> None:
    """Only rows of one model under two links may meet, and each of those is an alias."""
    meet = Counter(row.model for row in report.rows if row.model)
    for row in report.rows:
        if row.model and meet[row.model] > 1:
            alike = [one.name for one in report.rows if one.model == row.model]
            same = {name.rsplit("/", 1)[-1].lower() for name in alike}
            assert len(same) == 1, (row.model, same)


def test_every_number_of_a_matched_model_ends_in_a_verdict(report: Report) -> None:
    counts = verdict_counts(report.cells)
    assert sum(counts.values()) == len(report.cells) > 35_000
    assert counts.keys() <= {Verdict.EQUAL, Verdict.DIFFERS, Verdict.ABSENT}
    assert all(row.reason for row in report.rows)


def test_differences_have_causes_and_false_ones_have_not(report: Report) -> None:
    differs = verdict_counts(report.cells)[Verdict.DIFFERS]
    assert len(unexplained(report.cells)) / differs <= 0.02
    rates = {one.kind: one.rate for one in report.honesty}
    assert rates["equal"] is not None
    assert rates["equal"] <= 0.01
    assert rates["differing, by number"] is not None
    assert rates["differing, by number"] <= 0.01


def test_certain_means_that_the_number_was_found(report: Report) -> None:
    for cell in report.cells:
        why = cell.same_split.why
        if why and why.confidence is Confidence.CERTAIN:
            assert why.evidence
        if why and why.cause is Cause.RERUN:
            assert why.confidence is Confidence.LIKELY


def test_gates_are_judged(report: Report, tmp_path: Path) -> None:
    assert {one.gate.name: one.outcome for one in report.gates} == {
        "cells-with-a-verdict": Outcome.PASSED,
        "equal-cells": Outcome.PASSED,
        "unexplained-differences": Outcome.PASSED,
        "false-explanations": Outcome.PASSED,
        "rank-agreement": Outcome.PASSED,
        "models-with-a-reason": Outcome.PASSED,
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
    report: Report, old_board: Path, real_snapshot: Snapshot, tmp_path: Path
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
