"""A filter of a page with an unknown value is a clear error, as in `/v1`; old links lead on."""

from __future__ import annotations

from html import unescape
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.answers.service import Service
from frontrunner.web import misspelled
from frontrunner.web.urls import Links
from frontrunner.web.views import models, tasks
from frontrunner.web.visit import View, Visit
from frontrunner.web.words import words
from tests.web.conftest import NAME, Browser

BOARD = f"/benchmark/{NAME}"


@pytest.mark.parametrize(
    ("path", "query", "near"),
    [
        ("/tasks", "language=Germn", "/tasks?language=German"),
        ("/tasks", "language=deu", "/tasks?language=German"),
        ("/tasks", "type=retrieval", "/tasks?type=Retrieval"),
        ("/tasks", "q=x&domain=Legl", "/tasks?q=x&domain=Legal"),
        ("/tasks", "public=ye", "/tasks?public=yes"),
        ("/zh/tasks", "modality=txt", "/zh/tasks?modality=text"),
        ("/tasks", "type=STS~Retrievl", "/tasks?type=STS~Retrieval"),
        ("/models", "kind=Dense", "/models?kind=dense"),
        ("/models", "licence=MIT", "/models?licence=mit"),
        ("/models", "weights=opened", "/models?weights=open"),
        (BOARD, "languages=Germn", "?languages=German"),
        (BOARD, "languages=English~GERMAN", "?languages=English~German"),
        (BOARD, "types=PairClasification&st=yes", "?types=PairClassification&st=yes"),
        (BOARD, "tasks=Serch", "?tasks=Search"),
        (f"{BOARD}/tasks", "kind=dens", "/tasks?kind=dense"),
        (f"{BOARD}/size", "zero=onlly", "/size?zero=only"),
        (BOARD, "policy=lenien", "?policy=lenient"),
    ],
)
def test_an_unknown_value_is_422_with_the_closest_one(
    browser: Browser, path: str, query: str, near: str
) -> None:
    page = browser.page(path, query)
    assert page.status == 422
    html = unescape(page.answer.identity.decode())
    links = [piece.partition('"')[0] for piece in html.split('href="')]
    found = next(one for one in links if one.endswith(near))
    assert browser.page(path, found.partition("?")[2]).status == 200


def test_all_values_are_offered_if_they_are_few_and_none_is_close(browser: Browser) -> None:
    html = unescape(browser.page(BOARD, "weights=nonsense&st=yes").answer.identity.decode())
    assert "<h1>Unknown filter value</h1>" in html
    for value in ("open", "closed"):
        assert f'?weights={value}&st=yes">{value}</a>' in html


@pytest.mark.parametrize(
    ("path", "query", "rest"),
    [
        ("/tasks", "language=xyz&q=a b", "/tasks?q=a%20b"),
        ("/models", "kind=???", "/models"),
        ("/models", "min=some", "/models"),
        (BOARD, "languages=xyz", "/benchmark/Mix%20(eng%2C%20v1)"),
        (BOARD, "facets=9&embed=1", "?embed=1"),
        (BOARD, "since=yesterday", "/benchmark/Mix%20(eng%2C%20v1)"),
        (BOARD, "coverage=most", "/benchmark/Mix%20(eng%2C%20v1)"),
        (BOARD, "coverage=50~60&st=yes", "?st=yes"),
        (BOARD, f"coverage={'9' * 5000}&st=yes", "?st=yes"),
        (BOARD, "min=~1B&st=yes", "?st=yes"),
    ],
)
def test_the_filter_can_be_removed(browser: Browser, path: str, query: str, rest: str) -> None:
    page = browser.page(path, query)
    html = unescape(page.answer.identity.decode())
    assert page.status == 422
    start = html.index("Remove this filter")
    link = html[html.rindex('href="', 0, start) : start].split('"')[1]
    assert link.endswith(rest)
    assert browser.page(path, link.partition("?")[2]).status == 200


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/tasks", "language=English&type=Retrieval~STS&domain=Legal&modality=text&public=yes"),
        ("/tasks", "domain=Medical"),  # mteb's registry uses it, this catalog does not
        ("/tasks", "utm_source=mail&fbclid=1"),
        ("/models", "kind=dense&weights=closed&min=500K&max=7,5B&language=German&results=no"),
        (BOARD, "languages=eng~deu-Latn~German&types=STS&domains=Legal&tasks=Search"),
        (BOARD, "kind=sparse&zero=known&st=no&coverage=90&since=2022-01&facets=0~5&policy=lenient"),
        (BOARD, "languages=&kind=&sort=-params&pin=org/none&q=anything"),
        ("/tasks/Search", "language=xyz"),  # it has no filters
        ("/boards", "language=xyz"),
    ],
)
def test_known_values_and_other_parameters_are_no_error(
    browser: Browser, path: str, query: str
) -> None:
    assert browser.page(path, query).status == 200


