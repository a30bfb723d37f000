"""Charts as SVG, drawn by the server: they need no script, and they carry classes, no styles."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from frontrunner.web import text

_LETTER = 7.6
"""About the width of a letter."""
_SLIM = frozenset("fijlrtI1.,-/:()' ")


class Canvas(NamedTuple):
    """The size of a chart, and the room around what it shows."""

    kind: str
    """The class by which style sheets show one of a page's charts."""
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float


WIDE = Canvas("wide", 960.0, 470.0, 56.0, 24.0, 20.0, 48.0)
MIDDLE = Canvas("middle", 700.0, 460.0, 46.0, 16.0, 20.0, 48.0)
"""For tablets, where the letters of the wide one would be too small."""
NARROW = Canvas("narrow", 360.0, 400.0, 30.0, 10.0, 20.0, 48.0)
"""For phones, where the wide one would be cut off or too small to read."""


class Dot(NamedTuple):
    """One model in a chart."""

    x: float
    y: float
    label: str
    detail: str
    """Its place on the x axis, in words."""
    href: str
    row: int = -1
    """The place of the model on its board, by which filters find the dot; -1 for none."""


class Axis(NamedTuple):
    """The position of values on an axis, and its marks."""

    place: Callable[[float], float]
    marks: Callable[[float, float], list[tuple[float, str]]]
    """From the range to pairs of a value and its label."""


def _log_marks(low: float, high: float) -> list[tuple[float, str]]:
    steps = [
        base * 10**power
        for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        for base in (1, 3)
    ]
    return [(step, text.parameters(step)) for step in steps if low <= step <= high]


def _year_marks(low: float, high: float) -> list[tuple[float, str]]:
    years = range(date.fromordinal(int(low)).year, date.fromordinal(int(high)).year + 1)
    marks = [(float(date(year, 1, 1).toordinal()), str(year)) for year in years]
    return [mark for mark in marks if low <= mark[0] <= high]


def _even_marks(low: float, high: float) -> list[tuple[float, str]]:
    span = high - low
    step = next((s for s in (1, 2, 5, 10, 20) if span / s <= 8), 25)
    first = math.ceil(low / step)
    return [(float(n * step), str(n * step)) for n in range(first, math.floor(high / step) + 1)]


LOG = Axis(math.log10, _log_marks)
TIME = Axis(float, _year_marks)
LINEAR = Axis(float, _even_marks)


class _Frame(NamedTuple):
    """Turns values into places on the canvas."""

    x: Axis
    y: Axis
    low_x: float
    high_x: float
    low_y: float
    high_y: float
    canvas: Canvas

    def at(self, x: float, y: float) -> tuple[float, float]:
        place, box = self.x.place, self.canvas
        share_x = (place(x) - place(self.low_x)) / (place(self.high_x) - place(self.low_x))
        share_y = (y - self.low_y) / (self.high_y - self.low_y)
        return (
            round(box.left + share_x * (box.width - box.left - box.right), 1),
            round(box.height - box.bottom - share_y * (box.height - box.top - box.bottom), 1),
        )


def records(dots: Iterable[Dot]) -> list[Dot]:
    """The dots that are higher than all before them, from left to right."""
    best: list[Dot] = []
    for dot in sorted(dots, key=lambda dot: (dot.x, -dot.y)):
        if not best or dot.y > best[-1].y:
            best.append(dot)
    return best


def scatter(
    dots: Sequence[Dot],
    front: Sequence[Dot],
    x: Axis,
    x_label: str,
    y_label: str,
    canvas: Canvas = WIDE,
) -> Markup:
    """Dots with a line through the best of them."""
    if not dots:
        return Markup("")
    frame = _frame(dots, x, canvas)
    marked = set(front)
    parts = [*_grid(frame, x_label, y_label), _steps(frame, front)]
    parts += [_dot(frame, dot, dot in marked) for dot in sorted(dots, key=lambda d: d in marked)]
    parts += _labels(frame, front)
    box = f"0 0 {canvas.width:g} {canvas.height:g}"
    drawing = Markup(
        '<svg class="chart {}" viewBox="{}" role="group" data-left="{:g}" data-right="{:g}">'
    ).format(canvas.kind, box, canvas.left, canvas.width - canvas.right)
    return drawing + Markup("").join(parts) + Markup("</svg>")


