from __future__ import annotations

import re

import pytest

from frontrunner.web.views.board_sort import Key, Sorting, read
from tests.web.conftest import NAME, Browser

PATH = f"/benchmark/{NAME}"


def _ranks(html: str) -> list[int]:
    return [int(one) for one in re.findall(r"<td class=r[^>]*>(\d+)", html)]


def _column(html: str, name: str) -> list[str]:
    """The names of the models, or their sizes, from the first row to the last."""
    pattern = {"name": r'class=m><a href="/models/([^"]+)"', "params": r"<td[^>]*>([\d.]+[KMB])"}
    return re.findall(pattern[name], html)


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({}, []),
        ({"sort": "-params~zero"}, [Key("params", True), Key("zero", False)]),
        ({"sort": "params", "order": "desc"}, [Key("params", True)]),
        ({"sort": "-params", "order": "asc"}, [Key("params", False)]),
        ({"sort": " ~", "order": "desc"}, []),
        ({"sort": "params~-zero~-params~zero"}, [Key("params", False), Key("zero", True)]),
    ],
)
def test_an_address_names_columns(query: dict[str, str], keys: list[Key]) -> None:
    assert read(query) == keys


@pytest.mark.parametrize(
    ("now", "column", "href"),
    [
        ({}, "mean_task", "?sort=-mean_task"),
        ({"sort": "-mean_task"}, "mean_task", "?sort=mean_task"),
        ({"sort": "mean_task"}, "mean_task", "?"),
        ({"sort": "mean_task"}, "params", "?sort=-params"),
        ({}, "name", "?sort=name"),
        ({"sort": "name"}, "name", "?sort=-name"),
        ({}, "rank", "?"),
        ({"sort": "params", "order": "desc"}, "params", "?sort=params"),
        ({"weights": "open", "weigh": "A:2"}, "a b&c", "?weights=open&weigh=A:2&sort=-a%20b%26c"),
        ({"weights": "open", "sort": "params"}, "params", "?weights=open"),
    ],
)
def test_a_heading_leads_to_the_other_order_and_then_back_to_the_ranks(
    now: dict[str, str], column: str, href: str
) -> None:
    assert Sorting(read(now), now).href(column) == href


def test_the_server_sorts_and_says_so(browser: Browser) -> None:
    plain, turned = browser.text(PATH), browser.text(PATH, "sort=-rank")
    assert _ranks(plain) == sorted(_ranks(plain))
    assert _ranks(turned) == sorted(_ranks(plain), reverse=True)
    assert re.search(r'data-k="rank" aria-sort="ascending"', plain)
    assert re.search(r'data-k="rank" aria-sort="descending"', turned)
    assert turned.count("aria-sort=") == 1
    assert 'class="board few placed"' in turned


def test_facts_stay_beside_their_rows(browser: Browser) -> None:
    plain, turned = browser.text(PATH), browser.text(PATH, "sort=-rank")

    def flags(html: str) -> list[str]:
        found = re.search(r'id="facts">.*?"flags":\[(.*?)\]', html)
        assert found
        return found[1].split(",")

    assert flags(turned) == flags(plain)[::-1]
    assert flags(turned) != flags(plain)


@pytest.mark.parametrize("order", ["", "&order=desc", "&order=asc"])
def test_what_is_missing_comes_last_in_either_order(browser: Browser, order: str) -> None:
    html = browser.text(PATH, f"sort=params{order}")
    rows = re.findall(r"<tr[^>]*><td class=r.*", html)
    sized = [bool(re.search(r"<td[^>]*>[\d.]+[KMB]<", row)) for row in rows]
    assert sized == sorted(sized, reverse=True)


def test_filters_and_weights_stay_and_filters_keep_the_order(browser: Browser) -> None:
    html = browser.text(PATH, "weights=open&sort=name")
    assert 'href="?weights=open&amp;sort=-params"' in html
    assert re.search(r'class="button chip" href="[^"]*\?sort=name"', html)
    form = browser.text(f"{PATH}/customize", "sort=-params")
    assert '<input type="hidden" name="sort" value="-params">' in form


@pytest.mark.parametrize("language", ["", "/zh"])
@pytest.mark.parametrize("query", ["sort=parms", "sort=-parms", "sort=params&order=down"])
def test_an_unknown_column_is_named_with_one_like_it(
    browser: Browser, query: str, language: str
) -> None:
    page = browser.page(language + PATH, query)
    html = page.answer.identity.decode()
    assert page.status == 422
    assert ("parms" if "parms" in query else "down") in html
    if "parms" in query:
        assert f"sort={'-' * ('-' in query)}params" in html


@pytest.mark.parametrize("tab", ["tasks", "languages"])
def test_wide_tables_are_sorted_too(browser: Browser, tab: str) -> None:
    html = browser.text(f"{PATH}/{tab}", "sort=-name")
    names = [one.lower() for one in _column(html, "name")]
    assert names == sorted(names, reverse=True)
    assert re.search(r'data-k="name" aria-sort="descending"', html)


def test_a_heading_is_no_link_where_nobody_would_sort() -> None:
    assert Sorting([], {}).link("params") == ' href="?sort=-params" rel="nofollow"'
    assert not Sorting([], {}, live=False).link("params")
