"""Choosing models to compare: chips and a combobox with scripts, a plain form without."""

from __future__ import annotations

from typing import Any

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("snapshot", ["small"], indirect=True, scope="session"),
]


def _chips(page: Any) -> list[str]:
    return [text.strip(" \u00d7\n") for text in page.locator(".chips li").all_inner_texts()]


def test_models_are_chosen_by_keyboard_and_compared(page: Any, address: str) -> None:
    page.goto(address + "/compare")
    box = page.locator("#choose")
    box.fill("org")
    expect(page.get_by_role("option")).to_have_count(3)
    assert box.get_attribute("aria-expanded") == "true"
    active = box.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") != active
    chosen = page.locator('[role=option][aria-selected="true"]').inner_text()
    page.keyboard.press("Enter")
    assert _chips(page) == [chosen]
    box.fill("large")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # an empty box: send the form
    page.wait_for_url("**/compare?models=*")
    assert page.locator("h2 small").first.inner_text()
    assert _chips(page) == [chosen, "org/large"]


def test_chips_are_removed_by_their_button_and_by_backspace(page: Any, address: str) -> None:
    page.goto(address + "/compare?models=org/small,org/large")
    page.get_by_role("button", name="Remove org/small").click()
    assert _chips(page) == ["org/large"]
    box = page.locator("#choose")
    expect(box).to_be_focused()
    page.keyboard.press("Backspace")
    assert _chips(page) == []
    assert page.locator('[data-chooser] input[name="models"]').input_value() == ""


def test_the_list_closes_by_escape_and_says_when_nothing_fits(page: Any, address: str) -> None:
    page.goto(address + "/compare")
    box = page.locator("#choose")
    box.fill("large")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert box.get_attribute("aria-expanded") == "false"
    box.fill("nobody has this name")
    expect(page.locator(".said")).to_have_text("No matching model")
    page.keyboard.press("Enter")
    assert page.url.endswith("/compare")


def test_a_choice_is_made_by_pointer(page: Any, address: str) -> None:
    page.goto(address + "/compare")
    page.locator("#choose").fill("large")
    page.get_by_role("option", name="org/large").click()
    assert _chips(page) == ["org/large"]
    for button in page.locator(".chips button").all():
        size = button.bounding_box()
        assert min(size["width"], size["height"]) >= 24


def test_without_scripts_a_form_compares(chromium: Any, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "/compare")
    page.fill('input[name="models"]', "org/small, org/large")
    page.click("form button")
    assert page.locator("h2").first.inner_text().startswith("On Mix & match")
    page.select_option('select[name="board"]', "Old")
    page.click("form:has(select) button")
    assert "board=Old" in page.url
    context.close()
