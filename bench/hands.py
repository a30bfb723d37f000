"""A reader's hands in a browser, which count what they do: a mouse, and a keyboard alone.

A click, a typed text with Enter and a choice in a list are one action each. With the keyboard,
getting to a control is part of the action, as moving a mouse is; the keys for it are counted on
their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Protocol

from playwright.sync_api import Locator, Page

FAR = 400
"""Nobody presses Tab more often than this."""
_FOCUSED = "one => one === document.activeElement"
_VALUE = "one => one.value"


class Hand(Protocol):
    """What does a job."""

    actions: int
    keys: int

    def press(self, there: Locator) -> None:
        """Click, or press Enter on, a link, a button or a cell."""

    def write(self, there: Locator, text: str) -> None:
        """Type a text into a field, and Enter."""

    def pick(self, there: Locator, value: str) -> None:
        """Choose from a list."""


class Mouse:
    """Clicks; types only what is text. Clicking into a field is an action too."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = self.keys = 0

    def press(self, there: Locator) -> None:
        """Click."""
        there.click()
        self.actions += 1

    def write(self, there: Locator, text: str) -> None:
        """Click into a field, type, and press Enter."""
        self.press(there)
        there.press_sequentially(text)
        there.press("Enter")
        self.actions += 1

    def pick(self, there: Locator, value: str) -> None:
        """Choose from an open list."""
        there.select_option(value)
        self.actions += 1


class Keyboard:
    """Tab, arrows, `/` and Enter alone."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = self.keys = 0

    def press(self, there: Locator) -> None:
        """Go there and press Enter."""
        self._reach(there)
        self._key("Enter")
        self.actions += 1

    def write(self, there: Locator, text: str) -> None:
        """Go there, type, and press Enter."""
        self._reach(there)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        self._key("Enter")
        self.actions += 1

    def pick(self, there: Locator, value: str) -> None:
        """Go there and press Down until the value is chosen."""
        self._reach(there)
        self.actions += 1
        for _ in range(FAR):
            if there.evaluate(_VALUE) == value:
                return
            self._key("ArrowDown")
        raise AssertionError(f"no {value} in {there}")

    def _key(self, name: str) -> None:
        self.page.keyboard.press(name)
        self.keys += 1

    def _reach(self, there: Locator) -> None:
        there.wait_for()
        if there.evaluate(_FOCUSED):
            return
        for key in _way(there):
            self._key(key)
            if there.evaluate(_FOCUSED):
                return
        raise AssertionError(f"{there} is not reached by keyboard")


_IS_BEFORE = """one => Boolean(
  document.activeElement.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING)"""
_IN_ROW = "one => one.closest('#board tbody tr') !== null"
_ROW_LINK = "xpath=ancestor::tr[1]//th//a"
_SAME_ROW = """one => {
  const row = one.closest('tr');
  return row.contains(document.activeElement);
}"""
_IS_LEFT = """one => {
  const cell = one.closest('td, th');
  const now = document.activeElement.closest('td, th');
  return cell.cellIndex < now.cellIndex || (cell === now && one.matches('.pin'));
}"""


def _way(there: Locator) -> Iterator[str]:
    """The keys that lead to a control."""
    if there.evaluate("one => one.matches('[data-find]') && one.offsetParent !== null"):
        yield "/"
    if not there.evaluate(_IN_ROW):
        yield from repeat("Shift+Tab" if there.evaluate(_IS_BEFORE) else "Tab", FAR)
        return
    for _ in range(FAR):
        if there.evaluate(_SAME_ROW):
            break
        yield "Tab"
    yield from repeat("ArrowLeft" if there.evaluate(_IS_LEFT) else "ArrowRight", FAR)
