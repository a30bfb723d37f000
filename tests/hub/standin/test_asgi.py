"""What the stand-in does with a request that does not arrive whole."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from frontrunner.hub.standin import asgi
from tests.hub.made_hub import TOKEN, Hub


def status(hub: Hub, *messages: MutableMapping[str, Any], path: str = "/api/repos/create") -> int:
    """The status that a request to change something gets."""
    left, sent = list(messages), []

    async def receive() -> MutableMapping[str, Any]:
        return left.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    headers = [(b"authorization", b"Bearer " + TOKEN.encode())]
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode()}
    asyncio.run(hub.app({**scope, "query_string": b"", "headers": headers}, receive, send))
    return int(sent[0]["status"])


WHOLE = {"type": "http.request", "body": b'{"name": "made", "type": "dataset"}'}


def test_nothing_is_done_for_a_request_that_was_cut(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.stored.asked.clear()
    assert status(hub, {**WHOLE, "more_body": True}, {"type": "http.disconnect"}) == 400
    monkeypatch.setattr(asgi, "_LARGEST", 10)
    assert status(hub, WHOLE) == 413
    assert hub.stored.asked == []
    monkeypatch.undo()
    assert status(hub, WHOLE) == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/repos/create", b'{"name": "", "type": "dataset"}'),
        ("/api/repos/create", b'{"name": "a b", "type": "dataset"}'),
        ("/api/repos/move", b'{"fromRepo": "board/leaderboard", "toRepo": "x", "type": "space"}'),
        ("/api/spaces/board/leaderboard/duplicate", b'{"repository": "board/a/b"}'),
        ("/api/spaces/board/leaderboard/sleeptime", b'{"seconds": true}'),
        (
            "/api/spaces/board/leaderboard/commit/main",
            b'{"key": "header", "value": {"summary": "x"}}\n'
            b'{"key": "file", "value": {"path": "a", "content": "!", "encoding": "base64"}}',
        ),
    ],
)
def test_what_the_hub_would_not_take_is_refused(hub: Hub, path: str, body: bytes) -> None:
    before = dict(hub.stored.names)
    assert status(hub, {"type": "http.request", "body": body}, path=path) == 400
    assert hub.stored.names == before
