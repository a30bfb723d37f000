"""One search over all names, and the ranking that a sentence asks for."""

from __future__ import annotations

import re

import pytest

from frontrunner.web import text
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


def test_a_misspelled_name_finds_the_one_that_was_meant(browser: Browser) -> None:
    page = browser.text("/search", "q=smalll")
    assert "Try fewer letters" in page
    assert "Did you mean" in page
    assert '<a href="/models/org/small">org/small</a>' in page
    assert "Did you mean" not in browser.text("/search", "q=small")


@pytest.mark.parametrize(
    ("path", "query", "name", "kind"),
    [
        ("/search", "q=Mixx and match", "Mix (eng, v1)", "Board"),
        ("/search", "q=smalll", "org/small", "Model"),
        ("/search", "q=orgg", "org", "Organization"),
        ("/modles/orgg", "", "org", "Organization"),
        ("/tasks/Serch", "", "Search", "Task"),
    ],
)
def test_what_was_meant_says_its_kind(
    browser: Browser, path: str, query: str, name: str, kind: str
) -> None:
    lines = re.findall(r"<li>.*?(?=<li>|</ul>)", browser.text(path, query))
    [line] = [one for one in lines if f">{name}</" in one]
    assert line.endswith(f'<small class="kind">{kind}</small>')


def test_a_sentence_with_a_ranking_is_not_said_to_find_nothing(browser: Browser) -> None:
    page = browser.text("/search", "q=best+german+retrieval+model+under+500M")
    assert "/find?" in page
    assert "Try fewer letters" not in page


def test_pages_repeat_long_queries_in_short(browser: Browser) -> None:
    """As a heading, as a title, on a button or in a sentence: an address may be 8,000 long."""
    long = "german retrieval " * 14  # as long as a search may be
    for path, query in (
        ("/search", f"q={long}"),
        ("/search", f"q={'x' * 250}"),
        ("/compare", f"models={'x' * 3000}"),
        (f"/nowhere-{'x' * 900}", ""),
        ("/benchmark/Mix (eng, v1)", f"zero={'x' * 3000}"),
        ("/", f"benchmark_name={'x' * 3000}"),
    ):
        html = browser.page(path, query).answer.identity.decode()
        main = html[html.index("<main") :]
        said = re.sub(r"<(script|datalist|pre).*?</\1>|<[^>]*>", " ", main, flags=re.DOTALL)
        assert max(map(len, said.split())) <= text.QUOTED + len("“”."), path
        title = html[html.index("<title>") : html.index("</title>")]
        assert len(title) < 200, path
        assert said.count("german retrieval") <= 6, path
