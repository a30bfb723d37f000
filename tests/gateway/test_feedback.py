"""Feedback: stored as it is, limited, exported, and nothing that names a visitor is kept."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from frontrunner.base.errors import GatewayError
from frontrunner.base.limit import Limit
from frontrunner.gateway import feedback_room
from frontrunner.gateway.companion import Companion
from frontrunner.gateway.feedback import Feedback, FullError, Message, as_csv, hourly
from frontrunner.gateway.feedback_room import Room, read_room
from tests.postgres import Cluster


@pytest.fixture(scope="module")
def shared_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """One database in PostgreSQL for all tests here: making one takes half a second."""
    cluster: Cluster = request.getfixturevalue("postgres")
    with cluster.database() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Feedback]:
    """An empty store."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("shared_url")
    one = Feedback(url, tmp_path)
    with one._database.writing() as connection:
        connection.execute(one._table.delete())
    yield one
    one.close()


def message(text: str = "It is fast.", page: str = "/") -> Message:
    return Message(at=0.0, side="new", page=page, text=text)


@pytest.mark.parametrize("text", ["plain", "<script>alert(1)</script>", "'; DROP TABLE feedback;--",
                                  "a\0b", "\ud800", "😀" * 10, "x" * 9000])  # fmt: skip
def test_any_text_is_stored_and_given_back(store: Feedback, text: str) -> None:
    store.add(message(text))
    [kept] = store.all()
    assert kept.text == text.replace("\0", "").replace("\ud800", "?")[:2000]
    assert (kept.side, kept.page) == ("new", "/")


def test_messages_are_counted_by_side_since_a_time(store: Feedback) -> None:
    for side, at in (("new", 1.0), ("new", 2.0), ("old", 2.0), ("new", 3.0)):
        store.add(Message(at=at, side=side, page="/", text="It is fast."))
    assert (store.count("new", 2.0), store.count("old", 0.0), store.count("new", 4.0)) == (2, 1, 0)


def test_the_latest_come_first(store: Feedback) -> None:
    for number in range(5):
        store.add(message(str(number)))
    assert [one.text for one in store.latest(3)] == ["4", "3", "2"]


def test_bytes_are_counted_in_utf_8(store: Feedback) -> None:
    store.add(message("\U0001f600" * 10, page="/é"))
    assert store.room() == Room(messages=1, bytes=43)


@pytest.mark.parametrize(("name", "most"), [("MOST_MESSAGES", 3), ("MOST_BYTES", 31)])
def test_a_full_store_refuses_and_says_so_until_there_is_room(
    store: Feedback,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    name: str,
    most: int,
) -> None:
    monkeypatch.setattr(feedback_room, name, most)
    for _ in range(3):
        assert "is full" not in caplog.text
        store.add(message())  # 12 bytes each
    assert caplog.text.count("is full") == 1
    with pytest.raises(FullError, match=r"is full \(3 of .* --delete-through"):
        store.add(message())
    assert send(store, {"text": "x"})[0] == 507
    room = read_room(tmp_path)
    assert room is not None
    assert room.is_full
    first = next(store.all()).id
    assert store.delete_through(first) == 1
    assert read_room(tmp_path) == Room(messages=2, bytes=24)
    assert send(store, {"text": "x"})[0] == 200
    assert len(list(store.all())) == 3


def test_numbers_of_deleted_messages_are_not_given_again(store: Feedback) -> None:
    """The same deletion, given again, would delete messages that were not exported."""
    store.add(message("1"))
    last = next(store.all()).id
    assert store.delete_through(last) == 1
    store.add(message("2"))
    assert store.delete_through(last) == 0


def test_what_another_gateway_stored_is_seen(
    store: Feedback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback_room, "MOST_MESSAGES", 3)
    monkeypatch.setattr("frontrunner.gateway.feedback._MEASURED_FOR", 0.0)
    other = Feedback("" if store._database.is_sqlite else str(store._database._url), tmp_path)
    try:
        for one in (other, store, other):
            one.add(message())
        with pytest.raises(FullError):
            store.add(message())
    finally:
        other.close()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "plain"])
def test_a_spreadsheet_runs_nothing(store: Feedback, text: str) -> None:
    store.add(message(text, page=text))
    [_, row] = csv.reader(io.StringIO(as_csv(store.all())))
    assert row[3:] == [text, text] if text == "plain" else row[3:] == [f"'{text}"] * 2


