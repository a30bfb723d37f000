"""The organisations and their models."""

from __future__ import annotations

from frontrunner.answers.service import Service
from frontrunner.catalog import Model
from frontrunner.web.views.organizations import by_owner
from tests.factories import catalog
from tests.web.conftest import NAME, Browser


def test_models_belong_to_what_precedes_the_last_slash_of_their_name() -> None:
    known = catalog(
        models=[Model(name="b/x"), Model(name="a/y"), Model(name="b/z"), Model(name="w")]
    )
    assert {k: [m.name for m in v] for k, v in by_owner(known).items()} == {
        "b": ["b/x", "b/z"], "a": ["a/y"],
    }  # fmt: skip


def test_a_page_lists_the_models_with_ranks_sizes_and_licences(
    browser: Browser, service: Service
) -> None:
    html = browser.text("/organizations/org")
    rank = service.ranks(NAME)["org/small"]
    assert f'/models/org/small">small</a><td class="n">{rank}' in html
    assert html.index("/models/org/small") < html.index("/models/org/unrun")
    for wanted in (
        "33M",
        "384",
        "512",
        "mit",
        "2023-08-01",
        "3 models, 2 with results",
        "/v1/models?name=org/",
    ):
        assert wanted in html, wanted


def test_it_is_linked_from_the_model_the_list_the_search_and_the_map(browser: Browser) -> None:
    assert 'href="/organizations/org"' in browser.text("/models/org/small")
    assert 'href="/organizations/org"' in browser.text("/scores/org/small", f"board={NAME}")
    assert 'href="/organizations"' in browser.text("/models")
    assert 'href="/organizations/org"' in browser.text("/organizations")
    assert 'href="/organizations/org"' in browser.text("/search", "q=org")
    assert "http://board.example/organizations/org<" in browser.text("/sitemap.xml")


def test_an_organization_that_does_not_exist_is_not_found(browser: Browser) -> None:
    page = browser.page("/organizations/orgg")
    assert page.status == 404
    assert 'href="/organizations/org"' in page.answer.identity.decode()
