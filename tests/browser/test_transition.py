"""The page about the move in a real browser: it fits, in both languages and both schemes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from frontrunner.gateway.companion import Companion
from frontrunner.gateway.feedback import Feedback
from frontrunner.gateway.transition import transition_file, write_transition
from tests.browser.conftest import AXE, served
from tests.gateway.test_transition_page import MOVE

pytestmark = pytest.mark.browser


@pytest.fixture
def companion(tmp_path: Path) -> Iterator[str]:
    store = Feedback("", tmp_path)
    with served(Companion(store, tmp_path)) as url:  # type: ignore[arg-type]
        yield url
    store.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_fits_and_is_accessible(
    chromium: Any, companion: str, tmp_path: Path, width: int, scheme: str
) -> None:
    if not AXE.exists():
        pytest.skip("no axe-core; run: make setup-browser")
    context = chromium.new_context(
        viewport={"width": width, "height": 740}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    for move in (MOVE, msgspec.structs.replace(MOVE, mode="running", stage="settled"), None):
        if move is None:
            transition_file(tmp_path).unlink()
        else:
            write_transition(tmp_path, move)
        for language in ("en", "zh"):
            page.goto(f"{companion}/transition?lang={language}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.add_script_tag(path=str(AXE))
            found = page.evaluate("axe.run({resultTypes: ['violations']})")
            wrong = {one["id"]: [n["html"] for n in one["nodes"]] for one in found["violations"]}
            assert wrong == {}
    context.close()


def test_the_style_comes_through_the_page_s_own_policy(
    chromium: Any, companion: str, tmp_path: Path
) -> None:
    write_transition(tmp_path, MOVE)
    context = chromium.new_context()
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda one: wrong.append(one.text) if one.type == "error" else None)
    page.goto(f"{companion}/transition")
    main = page.locator(".ways .main")
    assert main.evaluate("one => getComputedStyle(one).fontWeight") == "600"
    context.close()
    assert [one for one in wrong if "favicon" not in one] == []
