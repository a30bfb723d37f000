"""`frontrunner parity`: compare every number of the old board with today's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from frontrunner.base.config import load_settings
from frontrunner.checks.gates import GateResult, Verdict
from frontrunner.checks.parity.compared import CellOutcome
from frontrunner.checks.parity.fates import keep_moved
from frontrunner.checks.parity.parity_report import (
    ParityReport,
    explained,
    inferred,
    outcome_counts,
    unexplained,
)
from frontrunner.checks.parity.report_files import percent, summary, write_report
from frontrunner.checks.parity.run import Asked, compare_boards
from frontrunner.cli.app import app
from frontrunner.cli.options import Home, Json
from frontrunner.cli.output import print_json, stderr
from frontrunner.cli.progress import progress_bar
from frontrunner.snapshot.store import Store


@app.command()
def parity(
    legacy: Annotated[
        Path, typer.Option("--legacy", metavar="DIR", help="The old board's folder.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write the report.")],
    snapshot: Annotated[
        str | None,
        typer.Option("--snapshot", metavar="ID", help="A snapshot. [default: the current one]"),
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option(
            "--results",
            metavar="SOURCE",
            help="The snapshot's result files, preferably a git repository with its history: "
            "an old number is explained only if a result file has it.",
        ),
    ] = None,
    aliases: Annotated[
        Path | None,
        typer.Option("--aliases", metavar="FILE", help="More names of models, as TOML."),
    ] = None,
    gates: Annotated[
        Path | None, typer.Option("--gates", metavar="FILE", help="Your own limits, as TOML.")
    ] = None,
    publish: Annotated[
        bool,
        typer.Option("--publish", help="Publish what became of each model at /moved."),
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Compare the old board's numbers with a snapshot. Exits with 1 unless every gate passes."""
    store = Store(load_settings(home).home)
    current = store.open(snapshot) if snapshot else store.current()
    with progress_bar("Comparing"):
        report = compare_boards(Asked(legacy, current, results, aliases, gates))
    with progress_bar("Writing the report"):
        written = write_report(report, out)
        if publish:
            written.append(keep_moved(report.snapshot, report.rows, store.home))
    if as_json:
        print_json(summary(report))
    else:
        _tell(report)
        for path in written:
            typer.echo(str(path))
    sys.exit(0 if all(one.verdict is Verdict.PASSED for one in report.gates) else 1)


def _tell(report: ParityReport) -> None:
    counts = outcome_counts(report.cells)
    stderr.print(
        f"{report.legacy_cells:,} numbers, {len(report.cells):,} of models on the new board: "
        f"{counts.get(CellOutcome.EQUAL, 0):,} equal, "
        f"{counts.get(CellOutcome.DIFFERS, 0):,} different "
        f"({len(explained(report.cells)):,} explained, {len(inferred(report.cells)):,} inferred, "
        f"{len(unexplained(report.cells)):,} unexplained), "
        f"{counts.get(CellOutcome.ABSENT, 0):,} without a counterpart; {report.seconds:.1f} s",
        highlight=False,
    )
    if not report.history:
        stderr.print(
            "  Without a git history of the results few differences can be explained: give a "
            "clone with its history as --results.",
            highlight=False,
        )
    for one in report.honesty:
        stderr.print(
            f"  false numbers explained, {one.kind}: {percent(one.rate)}; "
            f"within reach of an inference: {percent(one.inferred_rate)}",
            highlight=False,
        )
    for gate in report.gates:
        _tell_gate(gate)


def _tell_gate(result: GateResult) -> None:
    value = "-" if result.value is None else f"{result.value:.4f}"
    stderr.print(f"  {result.verdict:>12}  {result.gate.name}: {value}", highlight=False)
    if result.unjudged:
        names = ", ".join(result.unjudged)
        stderr.print(f"{'':16}not judged, too few models: {names}", highlight=False, markup=False)
