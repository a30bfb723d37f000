"""Pictures of the past: lines over time, drawn by the server like the other charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from markupsafe import Markup

_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 24.0, 30.0, 34.0
_WIDE, _NARROW = 920.0, 360.0
"""For desks, and for phones, which name the lines below the picture."""
_LETTER = 7.0
"""About the width of a letter."""
_KEY = 20
"""Pixels between two names below a narrow picture."""
_ROW = 15
"""Pixels between two labels at the ends of lines."""
_MONTH = len("2026-11")
_NEAR_TOP = 10
"""Ranks up to this are drawn from the first place on."""
SERIES = 6
"""Lines that have a colour of their own."""


class Spot(NamedTuple):
    """One value at one moment."""

    at: float
    """In seconds since the epoch."""
    value: float
    words: str
    """What is said of it, such as `rank 3 of 120`."""


class Line(NamedTuple):
    """One line of a picture."""

    name: str
    """Written at its end; empty for none."""
    spots: Sequence[Spot | None]
    """None interrupts the line."""


class _Scale(NamedTuple):
    begin: float
    end: float
    low: float
    high: float
    down: bool
    width: float
    height: float

    def x(self, at: float) -> float:
        share = (at - self.begin) / (self.end - self.begin)
        return round(_LEFT + share * (self.width - _LEFT), 1)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        share = share if self.down else 1 - share
        return round(_TOP + share * (self.height - _TOP - _BOTTOM), 1)


def picture(
    lines: Sequence[Line],
    label: str,
    *,
    ranks: bool,
    height: float = 260.0,
    beside: Sequence[Spot | None] = (),
) -> Markup:
    """Lines over time, wide and narrow; of ranks, the first is at the top. Empty without two
    moments. The time runs as far as in the picture of `beside`, so that both can be compared.
    """
    spots = [spot for line in lines for spot in line.spots if spot]
    if len({spot.at for spot in spots}) < 2:
        return Markup("")
    longest = max((len(line.name) for line in lines), default=0)
    moments = [spot.at for spot in (*spots, *beside) if spot]
    wide = _scale(spots, moments, ranks, (_WIDE - _RIGHT - longest * _LETTER, height))
    narrow = _scale(spots, moments, ranks, (_NARROW - _RIGHT, height))
    parts = [Markup('<text class="ta" x="4" y="14">{}</text>').format(label)]
    ends, below = _names(wide, lines), _keys(narrow, lines)
    return _svg("wide", (_WIDE, height), label, [*parts, *_inside(wide, lines), *ends]) + _svg(
        "narrow",
        (_NARROW, height + len(below) * _KEY),
        label,
        [*parts, *_inside(narrow, lines), *below],
    )


def _svg(kind: str, size: tuple[float, float], label: str, parts: list[Markup]) -> Markup:
    return Markup('<svg class="chart {}" viewBox="{}" role="img" aria-label="{}">{}</svg>').format(
        kind, f"0 0 {size[0]:g} {size[1]:g}", label, Markup("").join(parts)
    )


def _inside(scale: _Scale, lines: Sequence[Line]) -> list[Markup]:
    drawn = [_drawn(scale, number, line) for number, line in enumerate(lines)]
    return [*_grid(scale), *drawn]


def _scale(
    spots: Sequence[Spot], moments: Sequence[float], ranks: bool, size: tuple[float, float]
) -> _Scale:
    values = [spot.value for spot in spots]
    low, high = min(values), max(values)
    if ranks:
        low, high = 1.0 if low <= _NEAR_TOP else low, max(high, low + 2)
    else:
        low, high = math.floor(low - 0.5), math.ceil(high + 0.5)
    return _Scale(min(moments), max(moments), low, high, ranks, *size)


def _grid(scale: _Scale) -> list[Markup]:
    parts = []
    for value in _marks(scale.low, scale.high, scale.down):
        parts.append(
            Markup(
                '<path class="g" d="M{} {}H{}"/><text class="ty" x="{}" y="{}">{}</text>'
            ).format(_LEFT, scale.y(value), scale.width, _LEFT - 8, scale.y(value) + 4, value)
        )
    bottom, last = scale.height - _BOTTOM, -math.inf
    for at, label in _times(scale.begin, scale.end):
        x = scale.x(at)
        if x - last < 52:  # labels would overlap
            continue
        last = x
        # A day is wider than the room beside the last line.
        kind = "tx e" if at == scale.end and len(label) > _MONTH else "tx"
        parts.append(
            Markup(
                '<path class="g" d="M{} {}V{}"/><text class="{}" x="{}" y="{}">{}</text>'
            ).format(x, _TOP, bottom, kind, x, bottom + 20, label)
        )
    return parts


def _marks(low: float, high: float, ranks: bool) -> list[int]:
    span = high - low
    step = next((s for s in (1, 2, 5, 10, 20, 50, 100, 200) if span / s <= 6), 500)
    marks = range(math.ceil(low / step) * step, math.floor(high) + 1, step)
    return list(dict.fromkeys([int(low), *(m for m in marks if m - low >= step / 2)])) if ranks \
        else list(marks)  # fmt: skip


def _times(begin: float, end: float) -> list[tuple[float, str]]:
    """Quarters, or months if there are few, or days of a short time."""
    first, last = (datetime.fromtimestamp(at, UTC).date() for at in (begin, end))
    months = (last.year - first.year) * 12 + last.month - first.month
    if months < 2:
        return [(begin, first.isoformat()), (end, last.isoformat())]
    step = 1 if months <= 8 else 3 if months <= 30 else 12
    found = []
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        day = date(number // 12, number % 12 + 1, 1)
        at = datetime(day.year, day.month, 1, tzinfo=UTC).timestamp()
        if (day.month - 1) % step == 0 and begin <= at <= end:
            found.append((at, day.strftime("%Y-%m")))
    return found


def _drawn(scale: _Scale, number: int, line: Line) -> Markup:
    path, dots, pen = [], [], "M"
    for spot in line.spots:
        if spot is None:
            pen = "M"
            continue
        x, y = scale.x(spot.at), scale.y(spot.value)
        path.append(f"{pen}{x} {y}")
        pen = "L"
        day = datetime.fromtimestamp(spot.at, UTC).strftime("%Y-%m-%d")
        said = " · ".join(part for part in (line.name, day, spot.words) if part)
        dots.append(
            Markup('<circle class="c{}" cx="{}" cy="{}" r="3.5"><title>{}</title></circle>').format(
                number % SERIES, x, y, said
            )
        )
    drawn = Markup('<path class="pl c{}" d="{}"/>').format(number % SERIES, "".join(path))
    return Markup("<g>{}{}</g>").format(drawn, Markup("").join(dots))


def _names(scale: _Scale, lines: Sequence[Line]) -> list[Markup]:
    """The names at the ends of the lines, moved apart where they would overlap."""
    ends = []
    for line in lines:
        last = next((spot for spot in reversed(line.spots) if spot), None)
        if line.name and last:
            ends.append((scale.y(last.value), line.name))
    parts, lowest = [], -math.inf
    for y, name in sorted(ends):
        lowest = max(y, lowest + _ROW)
        parts.append(
            Markup('<text class="dl" x="{}" y="{}">{}</text>').format(
                round(scale.width + 8, 1), round(lowest + 4, 1), name
            )
        )
    return parts


def _keys(scale: _Scale, lines: Sequence[Line]) -> list[Markup]:
    """The names below a narrow picture, each after a piece of its line."""
    named = [(number, line.name) for number, line in enumerate(lines) if line.name]
    parts = []
    for place, (number, name) in enumerate(named):
        y = scale.height + place * _KEY + 6
        swatch = Markup('<path class="pl c{}" d="M6 {}h18"/>').format(number % SERIES, y - 4)
        parts.append(swatch + Markup('<text class="dl" x="32" y="{}">{}</text>').format(y, name))
    return parts
