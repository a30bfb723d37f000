from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from frontrunner.answers.service import Service
from frontrunner.base.config import SiteSettings
from frontrunner.web.site import Site
from frontrunner.web.urls import Links
from frontrunner.web.words import languages
from tests.web.conftest import HOSTILE, NAME, Browser

LINKS = Links()
PATHS = [
    "/",
    "/boards",
    *(LINKS.board(NAME, tab) for tab in ("", "tasks", "languages", "size", "time", "about")),
    "/models",
    LINKS.model("org/small"),
    LINKS.model("org/large"),
    LINKS.model("org/unrun"),
    LINKS.model(HOSTILE),
    LINKS.model("org/small", "results"),
    "/tasks",
    "/tasks/Search",
    "/tasks/Pairs",
    "/compare",
    "/data",
    "/search",
    "/changes",
    "/_styleguide",
]


class _Reader(HTMLParser):
    """Collects what could run, and where links go."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[dict[str, str | None]] = []
        self.targets: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "script":
            self.scripts.append(named)
        self.inline += [name for name in named if name.startswith("on") or name == "style"]
        self.targets += [value for key in ("href", "src") if (value := named.get(key))]


def _decoded(path: str) -> str:
    from urllib.parse import unquote

    return unquote(path)


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", languages())
def test_every_page_is_made_and_runs_nothing_foreign(
    browser: Browser, path: str, language: str
) -> None:
    page = browser.page(f"/{language}{_decoded(path)}")
    assert page.status == 200
    html = page.answer.identity.decode()
    assert f'<html lang="{language}">' in html
    found = _read(html)
    assert not found.inline
    for script in found.scripts:
        assert script.get("src", "").startswith("/_assets/") or (  # type: ignore[union-attr]
            script.get("type") == "application/json"
        )
    assert not [target for target in found.targets if "script:" in target.lower()]


@pytest.mark.parametrize("path", PATHS)
def test_every_link_between_pages_leads_somewhere(browser: Browser, path: str) -> None:
    for target in _read(browser.text(_decoded(path))).targets:
        place, _, query = target.partition("#")[0].partition("?")
        place = _decoded(place)
        if place.startswith(("/v1", "http", "/docs", "data:")) or not place:
            continue
        assert browser.page(place, query).status == 200, target


@pytest.mark.parametrize("path", [*PATHS, "/benchmark/Old", f"{LINKS.board(NAME)}?types=Retrieval"])
def test_no_space_follows_a_chinese_stop(browser: Browser, path: str) -> None:
    """Such a stop has its own; with one more, a link after it stood apart."""
    place, _, query = path.partition("?")
    html = browser.text(f"/zh{_decoded(place)}".rstrip("/"), query)
    assert not re.findall(r"[。\uff1a\uff1b](?:</\w+>)*\s+<a\b[^>]*>", html)


def test_pages_are_guarded_by_their_headers(browser: Browser) -> None:
    headers = dict(browser.page("/").headers)
    policy = headers[b"content-security-policy"].decode()
    assert "unsafe" not in policy
    assert "frame-ancestors 'self'" in policy
    assert b"accept-language" in headers[b"vary"]
    framed = dict(browser.page(f"/benchmark/{NAME}", "embed=1").headers)
    assert b"frame-ancestors *" in framed[b"content-security-policy"]


def test_the_hub_may_show_a_board_in_a_frame_if_the_settings_say_so(service: Service) -> None:
    browser = Browser(service)
    browser.site = Site(site=SiteSettings(framed_by=("https://huggingface.co",)))
    for path in ("/", f"/benchmark/{NAME}", "/nowhere"):
        policy = dict(browser.page(path).headers)[b"content-security-policy"]
        assert b"frame-ancestors 'self' https://huggingface.co" in policy, path


def test_missing_is_shown_as_missing_with_the_reason(browser: Browser) -> None:
    html = browser.text(f"/benchmark/{NAME}")
    row = html[html.index("org/</i>large") :].partition("<tr>")[0]
    assert "1/2" in row
    assert 'class=no title="Missing 1 task: Pairs"' in row
    assert ">0.00" not in row


def test_a_score_of_zero_is_a_score(browser: Browser) -> None:
    html = browser.text(f"/benchmark/{NAME}/tasks")
    row = html[html.index(">script&gt;") :].partition("<tr>")[0]
    assert ">0.00" in row


def test_a_language_is_chosen_by_the_path_before_the_preference(browser: Browser) -> None:
    assert '<html lang="zh">' in browser.text("/", languages="zh-CN")
    assert '<html lang="en">' in browser.text("/en", languages="zh-CN")
    assert 'href="/zh/models"' in browser.text("/zh")


def test_what_is_not_there_offers_a_way_on(browser: Browser) -> None:
    page = browser.page("/models/org/smal")
    html = page.answer.identity.decode()
    assert page.status == 404
    assert 'href="/models/org/small"' in html
    assert 'href="/boards"' in html
    assert browser.page("/nowhere").status == 404


def test_programs_get_no_page_for_what_is_not_there(browser: Browser) -> None:
    from frontrunner.http.pages import PageRequest

    request = PageRequest("/nowhere", b"", "", wants_html=False)
    assert browser.site.find(browser.service, request) is None


def test_a_models_page_says_what_its_numbers_rest_on(browser: Browser) -> None:
    html = browser.text("/models/org/large")
    assert "1/2" in html
    assert "2B active" in html
    origins = browser.text("/models/org/small/results")
    assert "org__small/r1/Search.json" in origins
    assert ">2.0.0" in origins


def test_a_comparison_names_who_is_not_known(browser: Browser) -> None:
    html = browser.text("/compare", "models=org/small,org/large,no/body")
    assert "no/body" in html
    assert "Not on this board" in html or "No mean" in html
    assert '"key c1"' in html
    assert '"key c2"' not in html


def test_the_data_page_lists_rejected_files(browser: Browser) -> None:
    assert "Broken.json" in browser.text("/data")


def test_an_odd_host_gets_into_no_page(browser: Browser) -> None:
    from frontrunner.http.pages import PageRequest

    request = PageRequest(f"/benchmark/{NAME}", b"", "", True, 'http://x"><script>')
    page = browser.site.find(browser.service, request)
    assert page is not None
    assert b"og:image" not in page.answer.identity


def test_a_page_is_made_once(browser: Browser) -> None:
    assert browser.page("/boards") is browser.page("/boards")
    assert browser.page("/boards") is not browser.page("/zh/boards")


def test_what_the_measurement_in_a_browser_looks_for_is_on_a_board(browser: Browser) -> None:
    """It waited for a list that a new form no longer had, and ended with a traceback."""
    source = (Path(__file__).parents[2] / "bench/web.py").read_text()
    wanted = set(re.findall(r"(?:querySelector|wait_for_selector)\(.#(\w+)", source))
    assert wanted == {"board", "q", "tools"}
    html = browser.text(_decoded(LINKS.board(NAME)))
    for one in (*(f'id="{name}"' for name in wanted), 'name="weights"', 'data-k="params"'):
        assert one in html
