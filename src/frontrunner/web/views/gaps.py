"""How far models are apart on the tasks that all of them completed, and what that gap means.

The first model is compared with each other one. Differences are in points of the scale of 100; the
interval of their mean says how it could turn out on other tasks of the same kind.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from frontrunner.answers.values import BoardRow
from frontrunner.base.intervals import Interval, interval
from frontrunner.web import text

MOST = 25
"""Tasks that are shown at once, those that separate the models most."""
_EQUAL = 0.005
"""Points: differences that are shown as 0.00 are ties."""
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)
_HALF = 46.0
"""Percent of the width from the middle to the end of the scale; the rest is room for a dot."""


class Gap(NamedTuple):
    """The first model against another one."""

    number: int
    """The place of the other model among those that are compared."""
    tasks: int
    mean: float
    interval: Interval | None
    wins: int
    losses: int
    ties: int

    @property
    def kind(self) -> str:
        """What the gap means: `few` tasks, `apart`, or `unclear`."""
        if self.interval is None:
            return "few"
        return "unclear" if self.interval.low <= 0 <= self.interval.high else "apart"


class Dot(NamedTuple):
    """One difference in a row of the picture."""

    number: int
    """The place of the model that is better, or of the other model if there are several."""
    at: str
    """Percent of the width."""
    difference: str


class Row(NamedTuple):
    """One task."""

    task: str
    href: str
    dots: list[Dot]
    said: str
    """The task with the score of each model, for a card."""


class Span(NamedTuple):
    """The mean difference and its interval in the picture; in percent of the width."""

    dot: Dot
    low: str
    high: str


class Gaps(NamedTuple):
    """All that is said of the gaps on one board."""

    base: int
    """The place of the first model that is on the board."""
    gaps: list[Gap]
    spans: list[Span]
    limit: str
    """The end of the scale, in points."""
    rows: list[Row]
    rest: list[Row]


Rows = Sequence[BoardRow | None]


def shared_tasks(tasks: Sequence[str], rows: Rows) -> list[str]:
    """The tasks that every model with a row has completed."""
    there = [row for row in rows if row]
    return [task for task in tasks if there and all(task in row.scores_by_task for row in there)]


def spread(task: str, rows: Rows) -> float:
    """How far a task separates the models that have a score on it."""
    some = [row.scores_by_task[task] for row in rows if row and task in row.scores_by_task]
    return max(some) - min(some) if some else 0.0


def gaps(
    tasks: Sequence[str], rows: Rows, names: Sequence[str], link: Callable[[str], str]
) -> Gaps | None:
    """The gaps on `tasks`; None if fewer than two models are there, or they share no task.

    `rows` and `names` have an entry for each model; `link` gives the address of a task.
    """
    there = [(number, row) for number, row in enumerate(rows) if row]
    shared = shared_tasks(tasks, rows)
    if len(there) < 2 or not shared:
        return None
    base, first = there[0]
    points = {
        number: [100 * (first.scores_by_task[t] - row.scores_by_task[t]) for t in shared]
        for number, row in there[1:]
    }
    found = [_gap(number, some) for number, some in points.items()]
    limit = _limit(found, points)
    drawn = _Drawing(base, limit, len(points) > 1)
    lines = []
    for place in sorted(range(len(shared)), key=lambda place: -spread(shared[place], rows)):
        task = shared[place]
        scores = [f"{names[n]} {text.score(row.scores_by_task[task])}" for n, row in there]
        dots = [drawn.dot(number, some[place]) for number, some in points.items()]
        lines.append(Row(task, link(task), dots, " · ".join([task, *scores])))
    spans = [drawn.span(gap) for gap in found]
    return Gaps(base, found, spans, f"{limit:g}", lines[:MOST], lines[MOST:])


def of_two(tasks: Sequence[str], rows: Rows) -> Gap | None:
    """The gap between two models on tasks that both completed; None without such tasks."""
    first, other = rows
    if first is None or other is None or not tasks:
        return None
    scores = ((first.scores_by_task[task], other.scores_by_task[task]) for task in tasks)
    return _gap(1, [100 * (one - two) for one, two in scores])


def _gap(number: int, points: Sequence[float]) -> Gap:
    wins = sum(one >= _EQUAL for one in points)
    losses = sum(one <= -_EQUAL for one in points)
    ties = len(points) - wins - losses
    mean = statistics.fmean(points)
    return Gap(number, len(points), mean, interval(points), wins, losses, ties)


def _limit(found: Sequence[Gap], points: Mapping[int, Sequence[float]]) -> float:
    """A round number of points that no difference and no interval exceeds."""
    far = [abs(one) for some in points.values() for one in some]
    far += [abs(end) for gap in found for end in gap.interval or ()]
    most = max(far)
    step = next((step for step in _STEPS if most / step <= 4), 100)
    return max(1, math.ceil(most / step)) * step


class _Drawing(NamedTuple):
    """Turns differences into places."""

    base: int
    limit: float
    several: bool
    """Whether there are more than two models, so that colours tell the others apart."""

    def at(self, points: float) -> str:
        return f"{50 + points / self.limit * _HALF:.1f}"

    def dot(self, number: int, points: float) -> Dot:
        better = number if self.several or points < 0 else self.base
        return Dot(better, self.at(points), f"{points:+.2f}")

    def span(self, gap: Gap) -> Span:
        low, high = gap.interval or (gap.mean, gap.mean)
        return Span(self.dot(gap.number, gap.mean), self.at(low), self.at(high))
