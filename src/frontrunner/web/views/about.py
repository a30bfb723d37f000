"""About the data: its sources, what was left out, and the rules."""

from __future__ import annotations

import msgspec

from frontrunner.web.licences import reviewed
from frontrunner.web.shades import STEPS
from frontrunner.web.views.changes import places
from frontrunner.web.views.cite import of_snapshot
from frontrunner.web.views.home import board_counts
from frontrunner.web.visit import Shown, Visit

_SHOWN = 200


def data(visit: Visit) -> Shown:
    """Provenance, coverage, rejected files and policies."""
    info = visit.service.info()
    boards = _coverage(visit)
    values = {
        "info": info,
        "counts": msgspec.structs.asdict(info.counts),
        "rejected": info.rejected[:_SHOWN],
        "hidden": max(0, len(info.rejected) - _SHOWN),
        "boards": boards,
        "query": _query(visit, boards[0][0] if boards else ""),
        "ways": dict(visit.links_out),
        "licences": reviewed(),
        "cited_as": of_snapshot(visit),
    }
    return Shown("data.html", visit.t("data.title"), values, visit.t("data.lead"))


def _query(visit: Visit, board: str) -> str:
    """A question to all scores in SQL, about a task of `board`."""
    tasks = visit.service.coverage(board).tasks if board else ()
    name = next(iter(tasks), "").replace("'", "''")
    return (
        "select model, 100 * avg(score) as mean\n"
        f"from '{visit.origin}/v1/snapshot/scores.parquet'\n"
        f"where task = '{name}'\n"
        "group by model order by mean desc limit 10;"
    )


def _coverage(visit: Visit) -> list[tuple[str, str, int, int, int]]:
    """Name, title, rows, complete rows and tasks of each board on the menu."""
    service = visit.service
    lines = []
    for bench in service.snapshot.catalog.benchmarks:
        rows = len(places(service, bench.name))
        counts = board_counts(service, bench)
        lines.append((bench.name, bench.display_name, rows, counts.complete, counts.tasks))
    return sorted(lines, key=lambda line: -line[2])


def styleguide(visit: Visit) -> Shown:
    """The parts that pages are made of, in one place."""
    return Shown("styleguide.html", "Style guide", {"steps": range(STEPS + 1)})
