"""The parts of a request that responses depend on, and how a response is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

from frontrunner.http.request import Request, Response, send_response

Message = MutableMapping[str, Any]


def request(*headers: tuple[bytes, bytes], **scope: Any) -> Request:
    given = {"method": "GET", "path": "/", "query_string": b"", "headers": list(headers)}
    return Request(given | scope)


def test_lists_of_headers_may_come_in_several_lines() -> None:
    found = request(
        (b"accept-encoding", b"gzip"),
        (b"if-none-match", b'"a"'),
        (b"accept-encoding", b"br"),
        (b"if-none-match", b'"b"'),
        (b"host", b"one"),
        (b"host", b"two"),
        (b"cookie", b"ignored"),
    )
    assert found.encodings == b"gzip, br"
    assert found.if_none_match == '"a", "b"'
    assert found.hosts == [b"one", b"two"]


def test_what_is_not_sent_is_empty() -> None:
    found = request()
    assert (found.accept, found.origin, found.length) == (b"", b"", b"")
    assert found.if_none_match is None
    assert found.if_modified_since is None
    assert not found.wants_html


def test_a_page_depends_on_little() -> None:
    found = request(
        (b"accept", b"text/html,*/*"),
        (b"accept-language", b"zh"),
        (b"host", b"board.example"),
        path="/boards",
        query_string=b"a=1",
        scheme="https",
    ).page_request
    assert found == ("/boards", b"a=1", "zh", True, "https://board.example")
    assert request().page_request.origin == "http://"


def sent(response: Response, *, is_head: bool = False) -> tuple[int, list[Message]]:
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    return asyncio.run(send_response(response, is_head, send)), messages


async def parts() -> AsyncIterator[bytes]:
    yield b"ab"
    yield b"c"


def test_a_body_is_sent_at_once_and_a_stream_in_parts() -> None:
    size, messages = sent(Response(200, [(b"a", b"b")], b"body", "/x"))
    assert size == 4
    assert messages[0] == {
        "type": "http.response.start", "status": 200, "headers": [(b"a", b"b")],
    }  # fmt: skip
    assert messages[1]["body"] == b"body"
    size, messages = sent(Response(200, [], b"", "/x", parts()))
    assert size == 3
    assert [one["body"] for one in messages[1:]] == [b"ab", b"c", b""]
    assert [one.get("more_body", False) for one in messages[1:]] == [True, True, False]


def test_head_has_the_headers_alone() -> None:
    for stream in (None, parts()):
        size, messages = sent(Response(200, [], b"body", "/x", stream), is_head=True)
        assert size == 0
        assert [one["body"] for one in messages[1:]] == [b""]
