"""Lines over time: whole, inside the picture, and without anything that a policy would block."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from frontrunner.web.timelines import Line, Spot, picture

DAY = 86400.0
SPOTS = st.lists(
    st.tuples(st.floats(0, 4e9), st.floats(0, 100)), min_size=2, max_size=30,
    unique_by=lambda one: int(one[0]),
).map(sorted)  # fmt: skip


def line(values: list[tuple[float, float]], name: str = "") -> Line:
    return Line(name, [Spot(at, value, "") for at, value in values])


@given(SPOTS, st.booleans())
def test_every_mark_is_inside_the_picture(values: list[tuple[float, float]], ranks: bool) -> None:
    drawn = str(picture([line(values, "a" * 20)], "Rank", ranks=ranks))
    for part, width in zip(drawn.split("</svg>"), (920, 360), strict=False):
        assert f'viewBox="0 0 {width} ' in part
        assert len(re.findall("<circle", part)) == len(values)
        for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', part):
            assert 0 <= float(x) <= width
            assert 0 <= float(y) <= 260
    assert "style=" not in drawn


def test_the_first_rank_is_at_the_top_and_the_best_mean_too() -> None:
    values = [(0.0, 1.0), (40 * DAY, 9.0)]
    places = [
        [float(y) for y in re.findall(r'cy="([\d.]+)"', str(picture([line(values)], "", ranks=r)))]
        for r in (True, False)
    ]
    assert places[0][0] < places[0][1]
    assert places[1][0] > places[1][1]


def test_a_picture_beside_another_has_its_time() -> None:
    ranks = line([(0.0, 1.0), (DAY, 2.0), (4 * DAY, 3.0)])
    means = line([(DAY, 50.0), (2 * DAY, 51.0)])

    def places(drawn: str) -> list[float]:
        return [float(x) for x in re.findall(r'cx="([\d.]+)"', drawn.partition("</svg>")[0])]

    rank = places(str(picture([ranks], "", ranks=True)))
    mean = places(str(picture([means], "", ranks=False, beside=ranks.spots)))
    assert mean[0] == rank[1]
    assert mean[1] < rank[2]


def test_a_phone_gets_a_picture_of_its_own_with_the_names_below() -> None:
    lines = [line([(0.0, 1.0), (DAY, 5.0)], name) for name in ("first", "second")]
    wide, narrow, _ = str(picture(lines, "Rank", ranks=True)).split("</svg>")
    assert 'class="chart wide"' in wide
    assert 'class="chart narrow" viewBox="0 0 360 300"' in narrow
    places = re.findall(r'class="dl" x="32" y="(\d+)', narrow)
    assert [260 < int(y) < 300 for y in places] == [True, True]
    # The last day is wider than the room beside the line.
    assert 'class="tx e"' in narrow


def test_lines_are_not_filled() -> None:
    style = (Path(__file__).parents[2] / "frontend/src/charts.css").read_text("utf-8")
    assert re.search(r"\.chart \.pl \{[^}]*fill: none", style)


def test_a_gap_interrupts_the_line() -> None:
    spots = [Spot(0, 1, ""), None, Spot(90 * DAY, 2, "")]
    drawn = str(picture([Line("", spots)], "Rank", ranks=True))
    assert re.search(r'class="pl c0" d="M[\d. ]+M[\d. ]+"', drawn)


def test_one_moment_is_no_picture_and_names_are_escaped() -> None:
    assert str(picture([line([(0.0, 1.0)])], "Rank", ranks=True)) == ""
    assert str(picture([], "Rank", ranks=True)) == ""
    drawn = str(picture([line([(0.0, 1.0), (DAY, 1.0)], "<b>")], "<i>", ranks=True))
    assert "<b>" not in drawn
    assert "<i>" not in drawn


def test_names_at_the_ends_do_not_overlap() -> None:
    lines = [line([(0.0, 1.0), (90 * DAY, 5.0 + n / 100)], f"m{n}") for n in range(5)]
    for drawn in str(picture(lines, "Rank", ranks=True)).split("</svg>"):
        tops = sorted(float(y) for y in re.findall(r'class="dl" x="[\d.]+" y="([\d.]+)"', drawn))
        assert all(b - a >= 14 for a, b in pairwise(tops))


def test_times_are_labelled_by_days_months_quarters_or_years() -> None:
    begin = 1_735_689_600.0
    for length, label in (
        (20, "2025-01-01"),
        (150, "2025-02"),
        (700, "2025-04"),
        (3000, "2030-01"),
    ):
        drawn = str(picture([line([(begin, 1.0), (begin + length * DAY, 2.0)])], "", ranks=True))
        assert f">{label}<" in drawn
