"""Write a comparison: one page to read, Markdown, JSON, and every cell as Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from frontrunner.base.atomic import write_file
from frontrunner.base.errors import LegacyError
from frontrunner.checks.parity.compared import CAUSE_TEXT, Cause, CellOutcome, ComparedCell
from frontrunner.checks.parity.fates import RowFate
from frontrunner.checks.parity.parity_report import (
    BoardSummary,
    ParityReport,
    board_causes,
    cause_counts,
    explained,
    inferred,
    largest_moves,
    outcome_counts,
    unexplained,
)

PAGE, MARKDOWN, JSON, CELLS = "parity.html", "parity.md", "parity.json", "cells.parquet"
_FEW = 40
"""So many unexplained cells are listed on the page; all are in the Parquet file."""


def write_report(report: ParityReport, folder: Path) -> list[Path]:
    """Write every form of a report into `folder`; raises LegacyError if it cannot be written."""
    values = shown(report)
    texts = {
        PAGE: _environment().get_template("report.html").render(values),
        MARKDOWN: _environment().get_template("report.md").render(values),
        JSON: msgspec.json.format(msgspec.json.encode(summary(report)), indent=2).decode(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            write_file(folder / name, text.encode())
        write_cells(report.cells, folder / CELLS)
    except OSError as error:
        raise LegacyError(
            f"The report cannot be written to {folder}: {error.strerror or error}."
        ) from error
    return [folder / name for name in (PAGE, MARKDOWN, JSON, CELLS)]


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("frontrunner.checks.parity", "templates"),
        # In Markdown names are made harmless by the filter `plain`.
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"percent": percent, "count": "{:,}".format, "plain": plain}
    return made


def percent(share: float | None) -> str:
    """A share as a percentage that never rounds a difference away."""
    if share is None:
        return "-"
    places = 1 if 0.001 <= share <= 0.999 or share in (0.0, 1.0) else 3
    return f"{share * 100:.{places}f}%"


def plain(text: object) -> str:
    """Text as one cell of a Markdown table."""
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")


def summary(report: ParityReport) -> dict[str, Any]:
    """The report without its cells, which are in the Parquet file."""
    whole = msgspec.structs.asdict(report)
    del whole["cells"]
    counts = outcome_counts(report.cells)
    return whole | {
        "compared": len(report.cells),
        "outcomes": counts,
        "causes": [
            {"outcome": outcome, "cause": cause, "confidence": confidence, "cells": cells}
            for outcome in (CellOutcome.DIFFERS, CellOutcome.ABSENT)
            for (cause, confidence), cells in cause_counts(report.cells, outcome).items()
        ],
        "on_board_causes": board_causes(report.cells),
        "explained": len(explained(report.cells)),
        "inferred": len(inferred(report.cells)),
        "unexplained": len(unexplained(report.cells)),
        "false_explanation_rates": {one.kind: one.rate for one in report.honesty},
    }


def shown(report: ParityReport) -> dict[str, Any]:
    """The values of the page and of the Markdown."""
    counts = outcome_counts(report.cells)
    differs = counts.get(CellOutcome.DIFFERS, 0)
    lost = [row for row in report.rows if row.model is None]
    return {
        "report": report,
        "counts": counts,
        "compared": len(report.cells),
        "equal": counts.get(CellOutcome.EQUAL, 0),
        "differs": differs,
        "absent": counts.get(CellOutcome.ABSENT, 0),
        "explained_count": len(explained(report.cells)),
        "inferred_count": len(inferred(report.cells)),
        "unexplained": [*unexplained(report.cells), *inferred(report.cells)][:_FEW],
        "unexplained_count": len(unexplained(report.cells)),
        "causes": _causes(report, CellOutcome.DIFFERS),
        "absences": _causes(report, CellOutcome.ABSENT),
        "moves": largest_moves(report.cells),
        "lost": lost,
        "lost_reasons": _reasons(lost),
        "boards": [_board(board) for board in report.boards],
    }


def _causes(report: ParityReport, outcome: CellOutcome) -> list[dict[str, Any]]:
    found = cause_counts(report.cells, outcome)
    most = max(found.values(), default=1)
    return [
        {
            "text": CAUSE_TEXT[Cause(cause)],
            "cause": cause,
            "confidence": confidence,
            "cells": cells,
            "width": max(1, round(100 * cells / most)),
        }
        for (cause, confidence), cells in found.items()
    ]


def _reasons(rows: Iterable[RowFate]) -> Mapping[str, list[RowFate]]:
    groups: dict[str, list[RowFate]] = {}
    for row in rows:
        groups.setdefault(row.how, []).append(row)
    return dict(sorted(groups.items(), key=lambda pair: -len(pair[1])))


def _board(board: BoardSummary) -> dict[str, Any]:
    equal = board.same_split.get(CellOutcome.EQUAL, 0)
    both = equal + board.same_split.get(CellOutcome.DIFFERS, 0)
    return {
        "summary": board,
        "title": board.title,
        "equal": equal / both if both else None,
        "both": both,
    }


def write_cells(cells: Iterable[ComparedCell], path: Path) -> None:
    """One row for each compared cell; columns are documented in docs/parity.md."""
    import polars as pl  # noqa: PLC0415 -- the reports above need none

    rows = [_flat(cell) for cell in cells]
    written = BytesIO()
    pl.DataFrame(rows, schema=_schema(pl), orient="row").write_parquet(written)
    write_file(path, written.getvalue())


def _schema(pl: Any) -> dict[str, Any]:
    texts = ("board", "kind", "name", "link", "column", "model", "task", "subset", "split")
    side = ("outcome", "value", "cause", "confidence", "evidence")
    schema = {"row": pl.Int64} | dict.fromkeys(texts, pl.String)
    schema |= {"old": pl.Float64, "step": pl.Float64, "benchmark": pl.String}
    for name in ("same", "board"):
        schema |= {f"{name}_{key}": pl.Float64 if key == "value" else pl.String for key in side}
    return schema


def _flat(cell: ComparedCell) -> tuple[Any, ...]:
    sides = []
    for side in (cell.same_split, cell.on_board):
        why = side.why or (None, None, None)
        cause, confidence, evidence = why
        sides += [
            str(side.outcome),
            side.value,
            cause and str(cause),
            confidence and str(confidence),
            evidence,
        ]
    return (
        cell.row,
        cell.board,
        cell.kind,
        cell.name,
        cell.link,
        cell.column,
        cell.model,
        cell.task,
        cell.subset,
        cell.split,
        cell.old,
        cell.step,
        cell.benchmark,
        *sides,
    )
