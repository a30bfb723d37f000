"""Search and filters act on the charts of a board."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.browser.waits import expect, filters_set, in_query

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("snapshot", ["starter"], indirect=True, scope="session"),
]
DOTS = "figure a[data-i]:visible"


@pytest.fixture
def chart(page: Any, address: str, snapshot: Any) -> Any:
    """The chart of the first board by size."""
    board = snapshot.catalog.benchmarks[0].name
    page.goto(f"{address}/benchmark/{quote(board)}/size")
    page.wait_for_selector("#tools:not([hidden])")
    return page


def _shown(chart: Any) -> int:
    count: int = chart.locator(DOTS).count()
    return count


def test_a_search_hides_dots_and_the_front_follows(chart: Any) -> None:
    before = _shown(chart)
    path = chart.locator(".wide .fl").get_attribute("d")
    chart.fill("#q", "wordllama")
    in_query(chart, "q", "wordllama")
    expect(chart.locator("#shown")).to_contain_text(f"of {before}")
    assert 0 < _shown(chart) < before
    assert chart.locator(".wide .fl").get_attribute("d") != path
    names = chart.locator("#leaders tbody th").all_inner_texts()
    assert names
    assert all("l2-supercat" in name for name in names)
    chart.fill("#q", "")
    expect(chart.locator(DOTS)).to_have_count(before)
    expect(chart.locator(".wide .fl")).to_have_attribute("d", path)


def test_sizes_are_filtered_with_their_units(chart: Any) -> None:
    before = _shown(chart)
    chart.locator("#filters summary").click()
    chart.fill('#filters [name="max"]', "20M")
    chart.keyboard.press("Tab")
    in_query(chart, "max", "20M")
    filters_set(chart, 1)
    assert _shown(chart) < before


def test_filters_go_along_to_the_other_tabs(chart: Any) -> None:
    chart.fill("#q", "wordllama supercat")
    in_query(chart, "q", "wordllama supercat")
    left = _shown(chart)
    chart.get_by_role("link", name="Summary").click()
    chart.wait_for_selector("#board")
    expect(chart.locator("#q")).to_have_value("wordllama supercat")
    chart.wait_for_selector("#tools:not([hidden])")
    assert chart.locator("#board tbody tr:visible").count() >= left


def test_nothing_left_is_said(chart: Any) -> None:
    chart.fill("#q", "no such model")
    expect(chart.locator("#shown")).to_have_text("No matches. Clear a filter.")
    expect(chart.locator(DOTS)).to_have_count(0)


def test_on_a_phone_the_chart_fits_and_says_its_dots_by_keyboard(
    page: Any, address: str, snapshot: Any
) -> None:
    board = snapshot.catalog.benchmarks[0].name
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/benchmark/{quote(board)}/size")
    page.wait_for_selector("#tools:not([hidden])")
    expect(page.locator("figure .wide")).to_be_hidden()
    figure = page.locator("figure")
    assert figure.evaluate("one => one.scrollWidth <= one.clientWidth")
    page.locator(DOTS).first.focus()
    expect(page.locator("figure .tip")).to_contain_text("\u00b7")
    page.fill("#q", "no such model")
    expect(page.locator(DOTS)).to_have_count(0)
