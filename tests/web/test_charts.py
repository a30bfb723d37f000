"""Charts: their front, their marks, and text that runs nothing."""

from __future__ import annotations

import itertools
import re

import pytest

from frontrunner.answers.service import Service
from frontrunner.web import charts
from frontrunner.web.charts import Dot


def test_the_front_holds_what_nothing_smaller_beats() -> None:
    dots = [Dot(x, y, f"{x}", "", "") for x, y in [(1, 5), (2, 4), (3, 9), (3, 8), (4, 9)]]
    assert [(dot.x, dot.y) for dot in charts.records(dots)] == [(1, 5), (3, 9)]


@pytest.mark.parametrize("axis", [charts.LOG, charts.LINEAR])
def test_charts_of_one_dot_and_of_none(axis: charts.Axis) -> None:
    dot = Dot(0.5, 50.0, "<b>", "x", "/m")
    assert "&lt;b&gt;" in charts.scatter([dot], [dot], axis, "x", "y")
    assert charts.scatter([], [], axis, "x", "y") == ""


def test_dots_below_a_chart_are_marked_at_its_lower_edge() -> None:
    dots = [Dot(1 + n, 60.0 + n / 10, f"m{n}", "x", "/m", n) for n in range(40)]
    low = Dot(5, 3.0, "failed", "x", "/m", 40)
    svg = charts.scatter([*dots, low], charts.records(dots), charts.LOG, "x", "y")
    assert svg.count("<circle") == 40
    assert svg.count(' low"') == 1
    assert "failed \u00b7 x \u00b7 3.00" in svg
    assert charts.below([*dots, low], charts.LOG) == 1
    assert charts.below(dots, charts.LOG) == 0
    assert charts.below([], charts.LOG) == 0


def test_charts_show_the_unit_that_fits(service: Service) -> None:
    dots = [Dot(size, 50.0, "m", "", "/m") for size in (1e-4, 1e-3)]
    svg = charts.scatter(dots, dots[:1], charts.LOG, "x", "y")
    assert ">100K<" in svg
    assert ">1M<" in svg


CANVASES = [charts.WIDE, charts.MIDDLE, charts.NARROW]


def labels_of(svg: str) -> list[tuple[float, float, float]]:
    """Where each label of the front begins, its line, and where it ends, at 6 units a letter."""
    found = re.findall(r'class="dl( e)?" x="([\d.]+)" y="([\d.]+)">([^<]+)', svg)
    widths = [6.0 * len(name) for _, _, _, name in found]
    return [
        (float(x) - (width if ends else 0), float(y), float(x) + (0 if ends else width))
        for (ends, x, y, _), width in zip(found, widths, strict=True)
    ]


@pytest.mark.parametrize("canvas", CANVASES)
def test_everything_is_inside_the_picture_and_no_label_covers_another(
    canvas: charts.Canvas,
) -> None:
    """Labels of the front cover none of its dots either."""
    names = ["a-model-with-a-very-long-name-that-fits-nowhere", "short", "of-middling-length"]
    dots = [Dot(0.002 * 1.6**n, 40 + 2.0 * n, names[n % 3], "x", "/m", n) for n in range(18)]
    svg = charts.scatter(dots, charts.records(dots), charts.LOG, "x", "y", canvas)
    circles = [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', svg)]
    labels = labels_of(svg)
    assert len(labels) >= 2
    assert all(0 <= x <= canvas.width and 0 <= y <= canvas.height for x, y in circles)
    assert all(canvas.left <= start and end <= canvas.width for start, _, end in labels)
    for number, (start, top, end) in enumerate(labels):
        assert not any(start < x < end and top - 10 < y < top + 4 for x, y in circles)
        for begin, line, other in labels[:number]:
            assert abs(top - line) >= 14 or end <= begin or other <= start


@pytest.mark.parametrize("canvas", CANVASES)
def test_the_line_of_the_front_crosses_no_label(canvas: charts.Canvas) -> None:
    """A name with no room beside its dot is shown if it ends before the line rises."""
    long = "n" * int(canvas.width * 0.55 / 6.8)
    first = Dot(0.0, 40, long, "x", "/m")

    def shown(second: float) -> list[tuple[float, float, float]]:
        front = [first, Dot(second, 60, "short", "x", "/m")]
        return labels_of(charts.scatter(front, front, charts.LINEAR, "x", "y", canvas))

    assert len(shown(400.0)) == 2
    assert len(shown(6.0)) == 1


@pytest.mark.parametrize("canvas", CANVASES)
def test_marks_of_an_axis_do_not_touch(canvas: charts.Canvas) -> None:
    dots = [Dot(size, 50.0, "m", "", "/m") for size in (1e-4, 1e2)]
    svg = charts.scatter(dots, dots[:1], charts.LOG, "x", "y", canvas)
    marks = re.findall(r'class="tx" x="([\d.]+)" y="[\d.]+">([^<]+)', svg)
    ends = [(float(x) - 3.8 * len(text), float(x) + 3.8 * len(text)) for x, text in marks]
    assert len(ends) >= 4
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(ends))
