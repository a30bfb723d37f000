"""One search over all names, and the ranking that a sentence asks for."""

from __future__ import annotations

from tests.web.conftest import Browser


def test_names_are_found_by_kind(browser: Browser) -> None:
    page = browser.text("/search", "q=small")
    assert '<a href="/models/org/small">org/small</a>' in page
    assert "/models/org/large" not in page


def test_a_search_offers_the_ranking_that_it_asks_for(browser: Browser) -> None:
    assert 'href="/find?say=german%20retrieval%20500M"' in browser.text(
        "/search", "q=german+retrieval+500M"
    )
    assert 'href="/compare?models=org/small,org/large&amp;type=Retrieval"' in browser.text(
        "/search", "q=small+vs+large+on+retrieval"
    )
    for search in ("small", "german", ""):
        assert "/find?" not in browser.text("/search", f"q={search}")
