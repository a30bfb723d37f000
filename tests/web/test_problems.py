"""What is not there, what could not be made, and the way on from both."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import pytest

from frontrunner.answers.service import Service
from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.http.app import Application
from frontrunner.http.pages import PageRequest
from frontrunner.snapshot.reader import Snapshot
from frontrunner.web import view_table
from frontrunner.web.site import Site
from frontrunner.web.views import boards, home
from tests.http.conftest import call
from tests.web.conftest import HOSTILE, NAME, Browser

HTML = {"accept": "text/html", "accept-language": "en"}


def _offered(browser: Browser, path: str) -> list[str]:
    page = browser.page(path)
    assert page.status == 404
    html = page.answer.identity.decode().partition("<main")[2].partition("</ul>")[0]
    return [unquote(one) for one in re.findall(r'<li><a href="([^"]+)"', html)]


@pytest.mark.parametrize(
    ("path", "offered"),
    [
        ("/models/org/smal", "/models/org/small"),
        ("/models/ORG/Small-v2", "/models/org/small"),
        ("/models/other/large", "/models/org/large"),
        ("/benchmark/Mix (eng, v2)", f"/benchmark/{NAME}"),
        ("/benchmark/Mix and match", f"/benchmark/{NAME}"),
        ("/tasks/search2", "/tasks/Search"),
        ("/modles", "/models"),
        ("/leaderboards", "/boards"),
        ("/zh/models/org/smal", "/zh/models/org/small"),
    ],
)
def test_names_like_the_one_that_is_missing_are_offered(
    browser: Browser, path: str, offered: str
) -> None:
    assert offered in _offered(browser, path)


def test_the_page_for_what_is_not_there_searches_and_leads_on(browser: Browser) -> None:
    html = browser.text("/models/no/body")
    assert "Page not found: /models/no/body" in html
    assert 'name="q" value="body"' in html
    for href in ("/", "/boards", "/models", "/tasks"):
        assert f'class="button" href="{href}"' in html
    assert "找不到页面\uff1a\u200b/models/no/body" in browser.text("/zh/models/no/body")
    assert "<script>alert" not in browser.text(f"/nowhere/{HOSTILE}/x")


@pytest.mark.parametrize(
    ("path", "query"), [("/models/a\0b", ""), ("/search", "q=a%00b"), ("/models", "q=a%00b")]
)
def test_no_page_has_a_zero_byte(browser: Browser, path: str, query: str) -> None:
    html = browser.page(path, query).answer.identity
    assert b"\0" not in html
    assert "a\N{REPLACEMENT CHARACTER}b".encode() in html


def test_a_search_finds_by_every_kind_of_name(browser: Browser) -> None:
    found = browser.text("/search", "q=match; Pairs; ORG/s")
    for href in ("/tasks/Pairs", "/models/org/small"):
        assert f'<li><a href="{href}">' in found
    assert "Mix &amp; match" in found
    assert "No results for" in browser.text("/search", "q=nobody")
    assert "No results for" not in browser.text("/search")
    assert "<script>alert" not in browser.text("/search", "q=<script>alert(1)</script>")


def test_an_error_that_we_know_says_what_to_do(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> Any:
        raise CorruptSnapshotError("scores.bin is torn. Run: frontrunner verify")

    monkeypatch.setitem(view_table.VIEWS, "boards", broken)
    page = browser.page("/boards")
    assert page.status == 500
    assert b"frontrunner verify" in page.answer.identity
    assert dict(page.headers)[b"cache-control"] == b"no-store"
    monkeypatch.setitem(view_table.VIEWS, "boards", boards.index)
    assert browser.page("/boards").status == 200


def test_a_mistake_of_ours_is_a_page_with_a_way_on(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: object) -> Any:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setitem(view_table.VIEWS, "", broken)
    application = Application(snapshot, pages=Site())
    answer = call(application, "GET", "/", headers=HTML)
    assert answer.status_code == 500
    assert "The server made an error" in answer.text
    assert 'href="/boards"' in answer.text
    assert "secret detail" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "secret detail" in caplog.text
    monkeypatch.setitem(view_table.VIEWS, "", home.home)
    assert call(application, "GET", "/", headers=HTML).status_code == 200


def test_programs_are_told_of_a_mistake_as_they_expect(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> Any:
        raise ZeroDivisionError("x")

    monkeypatch.setitem(view_table.VIEWS, "", broken)
    with pytest.raises(ZeroDivisionError):  # what makes a server answer 500
        call(Application(snapshot, pages=Site()), "GET", "/")


def test_the_style_guide_is_for_developers(service: Service) -> None:
    request = PageRequest("/_styleguide", b"", "", wants_html=True)
    pages = [Site(development=wanted).find(service, request) for wanted in (False, True)]
    assert [page.status for page in pages if page] == [404, 200]


def test_the_page_for_a_mistake_needs_nothing_that_could_be_broken(service: Service) -> None:
    request = PageRequest("/zh/benchmark/x", b"", "", wants_html=True)
    page = Site().failed(service, request, 500, "")
    assert page.status == 500
    assert '<html lang="zh">' in page.answer.identity.decode()
