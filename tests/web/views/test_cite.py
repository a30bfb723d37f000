"""The pages with citations."""

from __future__ import annotations

from html import unescape
from urllib.parse import quote

import pytest

from tests.web.conftest import NAME, Browser


def test_a_view_is_cited_with_its_state_and_the_snapshot(browser: Browser) -> None:
    snapshot = browser.service.snapshot.id
    view = f"/benchmark/{quote(NAME)}?sort=-mean_task"
    html = unescape(browser.text("/cite", f"of={quote(view, safe='')}"))
    assert f"?sort=-mean_task&snapshot={snapshot}" in html
    assert r"title = {{Mix \& match, Mix (eng, v1)}}" in html
    assert "http://board.example/benchmark/Mix%20%28eng%2C%20v1%29" in html


def test_the_snapshot_is_cited_on_its_page(browser: Browser) -> None:
    for page in (browser.text("/data"), browser.text("/cite")):
        assert f"http://board.example/data?snapshot={browser.service.snapshot.id}" in page
    assert 'href="/cite?of=%2Fbenchmark%2F' in browser.text(f"/benchmark/{NAME}")


@pytest.mark.parametrize(
    "of", ["https://evil.example", "//evil.example", "/\\evil.example", "/" * 5000]
)
def test_only_pages_of_the_board_are_cited(browser: Browser, of: str) -> None:
    assert browser.page("/cite", f"of={quote(of, safe='')}").status == 422


def test_a_page_says_if_a_link_cites_another_snapshot(browser: Browser) -> None:
    own = browser.service.snapshot.id
    assert "cites snapshot" not in browser.text(f"/benchmark/{NAME}", f"snapshot={own}")
    assert "cites snapshot" not in browser.text(f"/benchmark/{NAME}")
    html = browser.text(f"/benchmark/{NAME}", "snapshot=0ld")
    assert f"This link cites snapshot 0ld. The page shows snapshot {own}" in html
