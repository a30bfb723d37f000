"""The lists of models and of tasks: the same filters with scripts and without."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.waits import expect, in_query

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("snapshot", ["small"], indirect=True, scope="session"),
]
FILTERS = [
    ("models", "kind"),
    ("models", "weights"),
    ("models", "licence"),
    ("models", "modality"),
    ("models", "instructions"),
    ("models", "results"),
    ("tasks", "type"),
    ("tasks", "domain"),
    ("tasks", "language"),
    ("tasks", "modality"),
    ("tasks", "public"),
    ("tasks", "results"),
]


ROWS = "main tbody tr:not([hidden]) a"


def _shown(page: Any) -> list[str]:
    found: list[str] = page.locator(ROWS).all_inner_texts()
    return found


def _shows(page: Any, *names: str) -> None:
    """Wait until a list shows these, in this order."""
    expect(page.locator(ROWS)).to_have_text(list(names), use_inner_text=True)


@pytest.fixture
def bare(chromium: Any) -> Any:
    """A page without scripts."""
    context = chromium.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("path", "name"), FILTERS)
def test_scripts_and_the_server_leave_the_same(
    page: Any, bare: Any, address: str, path: str, name: str
) -> None:
    page.goto(f"{address}/{path}")
    page.click("form details summary")
    control = page.locator(f'select[name="{name}"]')
    for option in control.locator("option").all()[1:]:
        value = option.get_attribute("value")
        control.select_option(value)
        in_query(page, name, value)
        bare.goto(page.url)
        assert _shown(page) == _shown(bare), value
        assert str(len(_shown(page))) in option.inner_text()


def test_filters_are_kept_in_the_address_and_the_back_button_takes_them_back(
    page: Any, address: str
) -> None:
    page.goto(address + "/models")
    page.click("form details summary")
    page.select_option('select[name="weights"]', "open")
    _shows(page, "org/small")
    expect(page.locator("form .count")).to_have_text("1")
    expect(page.locator("form output")).to_have_text("1 of 4 shown")
    page.fill('input[name="min"]', "1")
    page.keyboard.press("Tab")
    expect(page.locator("form output")).to_contain_text("No matches")
    page.go_back()
    _shows(page, "org/small")
    expect(page.locator('input[name="min"]')).to_have_value("")
    page.reload()
    _shows(page, "org/small")
    page.click("form details summary")
    page.click("[data-reset]")
    expect(page.locator(ROWS)).to_have_count(4)
    page.wait_for_url("**/models")


def test_searching_keeps_its_words_in_the_address(page: Any, address: str) -> None:
    page.goto(address + "/models")
    page.fill('main input[name="q"]', "small; LARGE")
    in_query(page, "q", "small; LARGE")
    assert set(_shown(page)) == {"org/small", "org/large"}


def test_a_search_of_models_looks_at_their_names_alone(page: Any, address: str) -> None:
    page.goto(address + "/models")
    search = page.locator('main input[name="q"]')
    for word in ("open", "mit"):
        search.fill(word)
        expect(page.locator("form output")).to_contain_text("No matches")
    search.fill("ORG SMALL")
    _shows(page, "org/small")


def test_the_form_works_without_scripts(bare: Any, address: str) -> None:
    bare.goto(address + "/tasks")
    bare.click("form details summary")
    bare.select_option('select[name="type"]', "Retrieval")
    bare.click("form .panel button")
    bare.wait_for_url("**type=Retrieval**")
    _shows(bare, "Search")
    expect(bare.locator('select[name="type"]')).to_have_value("Retrieval")
    bare.click("form details summary")
    bare.click("[data-reset]")
    expect(bare.locator(ROWS)).to_have_count(2)


def test_a_copy_filters_by_itself(page: Any, copy_address: str) -> None:
    page.goto(copy_address + "/models/?weights=open")
    _shows(page, "org/small")
    page.click("form details summary")
    page.select_option('select[name="weights"]', "")
    expect(page.locator(ROWS)).to_have_count(4)
