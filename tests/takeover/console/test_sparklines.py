from __future__ import annotations

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from frontrunner.takeover.console.sparklines import Line, Point, sparkline

VALUES = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True))


@given(
    st.lists(st.tuples(st.floats(0, 2e9), VALUES), max_size=40),
    st.one_of(st.none(), st.floats(allow_nan=True)),
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C"])),
)
def test_any_readings_give_a_chart_or_none(
    points: list[tuple[float, float | None]], limit: float | None, label: str
) -> None:
    made = sparkline([Line([Point(*one) for one in sorted(points, key=lambda one: one[0])])],
                     limit, label)  # fmt: skip
    if not made:
        return
    root = ElementTree.fromstring(str(made))  # noqa: S314 -- our own
    assert root.get("aria-label") == label.replace("\t", " ").replace("\n", " ")
    for number in re.findall(r"[MLH ](-?[\d.e+]+|nan|inf)", " ".join(
        one.get("d", "") for one in root.iter("path"))):  # fmt: skip
        assert -1 <= float(number) <= 321


def test_a_missing_value_interrupts_the_line() -> None:
    points = [Point(0.0, 1.0), Point(1.0, 2.0), Point(2.0, None), Point(3.0, 1.0)]
    [path] = re.findall(r'class="seen" d="([^"]*)"', sparkline([Line(points)], None, ""))
    assert path.count("M") == 2


def test_nothing_known_is_no_chart() -> None:
    assert sparkline([Line([Point(0.0, None)])], 1.0, "x") == ""
    assert sparkline([Line([])], None, "x") == ""


def test_a_short_peak_stays_when_there_are_many_points() -> None:
    points = [Point(float(n), 9.0 if n == 777 else 1.0) for n in range(2000)]
    made = sparkline([Line(points)], None, "x")
    heights = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", made)]
    assert len(heights) <= 240
    assert sum(y < 10 for y in heights) == 1


def test_the_limit_is_in_sight() -> None:
    made = sparkline([Line([Point(0.0, 1.0), Point(1.0, 1.0)])], 4.0, "x")
    [limit] = re.findall(r'class="limit" d="M4.0 ([\d.]+)H', made)
    assert float(limit) == 4.0
