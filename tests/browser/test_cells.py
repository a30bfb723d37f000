"""Cells that say where their numbers come from: by mouse, by keyboard, and on a phone."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from frontrunner.snapshot.reader import Snapshot
from tests.browser.conftest import AXE
from tests.browser.test_every_page import RULES
from tests.browser.waits import expect
from tests.web.conftest import NAME

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("snapshot", ["small"], indirect=True, scope="session"),
]
ROW = "tr:has(a[href$='/models/org/small'])"


@pytest.fixture
def board(page: Any, address: str) -> Any:
    """The board's table of tasks, ready."""
    page.goto(f"{address}/benchmark/{quote(NAME)}/tasks")
    page.wait_for_selector("#tools:not([hidden])")
    return page


def opened(page: Any) -> Any:
    """The card, with a number in it."""
    card = page.locator("dialog.source-card")
    expect(card.locator("h2#source-title")).to_be_visible()
    return card


def test_one_click_shows_the_file_the_revisions_and_the_command(
    board: Any, snapshot: Snapshot
) -> None:
    board.locator(f"{ROW} td", has_text="45.00").click()
    card = opened(board)
    expect(card.locator("h2#source-title")).to_have_text("45.00 Search")
    expect(card).to_contain_text("org__small/r1/Search.json")
    expect(card).to_contain_text("mteb run -m org/small -t Search")
    board.click("dialog [data-copy-text]")
    expect(board.locator("dialog [data-copy-text]")).to_have_text("✓")
    assert "mteb run" in board.evaluate("navigator.clipboard.readText()")
    board.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_a_mean_lists_its_tasks_and_leads_to_each_in_the_same_card(page: Any, address: str) -> None:
    page.goto(f"{address}/benchmark/{quote(NAME)}")
    page.wait_for_selector("#tools:not([hidden])")
    page.locator(f"{ROW} td", has_text="58.12").first.click()
    card = opened(page)
    expect(card).to_contain_text("Mean of the scores on 2 tasks.")
    card.locator("a[data-here]", has_text="Search").click()
    expect(card.locator("h2#source-title")).to_have_text("45.00 Search")
    card.locator("a[data-here]", has_text="All scores of this row").click()
    expect(card.locator("h2#source-title")).to_contain_text("All scores of this row")
    card.locator("[data-close]").click()
    expect(card).to_be_hidden()


def test_what_a_row_lacks_is_one_click_away(page: Any, address: str) -> None:
    page.goto(f"{address}/benchmark/{quote(NAME)}")
    page.locator("a.src", has_text="1/2").click()
    expect(opened(page)).to_contain_text("mteb run -m org/large -t Pairs")


def test_a_rank_opens_the_whole_row(board: Any) -> None:
    """Which names the models that are tied with it, if the board knows."""
    board.locator(f"{ROW} td.r").click()
    expect(opened(board).locator("h2#source-title")).to_contain_text("All scores of this row")


def test_keys_move_within_a_row_and_the_focus_comes_back(board: Any) -> None:
    board.locator(f"{ROW} .m a").focus()
    board.keyboard.press("ArrowLeft")
    expect(board.locator(f"{ROW} .pin")).to_be_focused()
    for _ in range(3):
        board.keyboard.press("ArrowRight")
    cell = board.locator(f"{ROW} td", has_text="45.00")
    expect(cell).to_be_focused()
    board.keyboard.press("Enter")
    card = opened(board)
    board.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(cell).to_be_focused()
    board.keyboard.press("ArrowDown")
    expect(cell).not_to_be_focused()
    board.keyboard.press("Home")
    board.keyboard.press("End")
    assert board.evaluate("document.activeElement.cellIndex") == board.locator("th.s").count() + 2


def test_a_row_is_one_tab_stop(board: Any) -> None:
    stops = board.evaluate(
        "[...document.querySelectorAll('#board tbody tr')].map((row) =>"
        " [...row.querySelectorAll('a, button, [tabindex]')]"
        " .filter((one) => one.tabIndex >= 0).length)"
    )
    assert set(stops) == {1}


@pytest.mark.parametrize("path", ["/benchmark/{}", "/tasks/Search", "/models/org/small"])
def test_without_scripts_the_keyboard_reaches_the_sources_of_a_row(
    chromium: Any, address: str, path: str
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + path.format(quote(NAME)))
    row = page.locator("tr:has(a.src)").last
    row.locator("th a").first.focus()
    for _ in range(3):
        page.keyboard.press("Tab")
        if "/scores/" in str(page.locator("a:focus").get_attribute("href")):
            break
    expect(row.locator("a.src:focus")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("article.source")).to_be_visible()
    context.close()


def test_without_scripts_a_row_leads_to_the_sources_of_all_its_numbers(
    chromium: Any, address: str
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/benchmark/{quote(NAME)}")
    page.locator(f"{ROW} a.src").click()
    page.locator("a[data-here]", has_text="Search").click()
    assert "org__small/r1/Search.json" in page.inner_text("article.source")
    context.close()


def test_the_pages_of_tasks_and_models_open_the_same_card(page: Any, address: str) -> None:
    page.goto(f"{address}/tasks/Search")
    page.locator(f"{ROW} td", has_text="50.00").click()
    expect(opened(page)).to_contain_text("org__small/r1/Search.json")
    page.goto(f"{address}/models/org/small")
    page.locator("td.n", has_text="58.12").first.click()
    expect(opened(page)).to_contain_text("Mean of the scores on 2 tasks.")


def test_what_cannot_be_loaded_is_said(chromium: Any, address: str) -> None:
    context = chromium.new_context(locale="en-US")
    page = context.new_page()
    page.goto(f"{address}/benchmark/{quote(NAME)}")
    page.wait_for_selector("#tools:not([hidden])")
    page.route("**/scores/**", lambda route: route.abort())
    page.locator(f"{ROW} a.src").click()
    expect(page.locator("#source-title")).to_contain_text("This could not be loaded")
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_card_has_no_violation(chromium: Any, address: str, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{address}/benchmark/{quote(NAME)}")
    page.locator("a.src").first.click()
    opened(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate(
        "(rules) => axe.run({resultTypes: ['violations'], runOnly: rules})", RULES
    )
    assert [one["id"] for one in result["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    context.close()


def test_a_customized_board_opens_the_same_card(page: Any, address: str) -> None:
    page.goto(f"{address}/benchmark/{quote(NAME)}?languages=German")
    page.wait_for_selector("#tools:not([hidden])")
    page.locator(f"{ROW} .m a").focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
        if page.evaluate("document.activeElement.textContent") == "40.00":
            break
    page.keyboard.press("Enter")
    card = opened(page)
    expect(card).to_contain_text("40.00")
    card.locator("a[data-here]", has_text="Search").first.click()
    expect(card.locator("h2#source-title")).to_have_text("40.00 Search")