def test_a_database_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(GatewayError, match="cannot be used"):
        Feedback("nonsense://x", tmp_path)
    for url in (
        f"sqlite:///{tmp_path}/no/such/folder/x.db",
        "postgresql://me:s3cret@/db?host=/no/such/folder",
    ):
        with pytest.raises(GatewayError, match="cannot be used") as caught:
            Feedback(url, tmp_path)
        assert "s3cret" not in str(caught.value)


def send(
    store: Feedback,
    form: dict[str, str] | bytes,
    headers: dict[str, str] | None = None,
    method: str = "POST",
    limit: Limit | None = None,
) -> tuple[int, str]:  # fmt: skip
    body = form if isinstance(form, bytes) else urlencode(form).encode()
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def take(part: Any) -> None:
        sent.append(part)

    scope = {
        "type": "http",
        "path": "/__frontrunner/feedback",
        "method": method,
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in (headers or {}).items()],
    }
    asyncio.run(Companion(store, Path("none"), limit)(scope, receive, take))
    return sent[0]["status"], sent[1]["body"].decode()


def test_a_message_that_was_cut_off_is_not_stored(store: Feedback) -> None:
    messages = [{"type": "http.request", "body": b"text=half", "more_body": True}]
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def take(part: Any) -> None:
        sent.append(part)

    scope = {"type": "http", "path": "/__frontrunner/feedback", "method": "POST", "headers": []}
    asyncio.run(Companion(store, Path("none"))(scope, receive, take))
    assert sent[0]["status"] == 400
    assert not list(store.all())


def test_a_form_is_stored_and_leads_back(store: Feedback) -> None:
    status, page = send(store, {"text": " hello ", "side": "old", "page": '/a?b=1&c="<x>'})
    assert status == 200
    assert 'href="/a?b=1&amp;c=&quot;&lt;x&gt;"' in page
    [kept] = store.all()
    assert (kept.text, kept.side) == ("hello", "old")


@pytest.mark.parametrize(
    ("form", "headers", "status"),
    [
        ({"text": "x"}, {"sec_fetch_site": "cross-site"}, 403),
        ({"text": "x"}, {"sec_fetch_site": "same-origin"}, 200),
        ({"text": "x"}, {"origin": "https://evil.example", "host": "a"}, 403),
        ({"text": "x"}, {"origin": "https://a", "x_forwarded_host": "a"}, 200),
        ({"text": "x"}, {"origin": "null", "host": "a"}, 403),
        ({"text": "  "}, {}, 400),
        ({}, {}, 400),
        (b"text=" + b"x" * 20_000, {}, 413),
        (b"a=1&" * 50, {}, 413),
        (b"\xff\xfe", {}, 400),
        ({"text": "x", "page": "https://evil.example"}, {}, 200),
        ({"text": "x", "page": "//evil.example"}, {}, 200),
        ({"text": "x", "page": "/\t/evil.example"}, {}, 200),
        ({"text": "x", "page": "/\n\\\r/evil.example"}, {}, 200),
    ],
)
def test_what_is_taken(store: Feedback, form: Any, headers: dict[str, str], status: int) -> None:
    found, page = send(store, form, headers)
    assert found == status
    assert 'href="//' not in page.translate(dict.fromkeys(map(ord, "\t\r\n"))).replace("\\", "/")
    assert "evil" not in page.replace("/evil.example", "")
    assert len(list(store.all())) == (status == 200)


def test_only_posts_are_taken_and_the_limit_holds(store: Feedback) -> None:
    assert send(store, {}, method="GET")[0] == 405
    limit = hourly()
    client = {"x_frontrunner_client": "2.2.2.2"}
    statuses = [send(store, {"text": "x"}, client, limit=limit)[0] for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert "2.2.2.2" not in str(list(store.all()))


def test_a_database_that_fails_is_said_and_loses_no_page(store: Feedback) -> None:
    store._database.close()
    store._table.name = "gone"
    status, page = send(store, {"text": "x", "page": "/a"})
    assert status == 503
    assert 'href="/a"' in page


def test_an_ipv6_client_cannot_change_its_address_to_send_more(store: Feedback) -> None:
    limit = hourly()
    statuses = [
        send(store, {"text": "x"}, {"x_frontrunner_client": address}, limit=limit)[0]
        for address in (*(f"2001:db8::{n}" for n in range(6)), "2001:db8:0:1::1")
    ]
    assert statuses == [200] * 5 + [429, 200]
