"""Everything that opens, opened: no violation, Escape closes it, the focus comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

from tests.browser.conftest import AXE
from tests.browser.test_every_page import RULES
from tests.browser.waits import expect
from tests.web.conftest import NAME

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("snapshot", ["small"], indirect=True, scope="session"),
]
BOARD = f"/benchmark/{quote(NAME)}"
LOOKS = [
    (1440, "light", "en-US"),
    (390, "dark", "zh-CN"),
    (1440, "dark", "zh-CN"),
    (390, "light", "en-US"),
]


class Panel(NamedTuple):
    """Something that opens."""

    path: str
    opener: str
    seen: str
    """What is there once it is open."""
    typed: str = ""
    """What opens it, if a click alone does not."""


PANELS = {
    "filters": Panel(BOARD, "#filters summary", "#filters .panel"),
    "customize": Panel(BOARD, "#rerank summary", '#rerank form input[name^="weigh."]'),
    "customized": Panel(
        f"{BOARD}?weigh=Retrieval:3", "#rerank summary", '#rerank form input[name^="weigh."]'
    ),
    "languages": Panel(f"{BOARD}/customize", "#languages-choose", "#languages-choices li", "ger"),
    "share": Panel(BOARD, "#share summary", "#share .panel"),
    "reading": Panel(BOARD, "#reading summary", "#reading .panel"),
    "card": Panel(BOARD, "#board td .src", "dialog #source-title"),
    "card of a score": Panel(f"{BOARD}/tasks", "#board td.s, #board td[class^=h]", "dialog pre"),
    "why no score": Panel(f"{BOARD}/tasks", "#board td.no", "dialog #source-title"),
    "info": Panel("/models/org/small", ".facts .info summary", ".facts .info[open] p"),
    "openness": Panel("/models/org/small", ".openness summary", ".openness .info[open] p"),
    "models": Panel("/models", "form details summary", "form .panel"),
    "tasks": Panel("/tasks", "form details summary", "form .panel"),
    "picks": Panel("/compare", "#choose", "#choices li", "o"),
    "tip": Panel(
        "/compare?models=org/small,org/large", ".dots tbody tr:nth-child(2) a", ".dots .tip", " "
    ),
}
STAY = {"tip"}
"""A tip is shown by the focus, and a click on its link leads away."""


@pytest.fixture
def axe(chromium: Any) -> Iterator[Any]:
    """A page of a size and theme that axe can be put into."""
    if not AXE.exists():
        pytest.skip("no axe-core; run: make setup-browser")
    contexts = []

    def opened(width: int, theme: str, language: str) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 844},
            color_scheme=theme,
            locale=language,
            bypass_csp=True,
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def _open(page: Any, address: str, name: str) -> Any:
    """Open a panel, and wait until it is whole."""
    panel = PANELS[name]
    page.goto(address + panel.path)
    page.wait_for_load_state("load")
    opener = page.locator(panel.opener).locator("visible=true").first
    opener.focus() if name in STAY else opener.click()
    if panel.typed.strip():
        page.keyboard.type(panel.typed)
    expect(page.locator(panel.seen).first).to_be_visible()
    return opener


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_what_opens_has_no_violation(
    axe: Any, address: str, width: int, theme: str, language: str
) -> None:
    page, found = axe(width, theme, language), []
    for name in PANELS:
        _open(page, address, name)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate(
            "rules => axe.run({resultTypes: ['violations'], runOnly: rules})", RULES
        )
        found += [(name, one["id"], one["nodes"][0]["html"]) for one in result["violations"]]
        beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if beyond > 0:
            found.append((name, "sideways", beyond))
    assert not found


def test_escape_closes_what_is_open_and_gives_the_focus_back(axe: Any, address: str) -> None:
    page = axe(1440, "light", "en-US")
    for name, panel in PANELS.items():
        opener = _open(page, address, name)
        page.keyboard.press("Escape")
        expect(page.locator(panel.seen).first).to_be_hidden()
        assert opener.evaluate("one => one.contains(document.activeElement)"), name


# Every stop of the keyboard, in order: what it is, whether it can be seen to have the focus, and
# whether something covers it.
STOPS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {
    what: one.outerHTML.slice(0, 100),
    ring: ring || style.boxShadow !== 'none',
    covered: !(there && (one.contains(there) || there.contains(one) || there.closest('label'))),
    place: [...document.querySelectorAll('*')].indexOf(one),
  };
}"""


@pytest.mark.parametrize("path", ["/", BOARD, f"{BOARD}/tasks", "/models/org/small", "/compare"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_focus_is_seen_uncovered_and_in_order(
    axe: Any, address: str, path: str, width: int
) -> None:
    page = axe(width, "light", "en-US")
    page.goto(address + path)
    page.wait_for_load_state("load")
    before = -1
    for _ in range(60):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOPS)
        if stop is None or stop["place"] < before:
            break
        assert stop["ring"], stop["what"]
        assert not stop["covered"], stop["what"]
        before = stop["place"]
    assert before > 0
    assert page.evaluate("[...document.querySelectorAll('*')].every(one => one.tabIndex <= 0)")
