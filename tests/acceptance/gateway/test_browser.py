"""A real browser keeps a page of the old board open across the whole move, and goes on using it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.acceptance.gateway.conftest import VIEW, Move, gateway_before
from tests.browser.conftest import AXE, chromium
from tests.browser.test_every_page import RULES
from tests.ports import free_port

__all__ = ["chromium"]
pytestmark = [pytest.mark.acceptance, pytest.mark.browser]
WIDTHS = (1440, 360)
OLD_PAGE, NEW_PAGE = "gradio-app", "header.top"
FOCUSED = """
(() => {
  const { className, tagName } = document.activeElement;
  return className || (tagName === 'SUMMARY' ? 'feedback' : 'about');
})()
"""
HEIGHTS = """
window.heights = [];
(function look() {
  const banner = document.querySelector('#frontrunner-banner');
  const height = banner ? banner.getBoundingClientRect().height : 0;
  if (height) window.heights.push(height);
  requestAnimationFrame(look);
})();
"""


class Tab:
    """One tab, and what went wrong in it."""

    def __init__(self, context: Any, url: str) -> None:
        self.page, self.url, self.wrong = context.new_page(), url, []  # type: ignore[var-annotated]
        self.page.set_default_timeout(30_000)
        self.page.add_init_script(HEIGHTS)
        # Fonts and scripts of other hosts: no test needs them.
        self.page.route(lambda asked: not asked.startswith(url), lambda route: route.abort())
        self.page.on("response", self._look)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def _look(self, answer: Any) -> None:
        # Gradio 5's own page asks for the progress of an upload that it has not named.
        unnamed = answer.url.endswith("upload_progress?upload_id=undefined")
        if answer.url.startswith(self.url) and answer.status >= 400 and not unnamed:
            self.wrong.append(f"{answer.status} {answer.url}")

    def field(self, name: str) -> Any:
        return self.page.locator(f"#{name} textarea, #{name} input").first

    def use(self, words: str, visit: int, file: Path) -> None:
        """Search, follow the job, send a file, count a visit: everything that the page can do."""
        from playwright.sync_api import expect

        self.field("text").fill(words)
        self.field("text").press("Enter")
        expect(self.field("said")).to_have_value(f"{words}: step 5 of 5", timeout=30_000)
        self.page.get_by_role("button", name="Count").click()
        expect(self.field("counted")).to_have_value(f"visit {visit}", timeout=30_000)
        if visit == 1:
            self.page.locator("#file input[type=file]").first.set_input_files(str(file))
            size = f"{file.stat().st_size} bytes"
            expect(self.field("measured")).to_have_value(size, timeout=30_000)

    def uses_table(self, words: str) -> bool:
        """Whether the table that is shown has only rows with these words."""
        return words in self.page.locator("table:visible").first.inner_text().lower()


@pytest.fixture
def with_banner(move: Move) -> Iterator[Move]:
    """All users on the old board, and the banner shown."""
    _banner(move, shown=True)
    move.share(0)
    yield move
    move.share(0)
    _banner(move, shown=False)


def _banner(move: Move, *, shown: bool) -> None:
    move.control.change(lambda state: msgspec.structs.replace(state, banner=shown))


def open_page(chromium: Any, move: Move, path: str = "/", **options: Any) -> Tab:
    context = chromium.new_context(
        **{"viewport": {"width": 1440, "height": 900}, "locale": "en-US"} | options
    )
    tab = Tab(context, move.url)
    tab.page.goto(f"{move.url}{path}")
    return tab


def test_an_open_page_is_used_across_the_whole_move(
    chromium: Any, with_banner: Move, tmp_path: Path
) -> None:
    """dataplane: old pages left open after the share grew must go on talking to the old board."""
    move, file = with_banner, tmp_path / "results.txt"
    file.write_bytes(b"x" * 50_000)
    tab = open_page(chromium, move)
    tab.page.locator("#frontrunner-banner").wait_for()
    for visit, share in enumerate((0, 1, 5, 25, 50, 100, 0), 1):
        move.share(share)
        tab.use(f"words {share}", visit, file)
    assert tab.wrong == []
    assert tab.page.locator("#frontrunner-banner").is_visible()
    move.share(100)
    tab.use("words again", 8, file)
    another = open_page(chromium, move)  # who comes now gets the new board, with the way back
    another.page.locator("#frontrunner-banner").wait_for()
    another.page.locator(NEW_PAGE).wait_for()
    assert another.page.locator("gradio-app").count() == 0
    for one in (tab, another):
        one.page.context.close()


def test_the_banner_pushes_the_page_down_by_its_height_and_no_more(
    chromium: Any, with_banner: Move
) -> None:
    for width in WIDTHS:
        tab = open_page(chromium, with_banner, viewport={"width": width, "height": 800})
        tab.field("text").wait_for()
        tab.page.wait_for_function("window.heights.length > 0")
        heights = set(tab.page.evaluate("window.heights"))
        assert len(heights) == 1, "the banner changed its height after it was first painted"
        top = tab.page.evaluate("document.querySelector('gradio-app').getBoundingClientRect().top")
        assert top == pytest.approx(heights.pop(), abs=1)
        tab.page.wait_for_function(
            "most => document.documentElement.scrollWidth <= most", arg=width
        )
        tab.page.context.close()


def test_the_banner_is_used_with_the_keyboard_and_dismissed(
    chromium: Any, with_banner: Move
) -> None:
    tab = open_page(chromium, with_banner, VIEW)
    tab.page.locator("#frontrunner-banner").wait_for()
    tab.field("text").wait_for()
    tab.page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    found = []
    stops = ("frontrunner-go", "about", "feedback", "frontrunner-hide")
    for stop in stops:
        tab.page.keyboard.press("Tab")
        found.append(tab.page.evaluate(FOCUSED))
        if stop == "feedback" == found[-1]:
            words = tab.page.locator("#frontrunner-banner textarea")
            tab.page.keyboard.press("Enter")
            words.wait_for()
            tab.page.keyboard.press("Enter")
            words.wait_for(state="hidden")
    assert found == list(stops)
    with tab.page.expect_navigation():
        tab.page.keyboard.press("Enter")
    assert tab.page.url == f"{with_banner.url}{VIEW}"
    tab.field("text").wait_for()
    assert tab.page.locator("#frontrunner-banner").count() == 0
    tab.page.reload()
    tab.field("text").wait_for()
    assert tab.page.locator("#frontrunner-banner").count() == 0
    tab.page.context.close()


def test_the_banner_leads_to_the_new_board_and_back(chromium: Any, with_banner: Move) -> None:
    tab = open_page(chromium, with_banner)
    for here, there in ((OLD_PAGE, NEW_PAGE), (NEW_PAGE, OLD_PAGE)):
        tab.page.locator(here).wait_for(state="attached")
        tab.page.locator(".frontrunner-go").click()
        tab.page.locator(there).wait_for(state="attached")
        assert tab.page.locator(here).count() == 0
    tab.page.context.close()


def test_the_banner_keeps_the_view(chromium: Any, with_banner: Move) -> None:
    tab = open_page(chromium, with_banner, VIEW)
    tab.page.locator(".frontrunner-go").click()
    tab.page.locator(NEW_PAGE).wait_for(state="attached")
    if VIEW != "/":
        tab.page.wait_for_url("**/benchmark/**")
    tab.page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_banner_is_seen_at_every_width_and_in_both_schemes(
    chromium: Any, with_banner: Move, version: int, width: int, scheme: str
) -> None:
    """With `FRONTRUNNER_SCREENSHOTS`, a folder, people can look at it too."""
    for side in ("old", "new"):
        with_banner.share(0 if side == "old" else 100)
        tab = open_page(
            chromium, with_banner, viewport={"width": width, "height": 800}, color_scheme=scheme
        )
        banner = tab.page.locator("#frontrunner-banner")
        banner.wait_for()
        if side == "old":
            tab.field("text").wait_for()
        box = banner.bounding_box()
        assert (box["x"], box["y"]) == (0, 0)
        assert box["width"] >= width - 20
        for part in (".frontrunner-go", "summary", ".frontrunner-hide"):
            inner = banner.locator(part).bounding_box()
            assert inner["x"] >= 0
            assert inner["x"] + inner["width"] <= width
            assert inner["height"] >= 24, "too small to hit"
        folder = os.environ.get("FRONTRUNNER_SCREENSHOTS")
        if folder:
            name = f"gradio{version}-{side}-{width}-{scheme}.png"
            tab.page.screenshot(path=str(Path(folder) / name))
        tab.page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_gateways_own_pages_have_no_violation(
    chromium: Any, with_banner: Move, scheme: str, locale: str
) -> None:
    """The banner with its form on both boards, the page about the move, the answer to feedback."""
    if not AXE.exists():
        pytest.skip("no axe-core; run: make setup-browser")
    options: dict[str, Any] = {"color_scheme": scheme, "locale": locale, "bypass_csp": True}
    found = []
    for width in WIDTHS:
        size = {"width": width, "height": 800}
        for share, whole in ((0, False), (100, True)):
            with_banner.share(share)
            tab = open_page(chromium, with_banner, viewport=size, **options)
            tab.page.locator("#frontrunner-banner summary").click()
            tab.page.locator("#frontrunner-banner textarea").fill("words")
            # Of a page of the old board only the banner is ours.
            found += violations(tab.page, "html" if whole else "#frontrunner-banner")
            for path in ("/transition", "/__frontrunner/feedback"):
                tab.page.goto(f"{with_banner.url}{path}")
                found += violations(tab.page, "html")
            tab.page.context.close()
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_without_a_board_has_no_violation(chromium: Any, scheme: str) -> None:
    gone = [f"http://127.0.0.1:{free_port()}" for _ in range(2)]
    with gateway_before(*gone) as move:
        for locale, words in (("en-US", "Try again"), ("zh-CN", "重试")):
            context = chromium.new_context(color_scheme=scheme, locale=locale, bypass_csp=True)
            page = context.new_page()
            assert page.goto(f"{move.url}/benchmark/x").status == 503
            assert page.get_by_role("link", name=words).count() == 1
            assert violations(page, "html") == []
            context.close()


def violations(page: Any, include: str) -> list[str]:
    """What axe finds wrong below a selector."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate(
        "([include, rules]) => axe.run({include: [[include]]},"
        " {resultTypes: ['violations'], runOnly: rules})",
        [include, RULES],
    )
    return [
        f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in result["violations"]
    ]