def _frame(dots: Sequence[Dot], x: Axis, canvas: Canvas = WIDE) -> _Frame:
    xs, ys = [dot.x for dot in dots], sorted(dot.y for dot in dots)
    low, high = min(xs), max(xs)
    if x is LOG:
        low, high = low / 1.3, max(high * 1.3, low * 2)
    else:
        low, high = low - 30, high + 30
    # A few failed runs near zero would press all others into a line.
    bottom = min(ys[len(ys) // 20], ys[-1] - 5)
    return _Frame(x, LINEAR, low, high, math.floor(bottom - 2), math.ceil(ys[-1] + 2), canvas)


def _grid(frame: _Frame, x_label: str, y_label: str) -> list[Markup]:
    parts, box = [], frame.canvas
    bottom, right = box.height - box.bottom, box.width - box.right
    free = 0.0
    for value, label in frame.x.marks(frame.low_x, frame.high_x):
        x, _ = frame.at(value, frame.low_y)
        half = len(label) * _LETTER / 2
        if x - half < free:
            continue  # its label would touch the one before
        free = x + half + 6
        parts.append(
            Markup(
                '<path class="g" d="M{} {}V{}"/><text class="tx" x="{}" y="{}">{}</text>'
            ).format(x, box.top, bottom, x, bottom + 20, label)
        )
    for value, label in frame.y.marks(frame.low_y, frame.high_y):
        _, y = frame.at(frame.high_x, value)
        parts.append(
            Markup(
                '<path class="g" d="M{} {}H{}"/><text class="ty" x="{}" y="{}">{}</text>'
            ).format(box.left, y, right, box.left - 8, y + 4, label)
        )
    middle = (box.left + right) / 2
    title = Markup('<text class="tx ta" x="{}" y="{}">{}</text>')
    parts.append(title.format(middle, box.height - 10, x_label))
    parts.append(Markup('<text class="ta" x="{}" y="{}">{}</text>').format(4, 12, y_label))
    return parts


def is_low(frame: _Frame, dot: Dot) -> bool:
    """Whether a dot is below the chart, so that a triangle marks it at the lower edge."""
    return dot.y < frame.low_y


def below(dots: Sequence[Dot], x: Axis) -> int:
    """How many dots are below the chart."""
    frame = _frame(dots, x) if dots else None
    return sum(is_low(frame, dot) for dot in dots) if frame else 0


def _clamped(frame: _Frame, dot: Dot) -> tuple[float, float]:
    return frame.at(dot.x, max(dot.y, frame.low_y))


def _dot(frame: _Frame, dot: Dot, is_front: bool) -> Markup:
    x, y = _clamped(frame, dot)
    title = Markup("<title>{} · {} · {}</title>").format(dot.label, dot.detail, f"{dot.y:.2f}")
    kind = "d f" if is_front else "d"
    if is_low(frame, dot):
        shape = Markup('<path class="{} low" d="M{} {}h12l-6 10z">{}</path>').format(
            kind, round(x - 6, 1), round(y - 6, 1), title
        )
    else:
        shape = Markup('<circle class="{}" cx="{}" cy="{}" r="{}">{}</circle>').format(
            kind, x, y, 6 if is_front else 4.5, title
        )
    return Markup('<a href="{}" data-i="{}" data-x="{}" data-y="{}">{}</a>').format(
        dot.href, dot.row, x, y, shape
    )


def _steps(frame: _Frame, front: Sequence[Dot]) -> Markup:
    """The line of the best so far: level, then up."""
    if not front:
        return Markup("")
    x, y = _clamped(frame, front[0])
    path = [f"M{x} {y}"]
    for dot in front[1:]:
        x, y = _clamped(frame, dot)
        path.append(f"H{x}V{y}")
    return Markup('<path class="fl" d="{}H{}"/>').format(
        "".join(path), frame.canvas.width - frame.canvas.right
    )


def _label_width(label: str) -> float:
    """About how wide a label of the front is drawn, at 12 px; `chart.ts` has the same rule."""
    return sum(
        4.2 if letter in _SLIM else 10.4 if letter in "mwMW" else 8.2 if letter.isupper() else 6.8
        for letter in label
    )


def _labels(frame: _Frame, front: Sequence[Dot]) -> list[Markup]:
    """Labels of the front, but those that would meet another, a dot of the front or its line."""
    taken: list[tuple[float, float, float]] = []
    places = [_clamped(frame, dot) for dot in front]
    parts, box = [], frame.canvas
    for index in reversed(range(len(front))):
        dot, (x, y) = front[index], places[index]
        width = _label_width(dot.label)
        # Beside its dot; above it where there is no room.
        is_beside = x - 8 - width >= box.left
        start, top = (x - 8 - width, y - 8) if is_beside else (box.left, y - 14)
        end = start + width
        overlaps = any(
            abs(top - line) < 14 and start < other_end and begin < end
            for begin, other_end, line in taken
        )
        covers = any(start - 6 < a < end + 6 and top - 14 < b < top + 8 for a, b in places)
        # The line goes up where the next dot of the front is.
        crosses = index + 1 < len(front) and places[index + 1][0] < end + 3
        if end > box.width or overlaps or covers or crosses:
            continue
        taken.append((start, end, top))
        kind, at = ("dl e", end) if is_beside else ("dl", start)
        parts.append(
            Markup('<text class="{}" x="{}" y="{}">{}</text>').format(
                kind, round(at, 1), round(top, 1), dot.label
            )
        )
    return parts
