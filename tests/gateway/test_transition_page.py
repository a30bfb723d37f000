"""The page about the move: in two languages, for both boards, and whole whatever the file says."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
import uvicorn

from frontrunner.gateway.companion import Companion
from frontrunner.gateway.feedback import Feedback
from frontrunner.gateway.transition import Milestone, Transition, write_transition
from frontrunner.gateway.transition_page import STAGES, Reader, rendered, transition_words
from tests.gateway.conftest import Running

ATOM = "{http://www.w3.org/2005/Atom}"
MOVE = Transition(
    at=1_795_000_000.0,
    stage="shifting",
    mode="paused",
    share=500,
    shares=(100, 500, 10_000),
    reason="slowness",
    history=(
        Milestone(
            at=1_795_000_000.5, kind="paused", stage="shifting", share=500, reason="slowness"
        ),
        Milestone(at=1_794_000_000.0, kind="share", stage="shifting", share=500),
        Milestone(at=1_793_000_000.0, kind="stage", stage="guided"),
    ),
)
HOSTILE = '"><script>alert(1)</script>'


def html(move: Transition | None, language: str = "en") -> str:
    return rendered("/transition", move, Reader("https://board.example", language)).body.decode()


def test_it_says_where_the_move_is_and_why() -> None:
    page = html(MOVE)
    assert "5% of the visitors get the new board" in page
    assert "The move is paused." in page
    assert "The new board was slower than the old one." in page
    assert 'href="/?board=new"' in page
    assert 'href="/?board=old"' in page
    assert page.count('aria-current="step"') == 1
    assert "迁移已暂停。" in html(MOVE, "zh")
    assert "5% 的访问者使用新版" in html(MOVE, "zh")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("mode", ["running", "paused", "rolled_back", "failed", "finished"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_position_has_words(stage: str, mode: str, language: str) -> None:
    move = msgspec.structs.replace(MOVE, stage=stage, mode=mode, share=2500)
    page = html(move, language)
    words = transition_words()[language]
    assert words.stages[stage].replace("{share}", "25") in page
    assert (mode == "running") == (words.modes.get(mode, "(none)") not in page)
    assert ('href="/?board=new"' in page) == (
        stage not in ("planned", "settled") and mode != "rolled_back"
    )


def test_both_languages_have_the_same_words() -> None:
    english, chinese = (transition_words()[one] for one in ("en", "zh"))
    for name in ("names", "stages", "modes", "events", "reasons"):
        assert getattr(english, name).keys() == getattr(chinese, name).keys()
        for key, text in getattr(english, name).items():
            for mark in ("{share}", "{name}"):
                assert (mark in text) == (mark in getattr(chinese, name)[key])


def test_without_a_move_it_says_so() -> None:
    reader = Reader("https://board.example")
    page = rendered("/transition", None, reader)
    assert page.status == 404
    assert b"No move is planned." in page.body
    assert rendered("/transition.json", None, reader).status == 404
    feed = ElementTree.fromstring(rendered("/transition.atom", None, reader).body)  # noqa: S314
    assert feed.findall(f"{ATOM}entry") == []


def test_what_another_version_wrote_is_still_a_page() -> None:
    event = Milestone(at=1.0, kind=HOSTILE, stage=HOSTILE, reason=HOSTILE)
    odd = Transition(at=1.0, stage=HOSTILE, mode=HOSTILE, reason=HOSTILE, history=(event,))
    for path in ("/transition", "/transition.atom"):
        page = rendered(path, odd, Reader("https://board.example")).body.decode()
        assert "<script" not in page


def test_the_feed_has_one_entry_for_each_event() -> None:
    body = rendered("/transition.atom", MOVE, Reader("https://a")).body
    feed = ElementTree.fromstring(body)  # noqa: S314 -- our own
    entries = feed.findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}title") for one in entries] == [
        "Paused",
        "5% of the visitors get the new board",
        "Stage: Banner",
    ]
    assert len({one.findtext(f"{ATOM}id") for one in entries}) == 3
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    assert feed.findtext(f"{ATOM}id") == "https://a/transition"


def test_the_data_is_the_file() -> None:
    found = rendered("/transition.json", MOVE, Reader("https://a"))
    assert msgspec.json.decode(found.body, type=Transition) == MOVE
    data = msgspec.json.decode(found.body)
    assert data["share_percent"] == MOVE.share / 100
    assert data["shares_percent"] == [one / 100 for one in MOVE.shares]
    assert [one["share_percent"] for one in data["history"]] == [
        one.share / 100 for one in MOVE.history
    ]


# --- through the companion and Envoy --------------------------------------------------------------


def ask(folder: Path, path: str, method: str = "GET", **headers: str) -> tuple[int, Any, bytes]:
    sent: list[Any] = []

    async def take(part: Any) -> None:
        sent.append(part)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    scope = {
        "type": "http",
        "path": path.partition("?")[0],
        "query_string": path.partition("?")[2].encode(),
        "method": method,
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }
    store = Feedback("", folder)
    asyncio.run(Companion(store, folder)(scope, receive, take))
    store.close()
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


@pytest.mark.parametrize(
    ("path", "accepts", "text"),
    [
        ("/transition", "", "The move is paused."),
        ("/transition", "de,zh;q=0.5", "The move is paused."),
        ("/transition", "zh-CN,zh;q=0.9,en;q=0.8", "迁移已暂停。"),
        ("/transition?lang=zh", "en", "迁移已暂停。"),
        ("/transition?lang=en", "zh", "The move is paused."),
        ("/transition?lang=../x", "zh", "The move is paused."),
    ],
)
def test_the_language_is_the_one_asked_for(
    tmp_path: Path, path: str, accepts: str, text: str
) -> None:
    write_transition(tmp_path, MOVE)
    status, headers, body = ask(tmp_path, path, accept_language=accepts)
    assert status == 200
    assert text in body.decode()
    assert headers[b"cache-control"] == b"public, max-age=60"
    assert headers[b"vary"] == b"accept-language"
    assert b"default-src 'none'" in headers[b"content-security-policy"]


def test_only_reading_is_answered(tmp_path: Path) -> None:
    assert ask(tmp_path, "/transition", "POST")[0] == 405
    status, headers, body = ask(tmp_path, "/transition", "HEAD")
    assert (status, body) == (404, b"")
    assert int(headers[b"content-length"]) > 500


@pytest.mark.parametrize("host", ['x"><script>', "a b", "a/b", ""])
def test_a_host_that_is_none_is_not_repeated(tmp_path: Path, host: str) -> None:
    write_transition(tmp_path, MOVE)
    feed = ask(tmp_path, "/transition.atom", host=host)[2].decode()
    assert "<id>/transition</id>" in feed


@pytest.fixture
def shown(gateway: Running) -> Iterator[Running]:
    """A gateway whose companion runs, with a move to show."""
    folder = gateway.control.place.folder
    write_transition(folder, MOVE)
    store = Feedback("", folder)
    socket = gateway.control.place.socket("companion")
    config = uvicorn.Config(
        Companion(store, folder), uds=str(socket), log_level="error", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield gateway
    server.should_exit = True
    thread.join(10)
    store.close()
    (folder / "transition.json").unlink()
    socket.unlink(missing_ok=True)


@pytest.mark.parametrize("share", [0, 50, 100])
@pytest.mark.parametrize("board", ["old", "new"])
def test_users_of_both_boards_reach_the_same_page(shown: Running, share: int, board: str) -> None:
    shown.share(share)
    cookies = {"cookie": f"frontrunner_choice={board}"}
    for path in ("/transition", "/transition.json", "/transition.atom"):
        answer = shown.get(path, headers={"accept": "text/html", **cookies})
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
    style = shown.get("/__frontrunner/transition.css")
    assert style.headers["content-type"].startswith("text/css")
    assert shown.get("/transition/").headers["x-frontrunner-side"] in ("old", "new")
    assert not [one for one in (*shown.old.asked, *shown.new.asked) if one.target == "/transition"]


def test_the_banner_links_to_it(shown: Running) -> None:
    shown.control.change(lambda state: msgspec.structs.replace(state, banner=True))
    assert 'href="/transition"' in shown.get("/", headers={"accept": "text/html"}).text