@pytest.mark.parametrize(("path", "view"), [("models", models.models), ("tasks", tasks.tasks)])
def test_every_choice_of_a_list_is_known(service: Service, path: str, view: View) -> None:
    every_choice_is_known(service, path, view)


def every_choice_is_known(service: Service, path: str, view: View) -> None:
    finder = view(Visit(service, words("en"), Links(), "", {})).values["finder"]
    rules = misspelled.rules_of_list(service, path)
    choices = [(one.name, value) for one in finder.choices for value, _, _ in one.options]
    assert choices
    assert [one for one in choices if not rules[one[0]].knows(one[1])] == []


def test_a_board_that_does_not_exist_is_not_found(browser: Browser) -> None:
    assert browser.page("/benchmark/nothing like it", "languages=xyz").status == 404


def test_the_page_says_which_filter_in_both_languages_and_escapes_it(browser: Browser) -> None:
    query = urlencode({"type": "<script>1</script>"})
    assert "The filter “Type” has an unknown value: &lt;script&gt;" in browser.text("/tasks", query)
    assert "“类型”的值未知" in browser.text("/zh/tasks", query)


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/tasks?langs=deu-Latn,Klingon&types=STS,Nothing", "/tasks?type=STS&language=German"),
        ("/tasks?doms=Nothing", "/tasks"),
        ("/models?mtypes=dense,other&avail=open", "/models?kind=dense&weights=open"),
        (f"{BOARD}?tab=perf_size&lang=Klingon&mtypes=dense", "/size?kind=dense"),
        (f"{BOARD}?tab=perf_task&tks=Search,Gone", "/tasks?tasks=Search"),
        (f"{BOARD}?doms=Nothing", "/benchmark/Mix%20(eng%2C%20v1)"),
    ],
)
def test_links_of_older_boards_lead_on_without_what_is_unknown(
    browser: Browser, address: str, target: str
) -> None:
    path, _, query = address.partition("?")
    moved = browser.page(path, query)
    location = dict(moved.headers)[b"location"].decode()
    assert moved.status == 301
    assert location.endswith(target)
    assert browser.page(path, location.partition("?")[2]).status == 200


WORDS = st.sampled_from(["Retrieval", "STS", "retrievl", "x", "", "Legal"])


@given(st.lists(WORDS, max_size=6), st.lists(WORDS, max_size=6))
def test_what_is_left_of_an_old_link_is_known(
    service: Service, types: list[str], domains: list[str]
) -> None:
    rules = misspelled.rules_of_list(service, "tasks")
    pairs = [("type", "~".join(types)), ("domain", "~".join(domains)), ("q", "any")]
    kept = dict(misspelled.without_unknown(rules, pairs))
    assert kept["q"] == "any"
    assert misspelled.find(rules, kept) is None


@given(st.dictionaries(st.sampled_from(["type", "domain", "q"]), st.text(max_size=30), min_size=1))
def test_a_corrected_query_keeps_the_rest(service: Service, query: dict[str, str]) -> None:
    rules = misspelled.rules_of_list(service, "tasks")
    wrong = misspelled.find(rules, query)
    if wrong is None:
        return
    without = dict(parse_qsl(misspelled.corrected(query, wrong, None).removeprefix("?")))
    assert wrong.parameter not in without
    others = {key: value for key, value in query.items() if key != wrong.parameter and value}
    assert without == others
    repaired = dict(parse_qsl(misspelled.corrected(query, wrong, "Right").removeprefix("?")))
    assert "Right" in repaired[wrong.parameter].split("~")
    assert wrong.value not in repaired[wrong.parameter].split("~")
