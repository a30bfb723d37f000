"""An application and the follower that keeps it up to date, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from frontrunner.http.app import Application
from frontrunner.http.follow import Follower, with_readiness
from frontrunner.snapshot.store import Store

BOARD = "/v1/benchmarks/All/scores"


class Board:
    """An application and who follows for it, asked without a network."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "home")
        self.application = Application(self.store.current())
        self.follower = Follower(self.application, self.store)
        self.app: Any = with_readiness(self.application, self.follower)

    def look(self, until: Callable[[], bool], every: float = 0.01) -> None:
        """Follow until `until` holds."""

        async def following() -> None:
            running = asyncio.create_task(self.follower.run(every))
            async with asyncio.timeout(60):
                while not until():
                    await asyncio.sleep(0.01)
            assert not running.done()
            running.cancel()

        asyncio.run(following())

    def get(self, path: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://a") as client:
                return await client.get(path)

        return asyncio.run(ask())

    @property
    def serving(self) -> str:
        return self.application.served.service.snapshot.id


def flip(path: Path) -> None:
    """Change one byte of a file and nothing else."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
