"""A board is in the cache before its link is clicked."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("snapshot", ["small"], indirect=True, scope="session"),
]
LINK = "main a[href*='/benchmark/']"
SENT = "performance.getEntriesByType('navigation')[0].transferSize"


def test_a_board_is_fetched_while_the_pointer_rests_on_its_link(page: Any, address: str) -> None:
    asked: list[str] = []
    page.goto(f"{address}/boards")
    page.on("request", lambda request: asked.append(request.url))
    link = page.locator(LINK).first
    with page.expect_response("**/benchmark/**") as found:
        link.hover()
    found.value.finished()
    link.hover(position={"x": 2, "y": 2})
    page.wait_for_timeout(300)
    assert len(asked) == 1  # once, however often the pointer comes back
    link.click()
    page.wait_for_selector("#tools:not([hidden])")
    assert page.evaluate(SENT) == 0  # from the cache


def test_nothing_is_fetched_for_links_that_the_pointer_passes_or_that_lead_elsewhere(
    page: Any, address: str
) -> None:
    page.goto(f"{address}/boards")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    # Both at once: on a busy machine a real pointer rests between two commands.
    page.locator(LINK).first.evaluate(
        """(link) => [link, document.body].forEach((one) => one.dispatchEvent(
          new PointerEvent('pointerover', { bubbles: true, pointerType: 'mouse' })))"""
    )
    page.locator("header nav a").first.hover()
    page.wait_for_timeout(300)
    assert asked == []
