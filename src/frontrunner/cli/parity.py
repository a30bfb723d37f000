"""`frontrunner parity`: every number of the old board beside today's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from frontrunner.base.config import load_settings
from frontrunner.checks.gates import Outcome
from frontrunner.checks.parity.moved import keep_moved
from frontrunner.checks.parity.report import Report, unexplained, verdict_counts
from frontrunner.checks.parity.run import Asked, compare_boards
from frontrunner.checks.parity.verdicts import Verdict
from frontrunner.checks.parity.write import percent, summary, write_report
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
            help="The snapshot's result files; without them fewer differences are explained.",
        ),
    ] = None,
    aliases: Annotated[
        Path | None,
        typer.Option("--aliases", metavar="FILE", help="Further names of models, as TOML."),
    ] = None,
    gates: Annotated[
        Path | None, typer.Option("--gates", metavar="FILE", help="Limits of your own, as TOML.")
    ] = None,
    publish: Annotated[
        bool,
        typer.Option("--publish", help="Show what became of each model at /moved of this home."),
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Match, compare and explain, and judge by gates. Exits with 1 unless every gate passed."""
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
    sys.exit(0 if all(one.outcome is Outcome.PASSED for one in report.gates) else 1)


def _tell(report: Report) -> None:
    counts = verdict_counts(report.cells)
    stderr.print(
        f"{report.legacy_cells:,} numbers; of {len(report.cells):,} of models that are here, "
        f"{counts.get(Verdict.EQUAL, 0):,} equal, {counts.get(Verdict.DIFFERS, 0):,} different "
        f"({len(unexplained(report.cells)):,} unexplained), "
        f"{counts.get(Verdict.ABSENT, 0):,} without a counterpart; {report.seconds:.1f} s",
        highlight=False,
    )
    for one in report.honesty:
        stderr.print(f"  false numbers explained, {one.kind}: {percent(one.rate)}", highlight=False)
    for gate in report.gates:
        value = "-" if gate.value is None else f"{gate.value:.4f}"
        stderr.print(f"  {gate.outcome:>12}  {gate.gate.name}: {value}", highlight=False)
