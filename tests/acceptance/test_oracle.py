"""Every recorded answer of mteb's own service is reproduced."""

from __future__ import annotations

from typing import Any

import anyio
import httpx
import pytest

from frontrunner.http.app import Application
from frontrunner.snapshot.reader import Snapshot
from tests.acceptance.conftest import shared
from tests.acceptance.exceptions import settle
from tests.acceptance.oracle import Recorded, comparable, differences, read_recorded

pytestmark = pytest.mark.acceptance


def problems(recorded: Recorded, status: int, body: Any, board: Any) -> list[str]:
    """What is wrong with our answer."""
    if status != recorded.status:
        return [f"status {status}, not {recorded.status}"]
    if recorded.path == "/openapi.json":
        theirs = {path.replace(":path", "") for path in recorded.body["paths"]}
        return [f"{path} is not described" for path in sorted(theirs - set(body["paths"]))]
    theirs, ours = settle(recorded.path, recorded.body, body, board)
    return list(differences(comparable(theirs), comparable(ours)))


def test_every_recorded_answer(real_snapshot: Snapshot) -> None:
    recorded = read_recorded(shared("oracle/mteb-api-answers.tar.zst"))
    application = Application(real_snapshot)
    wrong: dict[str, list[str]] = {}

    async def replay() -> None:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://board") as client:

            async def board(path: str) -> Any:
                return (await client.get(path)).json()

            for one in recorded:
                answer = await client.get(one.path)
                bucketed = one.path.split("/leaders?")
                rows = await board(f"{bucketed[0]}/scores") if len(bucketed) == 2 else None
                found = problems(one, answer.status_code, answer.json(), rows)
                if found:
                    wrong[one.path] = found[:5]

    anyio.run(replay)
    assert wrong == {}
    assert len(recorded) == 351
