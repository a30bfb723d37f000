"""Choosing models to compare: chips and a combobox with scripts, a plain form without."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.waits import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("snapshot", ["small"], indirect=True, scope="session"),
]


def _has_chips(page: Any, *names: str) -> None:
    """Wait until these models are chosen."""
    expect(page.locator(".chips li")).to_have_text([f"{name}\u00d7" for name in names])


def test_models_are_chosen_by_keyboard_and_compared(page: Any, address: str) -> None:
    page.goto(address + "/compare")
    box = page.locator("#choose")
    box.fill("org")
    expect(page.get_by_role("option")).to_have_count(3)
    expect(box).to_have_attribute("aria-expanded", "true")
    active = box.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    expect(box).not_to_have_attribute("aria-activedescendant", active)
    chosen = page.locator('[role=option][aria-selected="true"]').inner_text()
    page.keyboard.press("Enter")
    _has_chips(page, chosen)
    box.fill("large")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    _has_chips(page, chosen, "org/large")
    page.keyboard.press("Enter")  # an empty box: send the form
    page.wait_for_url("**/compare?models=*")
    assert page.locator("h2 small").first.inner_text()
    _has_chips(page, chosen, "org/large")


def test_chips_are_removed_by_their_button_and_by_backspace(page: Any, address: str) -> None:
    page.goto(address + "/compare?models=org/small,org/large")
    page.get_by_role("button", name="Remove org/small").click()
    _has_chips(page, "org/large")
    box = page.locator("#choose")
    expect(box).to_be_focused()
    page.keyboard.press("Backspace")
    _has_chips(page)
    expect(page.locator('[data-chooser] input[name="models"]')).to_have_value("")


def test_the_list_closes_by_escape_and_says_when_nothing_fits(page: Any, address: str) -> None:
    page.goto(address + "/compare")
    box = page.locator("#choose")
    box.fill("large")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_attribute("aria-expanded", "false")
    box.fill("nobody has this name")
    expect(page.locator(".said")).to_have_text("No matching model")
    page.keyboard.press("Enter")
    assert page.url.endswith("/compare")


def test_a_choice_is_made_by_pointer(page: Any, address: str) -> None:
    page.goto(address + "/compare")
    page.locator("#choose").fill("large")
    page.get_by_role("option", name="org/large").click()
    _has_chips(page, "org/large")
    for button in page.locator(".chips button").all():
        size = button.bounding_box()
        assert min(size["width"], size["height"]) >= 24


def test_without_scripts_a_form_compares(chromium: Any, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "/compare")
    page.fill('input[name="models"]', "org/small, org/large")
    page.click("form button")
    expect(page.locator("h2").first).to_contain_text("On Mix & match")
    page.select_option('select[name="board"]', "Old")
    page.click("form:has(select) button")
    page.wait_for_url("**board=Old**")
    context.close()


def test_the_gap_on_one_type_is_two_actions_away(page: Any, address: str) -> None:
    page.goto(address + "/compare?models=org/small,org/large")
    page.locator(".beside").get_by_role("link", name="Retrieval").click()
    page.wait_for_url("**type=Retrieval**")
    expect(page.locator(".gap")).to_have_count(1)
    expect(page.locator('select[name="type"]')).to_have_value("Retrieval")


def test_a_row_of_the_picture_says_its_scores_by_pointer_and_by_keyboard(
    page: Any, address: str
) -> None:
    page.goto(address + "/compare?models=org/small,org/large")
    tip = page.locator(".dots .tip")
    row = page.locator(".dots tbody tr").nth(1)
    row.hover()
    expect(tip).to_have_text("Search \u00b7 small 45.00 \u00b7 large 70.00")
    page.keyboard.press("Escape")
    page.locator(".dots").focus()
    page.keyboard.press("Tab")
    expect(row.get_by_role("link")).to_be_focused()
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
