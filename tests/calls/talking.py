"""Clients of the old calls, for tests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from typer.testing import CliRunner

from frontrunner.calls.entry import Calls
from frontrunner.calls.handler import Gradio
from frontrunner.cli import load_commands
from frontrunner.cli.app import app
from frontrunner.http.app import Application
from frontrunner.legacy.gradio.filtering import SIZE_RANGES
from frontrunner.legacy.gradio.model_types import MODEL_TYPES
from frontrunner.snapshot.store import Store

HEADERS = ["Rank", "Model", "Model Size (Million Parameters)"]
FRAME = {"headers": HEADERS, "data": [[1, "a", 5], [2, "b", ""]], "metadata": None}
EVERYTHING = [list(MODEL_TYPES), list(SIZE_RANGES)]
FILTER_B = ["b", *EVERYTHING, FRAME, *[{"headers": HEADERS, "data": [[]]}] * 56]
Client = httpx.AsyncClient
Steps = Callable[[Client], Awaitable[None]]


def run(*words: str) -> str:
    load_commands(words)
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.output


def current(client: Client) -> Gradio:
    """What answers a client's calls."""
    application = client._transport.app  # type: ignore[attr-defined]
    gradio: Gradio = application._calls._gradio
    return gradio


def talk(home: Path, steps: Steps, **options: Any) -> Application:
    """Let a client talk to a server over a home."""
    application = Application(Store(home).current(), calls=Calls(home), **options)

    async def talked() -> None:
        transport = httpx.ASGITransport(application)
        async with Client(transport=transport, base_url="http://board") as client:
            await steps(client)

    asyncio.run(talked())
    return application


def messages(stream: str) -> list[dict[str, Any]]:
    assert stream.endswith("\n\n")
    return [json.loads(one.removeprefix("data: ")) for one in stream.strip().split("\n\n")]


async def joined(client: Client, data: list[Any], fn_index: int, session: str = "s") -> str:
    body = {"data": data, "fn_index": fn_index, "session_hash": session}
    answer = await client.post("/queue/join", json=body)
    assert answer.status_code == 200
    return str(answer.json()["event_id"])
