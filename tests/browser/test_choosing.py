"""Jobs of readers who choose a model: how many actions they take."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.waits import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("snapshot", ["small"], indirect=True, scope="session"),
]
NEED = "best open model under 500M for german retrieval with commercial use"
ROWS = "#board tbody tr:visible .m a"


def test_a_sentence_leads_to_the_ranking_in_two_actions(page: Any, address: str) -> None:
    page.goto(address)
    page.get_by_label("In your words").fill(NEED)
    page.keyboard.press("Enter")
    expect(page.locator("#asked")).to_contain_text("German, Retrieval")
    expect(page.locator("#chips button")).to_have_count(3)
    expect(page.locator(ROWS)).to_have_text(["org/small"])
    expect(page.locator("#board tbody tr").first).to_contain_text("40.00")


def test_the_form_does_the_same_without_scripts(chromium: Any, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Largest size").select_option("500M")
    page.get_by_role("combobox", name="Language").fill("deutsch")
    page.keyboard.press("Enter")
    expect(page.locator("#asked")).to_contain_text("German, Retrieval")
    expect(page.locator(ROWS)).to_have_text(["org/small"])
    expect(page.locator("#chips a")).to_have_count(3)
    context.close()


def test_a_board_is_filtered_without_scripts(chromium: Any, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/benchmark/Mix%20(eng%2C%20v1)")
    page.get_by_role("link", name="Customize ranking").first.click()
    page.get_by_label("Largest size").fill("500M")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?max=500M$"))
    expect(page.locator("#chips a")).to_have_count(1)
    expect(page.locator(ROWS).filter(has_text="org/large")).to_have_count(0)
    expect(page.locator(ROWS).filter(has_text="org/small")).to_have_count(1)
    context.close()


def test_the_form_keeps_the_filters_of_the_board(page: Any, address: str) -> None:
    page.goto(f"{address}/benchmark/Mix%20(eng%2C%20v1)?max=500M")
    page.click("#rerank summary")
    page.get_by_label("Weight of Retrieval").fill("3")
    expect(page.locator("[data-models]")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#asked")).to_contain_text("Retrieval \u00d73")
    expect(page).to_have_url(re.compile("max=500M"))


def test_weights_are_shared_by_link(page: Any, address: str) -> None:
    page.goto(f"{address}/benchmark/Mix%20(eng%2C%20v1)")
    page.click("#rerank summary")
    page.get_by_label("Weight of Retrieval").fill("3")
    page.keyboard.press("Enter")
    expect(page.locator("#asked")).to_contain_text("Retrieval \u00d73")
    shared = page.url
    before = page.locator("#board tbody").first.inner_text()
    page.goto("about:blank")
    page.goto(shared)
    expect(page.locator("#asked")).to_contain_text("Retrieval \u00d73")
    page.wait_for_selector("#tools:not([hidden])")
    assert page.locator("#board tbody").first.inner_text() == before


def test_what_is_no_size_filters_nothing_and_is_no_chip(page: Any, address: str) -> None:
    page.goto(f"{address}/benchmark/Mix%20(eng%2C%20v1)")
    page.click("#filters > summary")
    low, high = page.locator("#filters [name=min]"), page.locator("#filters [name=max]")
    low.fill("1K")
    high.fill("abc")
    high.press("Enter")
    expect(page.locator("#chips button")).to_have_count(1)
    page.wait_for_url("**?min=1K")
