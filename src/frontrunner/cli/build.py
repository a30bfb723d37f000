"""`frontrunner build`, `ingest` and `catalog`: from files to a published snapshot."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import nullcontext
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from frontrunner.base.config import load_settings
from frontrunner.cli.app import app
from frontrunner.cli.options import (
    Fresh,
    Home,
    Json,
    OwnCatalog,
    PublishTo,
    Readers,
    Results,
    WithoutMteb,
)
from frontrunner.cli.output import counted, print_json, say, stderr, visible
from frontrunner.cli.progress import Terminal
from frontrunner.ops import pipeline
from frontrunner.ops.report import lines_of_sources, runs_that_differ
from frontrunner.ops.store_push import pushing
from frontrunner.results.aggregates import Unmade, unmade
from frontrunner.results.ingest import Ingested
from frontrunner.results.table import Difference
from frontrunner.snapshot.reader import Snapshot

_SHOWN = 8


@app.command()
def build(
    results: Results,
    home: Home = None,
    catalog: OwnCatalog = None,
    without_mteb: WithoutMteb = False,
    publish: Annotated[
        bool, typer.Option("--publish/--no-publish", help="Make the new snapshot current.")
    ] = True,
    readers: Readers = None,
    fresh: Fresh = False,
    store: PublishTo = None,
    as_json: Json = False,
) -> None:
    """Read results, rank every board, and publish the snapshot."""
    settings = load_settings(home, build={"readers": readers}, store={"publish": store})
    judge = pipeline.always if publish else pipeline.never
    request = pipeline.Request(tuple(results), tuple(catalog or ()), without_mteb, judge, fresh)
    reporter = Terminal()
    snapshots = pipeline.open_store(settings, reporter)
    with pushing(settings, snapshots, reporter) if publish else nullcontext():
        snapshot = pipeline.build(settings, request, reporter)
    if as_json:
        print_json(
            {"id": snapshot.id, "published": publish, "provenance": snapshot.manifest.provenance}
        )
        return
    tell(snapshot)
    typer.echo(snapshot.id)


def tell(snapshot: Snapshot) -> None:
    """Say on stderr what is in a snapshot."""
    from frontrunner.answers.service import Service  # noqa: PLC0415

    counts = snapshot.manifest.provenance.counts
    boards = Service(snapshot).numbers.boards
    say(
        f"{counted(boards, 'board')} from {counted(counts.rows, 'score')} "
        f"of {counted(counts.models, 'model')}; "
        f"{counts.files_rejected:,} of {counted(counts.files_seen, 'file')} rejected, "
        f"{counts.files_set_aside:,} set aside by a rule."
    )
    if counts.files_rejected:
        reasons = ", ".join(f"{n:,} {r}" for r, n in counts.rejected_by_reason.items())
        say(f"  ({reasons}; see /v1/snapshot or rejects.parquet)")


@app.command("ingest")
def ingest_(
    sources: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Sources of results; later ones win.")
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Only report. The command never does more.")
    ] = True,
    home: Home = None,
    catalog: OwnCatalog = None,
    without_mteb: WithoutMteb = False,
    readers: Readers = None,
    fresh: Fresh = False,
    as_json: Json = False,
) -> None:
    """Report which result files cannot be used, and why. Exits with 1 if any has an error."""
    del check  # there is no other mode; the option says so in scripts
    settings = load_settings(home, build={"readers": readers})
    request = pipeline.Request(tuple(sources), tuple(catalog or ()), without_mteb)
    known, _ = pipeline.read_catalog(settings, request, Terminal())
    local_sources = pipeline.fetch_sources(settings, request.results, Terminal())
    ingested = pipeline.read_results(settings, local_sources, known, Terminal(), fresh=fresh)
    wrong = [reject for reject in ingested.rejects if not reject.reason.by_policy]
    if as_json:
        print_json(
            {
                "source": ingested.origin,
                "sources": ingested.sources,
                "replaced": {one.label: one.replaced for one in ingested.counts},
                "files_seen": ingested.files_seen,
                "files_used": ingested.files_used,
                "rows": ingested.table.rows,
                "differences": [one._asdict() for one in ingested.differences],
                "unmade": [one._asdict() for one in unmade(ingested.table, known)],
                "rejects": [
                    {"path": r.path, "reason": r.reason, "detail": r.detail, "remedy": r.remedy}
                    for r in ingested.rejects
                ],
            }
        )
    else:
        _report(ingested)
        report_runs(ingested)
        report_unmade(unmade(ingested.table, known))
    sys.exit(1 if wrong else 0)


def _report(ingested: Ingested) -> None:
    for reject in ingested.rejects:
        what = reject.detail or reject.remedy
        typer.echo(f"{visible(reject.path)}: {reject.reason}: {visible(what)}")
    table = Table("reason", "files", "what to do", box=None)
    remedies = {reject.reason: reject.remedy for reject in ingested.rejects}
    for reason, count in Counter(r.reason for r in ingested.rejects).most_common():
        table.add_row(reason, f"{count:,}", escape(remedies[reason]))
    say(
        f"{counted(ingested.files_seen, 'file')}: {ingested.files_used:,} used, "
        f"{counted(ingested.table.rows, 'score')}"
    )
    if ingested.rejects:
        stderr.print(table)
    for line in lines_of_sources(ingested):
        say(line)


def report_runs(ingested: Ingested) -> None:
    """Print where several runs of a model differ, one line a task; a summary goes to stderr."""
    groups: dict[tuple[str, str, str], list[Difference]] = {}
    for one in ingested.differences:
        groups.setdefault((one.file, one.winner, one.task), []).append(one)
    for (file, winner, _), found in groups.items():
        typer.echo(f"{visible(file)}: differs: {visible(_difference(found, winner))}")
    if groups:
        say(runs_that_differ(ingested))


def _difference(found: list[Difference], winner: str) -> str:
    """What one superseded file says otherwise than the winner."""
    lost = [f"{one.split}/{one.subset}" for one in found if one.winner_score is None]
    parts = [f"{winner} wins"]
    if len(lost) < len(found):
        one = next(one for one in found if one.winner_score is not None)
        number = len(found) - len(lost)
        parts.append(
            f"{counted(number, 'score')} {'differs' if number == 1 else 'differ'}, such as "
            f"{one.split}/{one.subset}: {one.score:g} here, {one.winner_score:g} there"
        )
    if lost:
        more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
        parts.append(f"only here, and so lost: {', '.join(lost[:_SHOWN])}{more}")
    return "; ".join(parts)


def report_unmade(found: list[Unmade]) -> None:
    """Print the aggregate tasks that could be made from a model's results."""
    for one in found:
        though = "its only part has" if one.parts == 1 else f"all {one.parts} parts have"
        typer.echo(
            f"{visible(one.model)}: {one.task}: no result, though {though} one "
            f"(mean {one.mean:.4f}). Like mteb, boards count it as missing; "
            "run the task with mteb to make its file."
        )


@app.command("catalog")
def catalog_(
    home: Home = None,
    catalog: OwnCatalog = None,
    without_mteb: WithoutMteb = False,
    as_json: Json = False,
) -> None:
    """Read the catalog, check a catalog.toml, and summarize it."""
    settings = load_settings(home)
    request = pipeline.Request((), tuple(catalog or ()), without_mteb)
    known, _ = pipeline.read_catalog(settings, request, Terminal())
    if as_json:
        print_json(known)
        return
    typer.echo(
        f"{known.source}: {counted(len(known.benchmarks), 'benchmark')}, "
        f"{counted(len(known.tasks), 'task')}, {counted(len(known.models), 'model')}"
    )
    for notice in known.registry_notices:
        say(notice)
    for bench in known.benchmarks:
        typer.echo(f"{bench.name}\t{counted(len(bench.scopes), 'task')}")
