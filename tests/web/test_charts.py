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


@pytest.mark.parametrize("canvas", [charts.WIDE, charts.NARROW])
def test_everything_is_inside_the_picture_and_no_label_covers_another(
    canvas: charts.Canvas,
) -> None:
    """A label has about 7 units a letter; labels of the front cover none of its dots either."""
    names = ["a-model-with-a-very-long-name-that-fits-nowhere", "short", "of-middling-length"]
    dots = [Dot(0.002 * 1.6**n, 40 + 2.0 * n, names[n % 3], "x", "/m", n) for n in range(18)]
    svg = charts.scatter(dots, charts.records(dots), charts.LOG, "x", "y", canvas)
    circles = [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', svg)]
    found = re.findall(r'class="dl" x="([\d.]+)" y="([\d.]+)">([^<]+)', svg)
    labels = [(float(x), float(y), float(x) + 7 * len(name)) for x, y, name in found]
    assert len(labels) >= 2
    assert all(0 <= x <= canvas.width and 0 <= y <= canvas.height for x, y in circles)
    assert all(canvas.left <= start and end <= canvas.width for start, _, end in labels)
    for number, (start, top, end) in enumerate(labels):
        assert not any(start < x < end and top - 10 < y < top + 4 for x, y in circles)
        for begin, line, other in labels[:number]:
            assert abs(top - line) >= 14 or end <= begin or other <= start


@pytest.mark.parametrize("canvas", [charts.WIDE, charts.NARROW])
def test_marks_of_an_axis_do_not_touch(canvas: charts.Canvas) -> None:
    dots = [Dot(size, 50.0, "m", "", "/m") for size in (1e-4, 1e2)]
    svg = charts.scatter(dots, dots[:1], charts.LOG, "x", "y", canvas)
    marks = re.findall(r'class="tx" x="([\d.]+)" y="[\d.]+">([^<]+)', svg)
    ends = [(float(x) - 3.8 * len(text), float(x) + 3.8 * len(text)) for x, text in marks]
    assert len(ends) >= 4
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(ends))
