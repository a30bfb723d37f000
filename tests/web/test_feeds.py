"""The map of all pages, and the feed of what moved."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

from frontrunner.answers.service import Service
from frontrunner.http.pages import PageRequest
from frontrunner.snapshot.reader import Snapshot
from frontrunner.web import export, feeds
from tests.web.conftest import SCORES, Browser, build, write_results

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def _locations(body: bytes) -> list[str]:
    found = ElementTree.fromstring(body).findall(f"{MAP}url/{MAP}loc")  # noqa: S314 -- our own
    return [one.text or "" for one in found]


def test_every_page_on_the_map_is_there(browser: Browser) -> None:
    page = browser.page(feeds.MAP)
    addresses = _locations(page.answer.identity)
    assert len(addresses) == len(set(addresses)) > 10
    for address in addresses:
        assert browser.page(unquote(address.removeprefix("http://board.example"))).status == 200
    assert browser.page(feeds.MAP) is page


def test_nobody_knows_an_odd_host(browser: Browser) -> None:
    request = PageRequest(feeds.MAP, b"", "", False, 'http://x"><b>')
    assert browser.site.find(browser.service, request) is None


def test_the_feed_tells_what_moved(tmp_path: Path, browser: Browser) -> None:
    first = ElementTree.fromstring(browser.page(feeds.FEED).answer.identity)  # noqa: S314
    assert "no earlier snapshot" in first.findtext(f"{ATOM}entry/{ATOM}summary", "")
    build(tmp_path / "home", write_results(tmp_path / "a"))
    more = {**SCORES, "org/unrun": {"Pairs": {"default": 0.99}}}
    newer = Service(build(tmp_path / "home", write_results(tmp_path / "b", more)))
    body = Browser(newer).page(feeds.FEED).answer.identity
    entry = ElementTree.fromstring(body).find(f"{ATOM}entry")  # noqa: S314
    assert entry is not None
    assert entry.findtext(f"{ATOM}summary", "").startswith("Ranks changed on 1 board;")
    assert newer.snapshot.id in entry.findtext(f"{ATOM}id", "")


def test_a_copy_has_them_where_its_address_is_known(snapshot: Snapshot, tmp_path: Path) -> None:
    export.export(snapshot, tmp_path, "https://host.example/board")
    for address in _locations((tmp_path / "sitemap.xml").read_bytes()):
        path = unquote(address.removeprefix("https://host.example/board/"))
        assert (tmp_path / path / "index.html").is_file(), address
    assert (tmp_path / "changes.atom").is_file()
