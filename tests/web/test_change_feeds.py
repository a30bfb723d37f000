"""Feeds of boards and models: valid, with names that stay, and bounded."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from frontrunner.answers.service import Service
from frontrunner.base.home import Home
from frontrunner.http.pages import PageRequest
from frontrunner.snapshot.past import remember, write_timeline
from frontrunner.web import change_feeds
from tests.web.conftest import HOSTILE, NAME, SCORES, Browser, build, write_results

ATOM = "{http://www.w3.org/2005/Atom}"
BOARD = f"/feeds/boards/{NAME}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def grown(folder: Path, times: int = 2) -> Service:
    """A home whose board changed with each snapshot; the service of the last one."""
    home = Home(folder / "home")
    for number in range(times):
        small = {**SCORES["org/small"], "Pairs": {"default": 0.7 + number / 1000}}
        scores = {**SCORES, "org/unrun": {"Pairs": {"default": 0.9}}, "org/small": small}
        if number == 0:
            del scores["org/unrun"]
        snapshot = build(home.path, write_results(folder / str(number), scores))
        remember(home, snapshot)
    write_timeline(home)
    return Service(snapshot)


def atom_of(service: Service, path: str) -> ElementTree.Element:
    page = Browser(service).page(path)
    assert (b"content-type" in dict(page.headers)) is False
    assert page.answer.media_type == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(page.answer.identity)  # noqa: S314 -- our own


def check_atom(feed: ElementTree.Element) -> list[ElementTree.Element]:
    """What RFC 4287 asks of a feed; its entries."""
    assert feed.tag == f"{ATOM}feed"
    for one in (feed, *feed.findall(f"{ATOM}entry")):
        assert len(one.findall(f"{ATOM}id")) == len(one.findall(f"{ATOM}title")) == 1
        assert MOMENT.fullmatch(one.findtext(f"{ATOM}updated", ""))
        assert one.findtext(f"{ATOM}id", "").startswith("http://board.example/")
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    links = {one.get("rel"): one.get("href") for one in feed.findall(f"{ATOM}link")}
    assert set(links) == {None, "self"}
    entries = feed.findall(f"{ATOM}entry")
    names = [one.findtext(f"{ATOM}id", "") for one in entries]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[!-~]+", name) and "<" not in name for name in names)
    moments = [one.findtext(f"{ATOM}updated", "") for one in entries]
    assert moments == sorted(moments, reverse=True)
    return entries


def check_json(body: bytes) -> list[dict[str, str]]:
    """What JSON Feed 1.1 asks of a feed; its items."""
    feed = json.loads(body)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert feed["feed_url"].startswith("http://board.example/feeds/")
    items: list[dict[str, str]] = feed["items"]
    for one in items:
        assert one["id"]
        assert one["content_text"]
        assert MOMENT.fullmatch(one["date_published"])
    return items


def test_a_board_tells_what_came(tmp_path: Path) -> None:
    service = grown(tmp_path)
    entries = check_atom(atom_of(service, f"{BOARD}.atom"))
    titles = [one.findtext(f"{ATOM}title", "") for one in entries]
    assert any(title.startswith("org/unrun is new at rank") for title in titles)
    items = check_json(Browser(service).page(f"{BOARD}.json").answer.identity)
    assert [one["id"] for one in items] == [one.findtext(f"{ATOM}id") for one in entries]


def test_a_model_tells_of_every_board(tmp_path: Path) -> None:
    service = grown(tmp_path)
    [item] = check_json(Browser(service).page("/feeds/models/org/unrun.json").answer.identity)
    assert item["title"].startswith(f"{NAME}: org/unrun is new at rank")
    check_atom(atom_of(service, "/feeds/models/org/unrun.atom"))
    check_atom(atom_of(service, f"/feeds/models/{HOSTILE}.atom"))


def test_names_stay_when_more_happens_and_the_oldest_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = check_json(Browser(grown(tmp_path)).page(f"{BOARD}.json").answer.identity)
    later = Browser(grown(tmp_path, 5))
    after = check_json(later.page(f"{BOARD}.json").answer.identity)
    assert len(after) > len(before)
    assert [one["id"] for one in after][-len(before) :] == [one["id"] for one in before]
    monkeypatch.setattr(change_feeds, "MOST", 2)
    cut = check_json(Browser(later.service).page(f"{BOARD}.json").answer.identity)
    assert cut == after[:2]


def test_a_board_without_a_past_has_an_empty_feed(browser: Browser) -> None:
    assert check_atom(atom_of(browser.service, f"{BOARD}.atom")) == []
    assert check_json(browser.page("/feeds/models/org/small.json").answer.identity) == []


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/", "/feeds/boards/None.atom", "/feeds/models/no/one.json", f"{BOARD}.rss",
        "/feeds/tasks/Pairs.atom", BOARD, "/feeds/boards/.atom",
    ],
)  # fmt: skip
def test_there_are_no_others(browser: Browser, path: str) -> None:
    request = PageRequest(path, b"", "", True, "http://board.example")
    assert browser.site.find(browser.service, request) is None
    request = PageRequest(f"{BOARD}.atom", b"", "", True, 'http://x"><b>')
    assert browser.site.find(browser.service, request) is None
