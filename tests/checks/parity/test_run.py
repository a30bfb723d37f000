"""A whole comparison of two boards small enough to work out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from frontrunner.catalog import Model
from frontrunner.checks.parity.compared import (
    Cause,
    CellOutcome,
    ComparedCell,
    Confidence,
)
from frontrunner.checks.parity.fates import read_moved
from frontrunner.checks.parity.parity_report import ParityReport
from frontrunner.checks.parity.report_files import write_report
from frontrunner.checks.parity.run import Asked, compare_boards
from frontrunner.cli import load_commands
from frontrunner.cli.app import app
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.reader import Snapshot
from tests.checks.parity.repository import commit, git
from tests.factories import catalog, result, snapshot_of, task, write
from tests.legacy.factory import row, write_board


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    write(folder, "org__a/main/T1.json", result("T1", {"test": {"default": 0.81234}}))
    write(folder, "org__a/older/T1.json", result("T1", {"test": {"default": 0.5}}, "1.0"))
    write(folder, "org__a/main/T2.json", result("T2", {"test": {"default": 0.4}}))
    write(folder, "org__b/main/T1.json", result("T1", {"test": {"default": 0.7}}))
    return folder


@pytest.fixture
def snapshot(tmp_path: Path, results: Path) -> Snapshot:
    known = catalog(
        [task("T1"), task("T2", type="Retrieval")],
        models=[Model(name="org/a", revision="main"), Model(name="org/b", revision="main")],
    )
    return snapshot_of(tmp_path / "home", ingest(results, known, workers=1))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    sts = [
        row("a", {"T1": 50.0}),
        row("b", {"T1": 70.0}),
        row("<b>evil</b>", {"T1": 1.0}),
        row("a-256", {"T1": 3.0}, link="https://huggingface.co/org/a"),
    ]
    retrieval = [row("a", {"T2": 40.0}), row("b", {"T2": ""})]
    return write_board(
        tmp_path / "old",
        {"en": [row("a", {"Average (2 datasets)": 60.0})], "en/STS": sts, "en/Retrieval": retrieval,
         "no/STS": [row("a", {"T1": 81.23})]},
    )  # fmt: skip


def cell(report: ParityReport, name: str, column: str, board: str = "en") -> ComparedCell:
    [found] = [c for c in report.cells if (c.name, c.column, c.board) == (name, column, board)]
    return found


def test_each_number_is_accounted_for(old: Path, snapshot: Snapshot, results: Path) -> None:
    report = compare_boards(Asked(old, snapshot, results))
    assert cell(report, "b", "T1").same_split.outcome is CellOutcome.EQUAL
    assert cell(report, "a", "T2").same_split.outcome is CellOutcome.EQUAL
    assert cell(report, "a", "T1", "no").same_split.outcome is CellOutcome.EQUAL
    moved = cell(report, "a", "T1").same_split
    assert moved.outcome is CellOutcome.DIFFERS
    assert moved.value == pytest.approx(81.234)
    assert moved.why is not None
    assert moved.why.cause is Cause.OTHER_RUN
    assert "org__a/older/T1.json" in moved.why.evidence
    fates = {fate.name: fate for fate in report.rows}
    assert fates["a"].model == "org/a"
    assert fates["a-256"].model is None
    assert fates["a-256"].how == "variant"


def test_without_the_files_a_difference_stays_unexplained(old: Path, snapshot: Snapshot) -> None:
    report = compare_boards(Asked(old, snapshot))
    why = cell(report, "a", "T1").same_split.why
    assert why is not None
    assert why.cause is Cause.UNEXPLAINED


@pytest.mark.parametrize("where", ["org__a/main/T1.json", "org__a/external/T1.json"])
def test_a_number_of_an_earlier_version_names_the_commit_that_took_it_away(
    old: Path, snapshot: Snapshot, results: Path, where: str
) -> None:
    """The old number stood in the file before, or in one that is gone."""
    today = {path: path.read_text() for path in results.rglob("*.json")}
    (results / "org__a/older/T1.json").unlink()
    write(results, where, result("T1", {"test": {"default": 0.5}}))
    commit(results)
    (results / where).unlink()
    for path, text in today.items():
        path.write_text(text)
    (results / "org__a/older/T1.json").unlink()
    last = commit(results)
    report = compare_boards(Asked(old, snapshot, results))
    why = cell(report, "a", "T1").same_split.why
    assert why is not None
    assert why.cause is Cause.OTHER_RUN
    assert f"{where} until commit {last[:10]}" in why.evidence


def test_a_bare_repository_is_a_source_with_a_history(
    old: Path, snapshot: Snapshot, results: Path, tmp_path: Path
) -> None:
    last = commit(results)
    (results / "org__a/older/T1.json").unlink()
    gone = commit(results)
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(results), str(bare))
    report = compare_boards(Asked(old, snapshot, bare))
    assert report.history
    why = cell(report, "a", "T1").same_split.why
    assert why is not None
    assert why.cause is Cause.OTHER_RUN
    assert f"until commit {gone[:10]}" in why.evidence
    assert gone != last


def test_without_a_history_no_absence_is_certain_of_the_past(
    old: Path, snapshot: Snapshot, results: Path
) -> None:
    missing = row("b", {"T2": 12.0})
    write_board(old, {"en/Retrieval": [missing]})
    outcomes = []
    for with_history in (False, True):
        if with_history:
            commit(results)
        report = compare_boards(Asked(old, snapshot, results))
        assert report.history is with_history
        why = cell(report, "b", "T2").same_split.why
        assert why is not None
        outcomes.append((why.cause, why.confidence))
    assert outcomes == [
        (Cause.NOT_FILED, Confidence.INFERRED),
        (Cause.NEVER_FILED, Confidence.CERTAIN),
    ]


def test_the_report_is_written_and_shows_names_as_text(
    old: Path, snapshot: Snapshot, results: Path, tmp_path: Path
) -> None:
    report = compare_boards(Asked(old, snapshot, results))
    page, markdown, data, cells = write_report(report, tmp_path / "out")
    assert "<b>evil</b>" not in page.read_text(encoding="utf-8")
    assert "<b>evil" not in markdown.read_text(encoding="utf-8")
    whole = json.loads(data.read_bytes())
    frame = pl.read_parquet(cells)
    assert whole["compared"] == len(report.cells) == frame.height
    assert frame.filter(same_cause="other-run")["name"].to_list() == ["a"]
    assert frame.filter(pl.col("same_outcome") == "equal").height == whole["outcomes"]["equal"]


def run(*words: str) -> Any:
    load_commands(["parity"])
    return CliRunner().invoke(app, ["parity", *words])


def test_the_command_ends_with_the_gates_verdict(
    old: Path, snapshot: Snapshot, results: Path, tmp_path: Path
) -> None:
    home, out = str(snapshot.folder.parent.parent), str(tmp_path / "out")
    words = ["--legacy", str(old), "--home", home, "--results", str(results), "--out", out]
    asked = run(*words, "--json")
    assert asked.exit_code == 1  # too little to go by is no pass
    assert {one["verdict"] for one in json.loads(asked.stdout)["gates"]} >= {"inconclusive"}
    assert not (Path(home) / "moved.json").exists()
    gates = tmp_path / "gates.toml"
    gates.write_text(
        '[[gate]]\nname = "reasons"\nmeasure = "reasoned_rows_share"\nat_least = 1.0\n'
        'minimum_sample = 1\nreason = "r"\n'
    )
    assert run(*words, "--gates", str(gates), "--publish").exit_code == 0
    kept = read_moved(Path(home))
    assert kept is not None
    assert {row.name for row in kept.rows} == {"a", "b", "a-256", "<b>evil</b>"}
