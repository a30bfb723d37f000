"""Small charts of readings as SVG, drawn by the server, with classes and no styles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

_WIDTH, _HEIGHT, _EDGE = 320.0, 56.0, 4.0
_MOST_POINTS = 240
"""Points that are drawn; of more, each group's highest."""


class Point(NamedTuple):
    """A value at a time; None interrupts the line."""

    at: float
    value: float | None


class Line(NamedTuple):
    """One line of a chart."""

    points: Sequence[Point]
    kind: str = "seen"
    """A CSS class."""


def sparkline(lines: Sequence[Line], limit: float | None, label: str) -> Markup:
    """Lines over time with their limit; empty if no value is known.

    `label` says in words what the chart shows, for screen readers.
    """
    drawn = [_thinned([_finite(point) for point in line.points]) for line in lines]
    values = [point.value for points in drawn for point in points if point.value is not None]
    if not values:
        return Markup("")
    limit = limit if limit is not None and math.isfinite(limit) else None
    known = values if limit is None else [*values, limit]
    frame = _Frame(
        min(point.at for points in drawn for point in points),
        max(point.at for points in drawn for point in points),
        min(0.0, *known),
        max(known) if max(known) > min(0.0, *known) else min(0.0, *known) + 1.0,
    )
    parts = [] if limit is None else [_limit(frame, limit)]
    parts += [
        _line(frame, points, line.kind) for points, line in zip(drawn, lines, strict=True) if points
    ]
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(f"{_WIDTH:g}", f"{_HEIGHT:g}", label, Markup("").join(parts))


class _Frame(NamedTuple):
    first: float
    last: float
    low: float
    high: float

    def x(self, at: float) -> float:
        share = (at - self.first) / (self.last - self.first) if self.last > self.first else 1.0
        return round(_EDGE + share * (_WIDTH - 2 * _EDGE), 1)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(_HEIGHT - _EDGE - share * (_HEIGHT - 2 * _EDGE), 1)


def _finite(point: Point) -> Point:
    known = point.value is not None and math.isfinite(point.value) and abs(point.value) < 1e15
    return point if known else Point(point.at, None)


def _thinned(points: Sequence[Point]) -> list[Point]:
    """At most so many points. A short peak is what matters, so the highest of a group stays."""
    size = math.ceil(len(points) / _MOST_POINTS)
    if size <= 1:
        return list(points)
    groups = (points[n : n + size] for n in range(0, len(points), size))
    return [max(group, key=lambda one: -math.inf if one.value is None else one.value)
            for group in groups]  # fmt: skip


def _limit(frame: _Frame, limit: float) -> Markup:
    y = frame.y(limit)
    return Markup('<path class="limit" d="M{} {}H{}"/>').format(_EDGE, y, _WIDTH - _EDGE)


def _line(frame: _Frame, points: Sequence[Point], kind: str) -> Markup:
    path, pen = [], "M"
    for point in points:
        if point.value is None:
            pen = "M"
            continue
        path.append(f"{pen}{frame.x(point.at)} {frame.y(point.value)}")
        pen = "L"
    last = next(point for point in reversed(points) if point.value is not None) if path else None
    dot = Markup("")
    if last is not None:
        dot = Markup('<circle class="{}" cx="{}" cy="{}" r="2.5"/>').format(
            kind, frame.x(last.at), frame.y(last.value or 0.0)
        )
    return Markup('<path class="{}" d="{}"/>{}').format(kind, "".join(path), dot)
