"""The report as one page: no script, nothing loaded from elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from frontrunner.takeover.records import Reading
from frontrunner.takeover.rehearsal.conductor import Trial
from frontrunner.takeover.rehearsal.story import Moment, Report
from frontrunner.takeover.stages import FULL

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 1000.0, 300.0, 44.0, 64.0, 24.0
_Scale = Callable[[float], float]
_LANES = 5
"""Rows of bars for faults, so that those that follow each other closely do not overlap."""


def rendered(report: Report) -> str:
    """The page."""
    environment = Environment(
        loader=PackageLoader("frontrunner.takeover.rehearsal"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("report.html.j2").render(
        report=report,
        picture=picture(report.moments, report.trials, report.seconds),
        date=f"{datetime.fromtimestamp(report.started, UTC):%Y-%m-%d %H:%M}",
        duration=duration,
        number=lambda value: f"{value:,}",
        evidence=evidence,
    )


def duration(seconds: float) -> str:
    """`75 s` as `1:15`."""
    whole = max(round(seconds), 0)
    return f"{whole // 60}:{whole % 60:02}"


def evidence(readings: Sequence[Reading]) -> Markup:
    """What each gate said, folded away."""
    if not readings:
        return Markup("")
    rows = Markup("").join(
        Markup("<tr><td>{}</td><td>{}</td><td class=n>{}</td><td>{}</td></tr>").format(
            one.gate, one.verdict, f"{one.sample:,}", one.text
        )
        for one in readings
    )
    summary = Markup("<details><summary>{} gates</summary>").format(len(readings))
    return summary + Markup("<table>{}</table></details>").format(rows)


def picture(moments: Sequence[Moment], trials: Sequence[Trial], seconds: float) -> Markup:
    """Users on the new board, the share and the faults over time, as SVG."""
    length = max(seconds, 1.0)
    most = max([one.on_new for one in moments], default=0) or 1

    def x(at: float) -> float:
        return _LEFT + (_WIDTH - _LEFT) * min(max(at, 0.0), length) / length

    def y(part: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - part)

    counted = [one for one in moments if one.on_new >= 0]
    line = " ".join(f"{x(one.at):.1f},{y(one.on_new / most):.1f}" for one in counted)
    parts = [
        Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            f"{_WIDTH:.0f}",
            f"{_HEIGHT:.0f}",
            f"Users on the new board over {duration(seconds)} minutes, at most {most:,}.",
        ),
        _steps(moments, x, y),
        Markup('<polyline points="{}" fill="none" stroke="var(--new)" stroke-width="2"/>').format(
            line
        ),
        *(_bar(number, one, x) for number, one in enumerate(trials)),
        *(_tick(at, x) for at in _ticks(length)),
        Markup('<text x="0" y="{}">{}</text>').format(f"{y(1) + 4:.0f}", f"{most:,}"),
        Markup('<text x="0" y="{}">0</text></svg>').format(f"{y(0):.0f}"),
    ]
    return Markup("").join(parts)


def _steps(moments: Sequence[Moment], x: _Scale, y: _Scale) -> Markup:
    """The share as an area of steps."""
    known = [one for one in moments if one.share >= 0]
    if not known:
        return Markup("")
    points = [f"{x(known[0].at):.1f},{y(0):.1f}"]
    before = 0.0
    for one in known:
        part = one.share / FULL
        points += [f"{x(one.at):.1f},{y(before):.1f}", f"{x(one.at):.1f},{y(part):.1f}"]
        before = part
    points += [f"{x(known[-1].at):.1f},{y(0):.1f}"]
    return Markup('<polygon points="{}" fill="var(--line)" opacity=".6"/>').format(" ".join(points))


def _bar(number: int, trial: Trial, x: _Scale) -> Markup:
    """When a fault was on."""
    top = 6 + (number % _LANES) * 11
    width = max(x(trial.end) - x(trial.start), 2.0)
    colour = "var(--good)" if trial.held else "var(--bad)"
    return Markup(
        '<rect x="{}" y="{}" width="{}" height="8" fill="{}"><title>{}</title></rect>'
    ).format(
        f"{x(trial.start):.1f}", top, f"{width:.1f}", colour,
        f"{trial.title}: {duration(trial.start)} to {duration(trial.end)}",
    )  # fmt: skip


def _ticks(length: float) -> list[float]:
    step = next(
        one for one in (10, 30, 60, 120, 300, 600, 3600) if length / one <= 12 or one == 3600
    )
    return [float(at) for at in range(0, int(length) + 1, step)]


def _tick(at: float, x: _Scale) -> Markup:
    return Markup('<text x="{}" y="{}">{}</text>').format(
        f"{x(at):.1f}", f"{_HEIGHT - 6:.0f}", duration(at)
    )
