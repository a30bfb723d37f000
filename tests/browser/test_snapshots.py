"""What a page shows when another snapshot is published while a reader has it open."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from frontrunner.http.app import Application
from frontrunner.web.site import Site
from tests.browser.conftest import served
from tests.browser.waits import expect
from tests.web.conftest import NAME, SCORES, build, write_results

pytestmark = pytest.mark.browser
BOARD = f"/benchmark/{quote(NAME)}"


def test_a_reranked_board_never_shows_rows_of_an_earlier_snapshot(
    page: Any, tmp_path: Path
) -> None:
    first = build(tmp_path / "home", write_results(tmp_path / "a"))
    higher = {**SCORES, "org/small": {**SCORES["org/small"], "Pairs": {"default": 0.99}}}
    second = build(tmp_path / "home", write_results(tmp_path / "b", higher))
    application = Application(first, pages=Site())
    score = page.locator("#board tbody tr", has_text="small").locator("td").last
    with served(application) as address:
        page.goto(f"{address}{BOARD}?types=PairClassification")
        expect(score).to_have_text("71.24")
        application.use(second)
        page.reload()
        expect(score).to_have_text("99.00")
        expect(page.locator("footer code")).to_have_text(second.id)


def test_an_open_page_loads_itself_again_when_its_snapshot_is_gone(
    chromium: Any, tmp_path: Path
) -> None:
    first = build(tmp_path / "home", write_results(tmp_path / "a"))
    higher = {**SCORES, "org/small": {**SCORES["org/small"], "Pairs": {"default": 0.99}}}
    second = build(tmp_path / "home", write_results(tmp_path / "b", higher))
    application = Application(first, pages=Site())
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    with served(application) as address:
        page.goto(address + BOARD)
        page.locator("#rerank summary").click()
        page.locator('#rerank [name="types"][value="PairClassification"]').check()
        application.use(second)
        page.locator("#rerank button.main").click()
        expect(page.locator("footer code")).to_have_text(second.id)
        row = page.locator("#board tbody tr", has_text="small")
        expect(row.locator("td").last).to_have_text("99.00")
        page.wait_for_url("**types=PairClassification**")
    context.close()
