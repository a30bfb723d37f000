"""What charts show; `web.charts` draws it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import msgspec
from markupsafe import Markup

from frontrunner.api import schemas
from frontrunner.api.service import Service
from frontrunner.catalog import Benchmark
from frontrunner.web import charts, text
from frontrunner.web.charts import Dot
from frontrunner.web.links import Links
from frontrunner.web.views.rows import Cell, ModelName
from frontrunner.web.words import Words


class Picture(NamedTuple):
    """A chart, and what is not in it."""

    svg: Markup
    shown: int
    left_out: int
    leaders: list[Dot]
    """The front or the records, for those who read rather than look."""


class Bar(NamedTuple):
    """One language: the best score, the median and how many models have one."""

    label: str
    best: float
    median: float
    models: int


def _score(row: schemas.SummaryRow) -> float | None:
    return row.mean_task if row.mean_task is not None else row.mean_task_type


def size_against_score(board: schemas.BenchmarkSummary, t: Words, links: Links) -> Picture:
    """Each model by its parameters and its mean; the front is what no smaller model reaches."""
    dots = [
        Dot(
            row.total_params_b,
            mean * 100,
            ModelName.of(row.model.name).short,
            text.parameters(row.total_params_b),
            links.model(row.model.name),
        )
        for row in board.rows
        if (mean := _score(row)) is not None and row.total_params_b
    ]
    front = charts.records(dots)
    svg = charts.scatter(dots, front, charts.LOG, t("charts.size_x"), t("charts.score_y"))
    return Picture(svg, len(dots), len(board.rows) - len(dots), front)


def score_over_time(board: schemas.BenchmarkSummary, t: Words, links: Links) -> Picture:
    """Each model by the day of its release and its mean; the record line goes up only."""
    dots = []
    for row in board.rows:
        mean, day = _score(row), _ordinal(row.model.release_date)
        if mean is not None and day is not None:
            name = ModelName.of(row.model.name).short
            shown = (row.model.release_date or "")[:10]
            dots.append(Dot(day, mean * 100, name, shown, links.model(row.model.name)))
    records = charts.records(dots)
    svg = charts.scatter(dots, records, charts.TIME, t("charts.time_x"), t("charts.score_y"))
    return Picture(svg, len(dots), len(board.rows) - len(dots), records)


def _ordinal(day: str | None) -> float | None:
    try:
        return float(date.fromisoformat((day or "")[:10]).toordinal())
    except ValueError:
        return None


def language_bars(service: Service, bench: Benchmark) -> list[Bar]:
    """Each language of a board with its best and its median score, best covered first."""
    found = msgspec.json.decode(service.per_language(bench.name).identity, type=schemas.PerLanguage)
    scores: dict[str, list[float]] = {}
    for row in found.rows:
        for label, score in row.scores_by_language.items():
            scores.setdefault(label, []).append(score)
    bars = [
        Bar(label, max(some), statistics.median(some), len(some)) for label, some in scores.items()
    ]
    return sorted(bars, key=lambda bar: (-bar.models, bar.label))


def parallel(names: Sequence[str], lines: Sequence[tuple[str, Sequence[Cell]]]) -> Markup | None:
    """One line for each model across the task types; None where there is nothing to cross."""
    if len(names) < 2 or len(lines) < 3:
        return None
    axes = [label for label, _ in lines]
    values = [
        [None if not cells[i].step and cells[i].why else float(cells[i].text) for _, cells in lines]
        for i in range(len(names))
    ]
    return charts.parallel(names, axes, values)
