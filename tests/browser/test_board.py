"""What a reader does on a board, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.browser.boards import BOARD
from tests.browser.waits import copied, expect, filters_set, has_models, in_query

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("snapshot", ["small"], indirect=True, scope="session"),
]


def _models(page: Any) -> list[str]:
    found: list[str] = page.locator("#board tbody .m a").all_inner_texts()
    return found


def test_a_column_sorts_both_ways_and_says_so(board: Any) -> None:
    head = board.locator('th[data-k="params"]')
    head.locator(".sort").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    assert _models(board)[0] == "org/large"
    head.locator(".sort").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert _models(board)[0] == "org/small"
    board.wait_for_url("**sort=params")


def test_every_missing_mean_says_why(board: Any) -> None:
    reasons = board.locator("#board td.half").evaluate_all("some => some.map((one) => one.title)")
    assert len(reasons) > 1
    assert all(reason.startswith("Missing ") for reason in reasons)


def test_what_is_missing_goes_last_in_either_direction(board: Any) -> None:
    head = board.locator('th[data-k="mean_task"]')
    for order in ("descending", "ascending"):
        head.locator(".sort").click()
        expect(head).to_have_attribute("aria-sort", order)
        assert _models(board)[-1] == "org/large"


def test_columns_keep_their_widths_when_rows_move(board: Any) -> None:
    measure = "[...document.querySelectorAll('#board th[scope=col]')].map(one => one.offsetWidth)"
    before = board.evaluate(measure)
    board.fill("#q", "small")
    has_models(board, "org/small")
    after = board.evaluate(measure)
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) <= 1


def test_several_columns_sort_with_shift(board: Any) -> None:
    board.locator('th[data-k="covered"] .sort').click()
    board.locator('th[data-k="params"] .sort').click(modifiers=["Shift"])
    expect(board.locator("th[aria-sort]")).to_have_count(2)
    has_models(board, "evil/<script>alert(1)</script>", "org/small", "org/large")


def test_searching_for_several_words(board: Any) -> None:
    board.fill("#q", "small; LARGE")
    expect(board.locator("#shown")).to_have_text("2 of 3 models")
    assert set(_models(board)) == {"org/small", "org/large"}


def test_filters_are_kept_in_the_address_and_the_back_button_takes_them_back(board: Any) -> None:
    board.click("#filters summary")
    board.select_option('select[name="weights"]', "open")
    has_models(board, "org/small")
    board.wait_for_url("**weights=open")
    board.go_back()
    expect(board.locator("#board tbody tr")).to_have_count(3)
    expect(board.locator('select[name="weights"]')).to_have_value("")


def test_a_filter_that_is_set_right_after_a_reset_holds(board: Any) -> None:
    """Controls are reset after the event; the page reads them when that is done."""
    board.evaluate(
        """() => {
          const form = document.querySelector('#filters form');
          form.reset();
          form.elements.weights.value = 'open';
          form.elements.weights.dispatchEvent(new Event('change', {bubbles: true}));
          return new Promise((done) => setTimeout(done));
        }"""
    )
    has_models(board, "org/small")
    filters_set(board, 1)
    in_query(board, "weights", "open")


def test_an_address_with_a_state_opens_in_it(page: Any, address: str) -> None:
    page.goto(f"{address}{BOARD}?weights=open&sort=-params&q=small")
    page.wait_for_selector("#tools:not([hidden])")
    has_models(page, "org/small")
    expect(page.locator("#q")).to_have_value("small")
    filters_set(page, 1)


def test_ranking_again_by_language_says_what_is_ranked_and_leads_back(board: Any) -> None:
    before = board.inner_text("#board")
    board.click("#rerank summary")
    board.fill("#languages-choose", "Germn")  # finds German
    board.keyboard.press("Enter")
    board.click("#rerank button.main")
    expect(board.locator("#asked")).to_contain_text("German")
    expect(board.locator("#asked")).to_contain_text("1 of the board\u2019s 2 tasks")
    assert _models(board)[0] == "org/large"
    assert board.locator("#board tbody tr").first.locator("td.part").count() == 0
    board.click("#asked .back")
    expect(board.locator("#asked")).to_have_count(0)
    expect(board.locator("#board")).to_have_text(before, use_inner_text=True)


def test_ranking_again_leniently_gives_a_mean_with_its_coverage(board: Any) -> None:
    board.click("#rerank summary")
    board.check('input[name="policy"]')
    board.click("#rerank button.main")
    expect(board.locator("#asked")).to_contain_text("lenient")
    row = board.locator("#board tbody tr", has_text="large")
    expect(row).to_contain_text("1/2")
    expect(row).to_contain_text("70.00")


def test_pinned_models_stay_on_top_and_are_compared(board: Any) -> None:
    for count, name in enumerate(("small", "large"), 1):
        board.locator("#board tbody tr", has_text=name).locator(".pin").click()
        expect(board.locator("#board tr.pinned")).to_have_count(count)
    board.fill("#q", "nothing like it")
    in_query(board, "q", "nothing like it")
    assert set(_models(board)) == {"org/small", "org/large"}
    board.click("#compare")
    board.wait_for_url("**/compare?models=org%2Fsmall,org%2Flarge")
    expect(board.locator(".chips li")).to_have_count(2)


def test_a_table_is_copied_as_it_is_shown(board: Any) -> None:
    board.fill("#q", "small")
    has_models(board, "org/small")
    board.click("#share summary")
    text = copied(board, '[data-copy="markdown"]')
    assert len(text.splitlines()) == 3
    assert "| org/small |" in text
    latex = copied(board, '[data-copy="latex"]')
    assert "toprule" in latex
    assert "50\\%" in latex
    with board.expect_download() as download:
        board.click("[data-save]")
    assert "org/small" in Path(download.value.path()).read_text(encoding="utf-8-sig")


def test_a_form_that_cannot_be_had_says_so_and_keeps_its_link(board: Any) -> None:
    board.route("**/benchmark/**/customize*", lambda route: route.fulfill(body="<h1>Not now</h1>"))
    board.click("#rerank summary")
    expect(board.locator("#rerank .panel")).to_contain_text("Not now")
    expect(board.locator("#rerank .panel a")).to_have_count(1)


def test_weights_are_set_by_slider_and_by_number_and_shared_by_link(board: Any) -> None:
    board.click("#rerank summary")
    number = board.get_by_label("Weight of Retrieval")
    slider = number.locator("xpath=preceding-sibling::input")
    slider.fill("4")
    expect(number).to_have_value("4")
    number.fill("2.5")
    expect(slider).to_have_value("2.5")
    pairs = board.get_by_label("Weight of Pairs")
    pairs.fill("0")
    board.keyboard.press("Enter")
    board.wait_for_url("**weigh=*")
    asked = board.locator("#asked")
    expect(asked).to_contain_text("Ranked with your weights: Retrieval \u00d72.5, Pairs \u00d70.")
    expect(asked).to_contain_text("1 of the board\u2019s 2 tasks")
    assert board.url.endswith("?weigh=Retrieval:2.5~Pairs:0")
    board.click("#rerank summary")
    expect(board.get_by_label("Weight of Retrieval")).to_have_value("2.5")
    board.keyboard.press("Escape")  # the open panel may cover the line above the table
    board.get_by_role("link", name="Remove weights").click()
    expect(board.locator("#asked")).to_have_count(0)


def test_a_ranking_keeps_the_view_and_filters_leave_it(board: Any) -> None:
    board.fill("#q", "small")
    in_query(board, "q", "small")
    board.click("#rerank summary")
    board.get_by_label("Weight of Retrieval").fill("3")
    board.click("#rerank button.main")
    board.wait_for_url("**weigh=*")
    expect(board.locator("#q")).to_have_value("small")
    has_models(board, "org/small")


def test_shades_compare_the_rows_in_view(board: Any) -> None:
    """Back to all rows, the shades are those of the server."""
    shades = "[...document.querySelectorAll('#board tbody td')].map(one => one.className)"
    before = board.evaluate(shades)
    assert any("h8" in one for one in before)
    board.fill("#q", "small")
    has_models(board, "org/small")
    assert not any(re.search(r"\bh\d", one) for one in board.evaluate(shades))
    board.fill("#q", "small; large")
    has_models(board, "org/small", "org/large")
    assert any("h8" in one for one in board.evaluate(shades))
    board.fill("#q", "")
    expect(board.locator("#board tbody tr")).to_have_count(3)
    assert board.evaluate(shades) == before
