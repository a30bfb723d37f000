"""Every page, on a desk and on a phone, light and dark, in both languages, with and without
scripts: no accessibility violation, no sideways scrolling, no error.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from frontrunner.answers.service import Service
from frontrunner.snapshot.reader import Snapshot
from tests.browser.conftest import AXE, BIG

pytestmark = pytest.mark.browser
WIDE = "MTEB(Europe, v1)"
"""A board of 74 tasks, whose table takes axe seconds; the biggest one's takes a minute."""
SIZES = {"desk": (1280, 900), "phone": (360, 780)}
LOOKS = [
    ("desk", "light", "en"),
    ("phone", "dark", "zh"),
    ("desk", "dark", "zh"),
    ("phone", "light", "en"),
]
# Rows come from one template; looking at tens of thousands of cells would take minutes.
_BEYOND = [["tbody tr:nth-child(n+30)"], [".rest"]]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def paths(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """A name and an address for each kind of page."""
    catalog = snapshot.catalog
    boards = {bench.name: bench for bench in catalog.benchmarks}
    board = BIG if BIG in boards else catalog.benchmarks[0].name
    models = sorted({variant.model for variant in snapshot.table.variants})
    plain = [name for name in models if "<" not in name]
    ranked = [name for name in Service(snapshot).coverage(board).of_model if "<" not in name]
    for tab in ("", "/tasks", "/languages", "/size", "/time", "/list", "/about"):
        shown = WIDE if tab in ("/tasks", "/languages") and WIDE in boards else board
        yield f"board{tab.replace('/', '-')}", f"/benchmark/{quote(shown)}{tab}"
    for name in (
        "",
        "boards",
        "models",
        "tasks",
        "compare",
        "data",
        "changes",
        "history",
        "docs",
        "_styleguide",
    ):
        yield name or "home", f"/{name}"
    yield "model", f"/models/{plain[0]}"
    yield "results", f"/models/{plain[0]}/results"
    yield "task", f"/tasks/{catalog.benchmarks[0].scopes[0].task}"
    yield "compare-two", f"/compare?models={','.join(ranked[:2])}"
    yield "compare-one", f"/compare?models={plain[0]}"
    yield "models-filtered", "/models?weights=open&q=e"
    yield "search", "/search?q=e"
    shown, task = quote(board), quote(boards[board].scopes[0].task)
    yield "board-customize", f"/benchmark/{shown}/customize"
    yield "board-narrow", f"/benchmark/{shown}?tasks={task}"
    yield "board-embed", f"/benchmark/{shown}?embed=1"
    yield "board-history", f"/history/{shown}"
    yield "score", f"/scores/{ranked[0]}?board={shown}&task={task}"
    yield "row", f"/scores/{ranked[0]}?board={shown}"
    yield "organizations", "/organizations"
    yield "organization", f"/organizations/{plain[0].partition('/')[0]}"
    yield "cite", f"/cite?of=/benchmark/{quote(quote(board))}"
    yield "missing", "/modles/nowhere"


def kind(snapshot: Snapshot) -> str:
    """Which of the boards it is, for the names of screenshots."""
    names = {bench.name for bench in snapshot.catalog.benchmarks}
    return "real" if BIG in names else "starter" if len(names) == 1 else "small"


def _look(chromium: Any, size: str, theme: str, language: str, scripts: bool = True) -> Any:
    width, height = SIZES[size]
    return chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        locale={"en": "en-US", "zh": "zh-CN"}[language],
        java_script_enabled=scripts,
        # axe is put into the page by the test, which the page's own policy would refuse.
        bypass_csp=True,
    )


def _shoot(page: Any, name: str) -> None:
    folder = os.environ.get("FRONTRUNNER_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png")


@pytest.mark.parametrize(("size", "theme", "language"), LOOKS)
def test_no_page_has_a_violation(
    chromium: Any, address: str, snapshot: Snapshot, size: str, theme: str, language: str
) -> None:
    if not AXE.exists():
        pytest.skip("no axe-core; run: make setup-browser")
    context = _look(chromium, size, theme, language)
    page = context.new_page()
    found = []
    for name, path in paths(snapshot):
        page.goto(address + path)
        page.wait_for_load_state("load")
        if name == "board-customize":
            # The bar with the buttons lies over whatever is at the bottom, except at the very end.
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate(
            "([beyond, rules]) => axe.run({include: [['html']], exclude: beyond},"
            " {resultTypes: ['violations'], runOnly: rules})",
            [_BEYOND, RULES],
        )
        found += [
            f"{name}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in result["violations"]
        ]
        beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if beyond > 0:
            found.append(f"{name}: scrolls sideways by {beyond} px")
        _shoot(page, f"{kind(snapshot)}-{name}-{size}-{theme}-{language}")
    context.close()
    assert not found


def test_every_page_says_its_thing_without_scripts(
    chromium: Any, address: str, snapshot: Snapshot
) -> None:
    context = _look(chromium, "desk", "light", "en", scripts=False)
    page = context.new_page()
    for name, path in paths(snapshot):
        page.goto(address + path)
        assert page.locator("h1").first.is_visible(), name
        assert not page.locator(".js-only").first.is_visible() or name == "missing", name
        _shoot(page, f"{kind(snapshot)}-{name}-bare")
    context.close()
