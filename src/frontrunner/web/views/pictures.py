"""What charts show; `web.charts` draws it."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from frontrunner.answers.service import Service
from frontrunner.answers.values import BoardRow, BoardValues
from frontrunner.catalog import Benchmark
from frontrunner.web import charts, text
from frontrunner.web.charts import Dot
from frontrunner.web.urls import Links
from frontrunner.web.views.rows import names_of
from frontrunner.web.words import Words


class Picture(NamedTuple):
    """A chart, and what is not in it."""

    svg: Markup
    shown: int
    left_out: int
    leaders: list[Dot]
    """The front or the records, for those who read rather than look."""
    shared: int = 0
    """The number of tasks averaged, if no model has a result on all of them; else 0."""
    low: int = 0
    """How many dots are below the chart and are marked at its lower edge."""


class Bar(NamedTuple):
    """One language: the best score, the median and how many models have one."""

    label: str
    best: float
    median: float
    models: int


Scored = list[tuple[BoardRow, float]]


def means(board: BoardValues) -> tuple[Scored, int]:
    """The rows with a mean, and the number of shared tasks averaged if not all; else 0.

    If no model is complete, a board would have no chart. Then the tasks that all
    models with the most results share are averaged, for the models that have every one of them.
    """
    found = [
        (row, mean)
        for row in board.rows
        if (mean := row.mean_task if row.mean_task is not None else row.mean_task_type) is not None
    ]
    if found or not board.rows:
        return found, 0
    most = max(len(row.scores_by_task) for row in board.rows)
    leading = [set(row.scores_by_task) for row in board.rows if len(row.scores_by_task) == most]
    shared = set.intersection(*leading)
    if len(shared) * 2 < len(board.tasks):
        return [], 0
    among = [row for row in board.rows if shared <= row.scores_by_task.keys()]
    return [
        (row, statistics.fmean(row.scores_by_task[task] for task in shared)) for row in among
    ], len(shared)


def size_against_score(board: BoardValues, t: Words, links: Links) -> Picture:
    """Each model by its parameters and its mean; the front is what no smaller model reaches."""

    def place(row: BoardRow) -> tuple[float, str] | None:
        size = row.total_params_b
        return (size, text.parameters(size)) if size else None

    return _picture(board, charts.LOG, place, (t("charts.size_x"), t("charts.score_y")), links)


def score_over_time(board: BoardValues, t: Words, links: Links) -> Picture:
    """Each model by the day of its release and its mean; the record line goes up only."""

    def place(row: BoardRow) -> tuple[float, str] | None:
        day = _ordinal(row.model.release_date)
        return None if day is None else (day, (row.model.release_date or "")[:10])

    return _picture(board, charts.TIME, place, (t("charts.time_x"), t("charts.score_y")), links)


Place = Callable[[BoardRow], tuple[float, str] | None]
"""A model's place on the x axis, and the same in words; None if it is not known."""


def _picture(
    board: BoardValues, axis: charts.Axis, place: Place, labels: tuple[str, str],
    links: Links,
) -> Picture:  # fmt: skip
    scored, shared = means(board)
    names = names_of(board.rows)
    number = {id(row): index for index, row in enumerate(board.rows)}
    dots = [
        Dot(found[0], mean * 100, names[number[id(row)]], found[1],
            links.model(row.model.name), number[id(row)])
        for row, mean in scored
        if (found := place(row))
    ]  # fmt: skip
    front = charts.records(dots)
    sizes = (charts.WIDE, charts.MIDDLE, charts.NARROW)
    svg = Markup("").join(charts.scatter(dots, front, axis, *labels, size) for size in sizes)
    left_out = len(board.rows) - len(dots)
    return Picture(svg, len(dots), left_out, front, shared, charts.below(dots, axis))


def _ordinal(day: str | None) -> float | None:
    try:
        return float(date.fromisoformat((day or "")[:10]).toordinal())
    except ValueError:
        return None


def language_bars(service: Service, bench: Benchmark) -> list[Bar]:
    """Each language of a board with its best and its median score, best covered first."""
    found = service.per_language(bench.name)
    scores: dict[str, list[float]] = {}
    for row in found.rows:
        for label, score in row.scores_by_language.items():
            scores.setdefault(label, []).append(score)
    bars = [
        Bar(label, max(some), statistics.median(some), len(some)) for label, some in scores.items()
    ]
    return sorted(bars, key=lambda bar: (-bar.models, bar.label))
