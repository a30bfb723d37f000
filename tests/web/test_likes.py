"""A visitor likes a board once, without an account; programs cannot add many."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from frontrunner.answers.service import Service
from frontrunner.base.config import SiteSettings
from frontrunner.base.errors import LikesError
from frontrunner.base.limit import Limit
from frontrunner.http.app import Application
from frontrunner.http.request import Request, Response
from frontrunner.web.like_counts import LikeCounts
from frontrunner.web.likes import Likes
from frontrunner.web.site import Site
from tests.web.conftest import Browser

SITE = Site(site=SiteSettings(likes=True))
HTML = {"accept": "text/html"}


@pytest.fixture
def counts(tmp_path: Path) -> Iterator[LikeCounts]:
    one = LikeCounts("", tmp_path / "likes.db")
    yield one
    one.close()


@pytest.fixture
def likes(counts: LikeCounts, tmp_path: Path) -> Likes:
    limits = Limit(most=2, seconds=60), Limit(most=3, seconds=60)
    return Likes(counts, tmp_path / "engagement.json", SITE, limits)


def request(method: str = "GET", client: str = "203.0.113.5", **headers: str) -> Request:
    named = {"host": "board.example", **{k.replace("_", "-"): v for k, v in headers.items()}}
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": "/likes",
        "query_string": b"",
        "client": (client, 1),
        "headers": [(k.encode(), v.encode()) for k, v in named.items()],
    }
    return Request(scope)


def ask(likes: Likes, service: Service, *words: str, **headers: str) -> Response:
    served = Application(service.snapshot).served
    return asyncio.run(likes.answer(request(*words, **headers), served))


def _status(application: Application, asked: Request) -> int:
    async def answered() -> int:
        return (await application._handle(asked)).status

    return asyncio.run(answered())


def cookie(response: Response) -> str:
    return dict(response.headers).get(b"set-cookie", b"").decode()


def test_a_like_is_counted_once_for_each_visitor(likes: Likes, service: Service) -> None:
    done = ask(likes, service, "POST", **HTML)
    assert done.status == 200
    assert b"Thank you. Your like was counted." in done.body
    given = cookie(done).partition(";")[0]
    assert given == "frontrunner-liked=1", "no identifier"
    again = ask(likes, service, "POST", cookie=given, **HTML)
    assert b"You already like this board." in again.body
    assert b"<button" not in again.body.partition(b"<main")[2]
    assert b"1 person likes this board" in again.body
    assert dict(again.headers)[b"cache-control"] == b"no-store"


def test_one_network_and_all_together_have_a_limit(likes: Likes, service: Service) -> None:
    clients = ["2001:db8::1", "2001:db8::2", "2001:db8::3", "203.0.113.7", "203.0.113.8"]
    found = [ask(likes, service, "POST", one).status for one in clients]
    assert found == [200, 200, 429, 200, 429]
    wait = int(dict(ask(likes, service, "POST", "2001:db8::1").headers)[b"retry-after"])
    assert 1 <= wait <= 60
    assert json.loads(ask(likes, service).body)["likes"] == 3


def test_a_proxy_is_believed_only_on_this_network(likes: Likes, service: Service) -> None:
    far = [ask(likes, service, "POST", "9.9.9.9", x_forwarded_for=f"1.1.1.{n}") for n in range(3)]
    assert [one.status for one in far] == [200, 200, 429], "one client that claims three addresses"
    near = ask(likes, service, "POST", "127.0.0.1", x_forwarded_for="1.1.1.1, 198.51.100.4")
    assert near.status == 200


@pytest.mark.parametrize(
    "headers", [{"sec_fetch_site": "cross-site"}, {"origin": "https://evil.example"}]
)
def test_another_site_cannot_like_for_a_visitor(
    likes: Likes, service: Service, headers: dict[str, str]
) -> None:
    done = ask(likes, service, "POST", **headers)
    assert (done.status, cookie(done)) == (403, "")
    assert json.loads(ask(likes, service).body)["likes"] == 0


def test_the_starting_count_is_marked(likes: Likes, service: Service, tmp_path: Path) -> None:
    export = {"repo_id": "board/old", "likes": 7, "at": "2026-11-01T00:00:00Z"}
    (tmp_path / "engagement.json").write_text(json.dumps(export))
    ask(likes, service, "POST")
    found = json.loads(ask(likes, service).body)
    assert found == {"likes": 8, "own": 1, "imported": export}
    page = ask(likes, service, **HTML).body.decode()
    assert "8 people like this board" in page
    assert "1 here, and 7 from board/old on the Hugging Face Hub, as counted on 2026-11-01." in page
    chinese = ask(likes, service, accept_language="zh", **HTML).body.decode()
    assert "其中 1 个来自本站" in chinese


def test_a_database_that_is_gone_says_later(
    likes: Likes, counts: LikeCounts, service: Service, tmp_path: Path
) -> None:
    (tmp_path / "likes.db").unlink()
    lost = ask(likes, service, "POST")
    assert (lost.status, dict(lost.headers)[b"retry-after"]) == (503, b"30")
    unread = ask(likes, service)
    assert (unread.status, dict(unread.headers)[b"retry-after"]) == (503, b"30")
    assert b"Try again later" in ask(likes, service, **HTML).body
    assert counts is not None


def test_a_like_that_was_counted_is_thanked_for_if_the_count_cannot_be_read(
    likes: Likes, counts: LikeCounts, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def total() -> int:
        raise LikesError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(counts, "total", total)
        done = ask(likes, service, "POST", **HTML)
    assert done.status == 200
    assert cookie(done).startswith("frontrunner-liked=1")
    assert b"Your like was counted." in done.body
    assert json.loads(ask(likes, service).body)["likes"] == 1


def test_another_method_names_those_that_are_taken(likes: Likes, service: Service) -> None:
    done = ask(likes, service, "DELETE")
    assert (done.status, dict(done.headers)[b"allow"]) == (405, b"GET, HEAD, POST, OPTIONS")


def test_https_makes_the_cookie_secure(likes: Likes, service: Service) -> None:
    done = ask(likes, service, "POST", "127.0.0.1", x_forwarded_proto="https")
    assert "; Secure" in cookie(done)
    assert "SameSite=Lax" in cookie(done)


def test_the_server_answers_it_only_if_the_settings_say_so(likes: Likes, service: Service) -> None:
    application = Application(service.snapshot, pages=SITE)
    assert _status(application, request()) == 404
    application.likes = likes
    assert _status(application, request()) == 200
    assert _status(application, request("POST")) == 200
    assert _status(application, request("DELETE")) == 405


def test_pages_lead_to_it(service: Service) -> None:
    browser = Browser(service)
    assert 'href="/likes"' not in browser.text("/")
    browser.site = SITE
    assert 'href="/likes"' in browser.text("/")
