"""What the stand-in does with a request that does not arrive whole."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from frontrunner.hub.standin import asgi
from tests.hub.made_hub import TOKEN, Hub


def status(hub: Hub, *messages: MutableMapping[str, Any]) -> int:
    """The status that the request to make a repository gets."""
    left, sent = list(messages), []

    async def receive() -> MutableMapping[str, Any]:
        return left.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    path = "/api/repos/create"
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
