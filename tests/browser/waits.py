"""Conditions of a page that browser tests wait for.

An action ends when its event was sent. The page may handle the event later, and a reading between
the two gives the old state. So a test waits for a condition that only the action can make true.
"""

from __future__ import annotations

from typing import Any

import pytest

expect = pytest.importorskip("playwright.sync_api").expect
# A condition holds within milliseconds, on a busy machine within seconds.
expect.set_options(timeout=20_000)

_LOOKS = 400
"""At the clipboard, 50 ms apart: a function that waits for it would take its promise for a text."""

_QUERY = "([name, value]) => (new URLSearchParams(location.search).get(name) ?? '') === value"


def in_query(page: Any, name: str, value: str) -> None:
    """Wait until a parameter of the address has a value; "" for a parameter that is left out.

    The pages change the address after the table and the charts.
    """
    page.wait_for_function(_QUERY, arg=[name, value])


def filters_set(page: Any, count: int) -> None:
    """Wait until the page has applied this many filters of a board."""
    badge = page.locator("#filters .count")
    if count:
        expect(badge).to_have_text(str(count))
    else:
        expect(badge).to_be_hidden()


def has_models(page: Any, *names: str) -> None:
    """Wait until a board shows these models, in this order."""
    shown = page.locator("#board tbody .m a")
    expect(shown).to_have_text(list(names), use_inner_text=True)


def closed(page: Any, panel: str) -> None:
    """Wait until a panel is closed."""
    expect(page.locator(f"{panel}[open]")).to_have_count(0)


def copied(page: Any, button: str) -> str:
    """The text that a button puts on the clipboard."""
    page.evaluate("navigator.clipboard.writeText('')")
    page.click(button)
    for _ in range(_LOOKS):
        text: str = page.evaluate("navigator.clipboard.readText()")
        if text:
            return text
        page.wait_for_timeout(50)
    raise AssertionError(f"{button} put nothing on the clipboard.")
