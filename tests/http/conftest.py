"""A server over a small snapshot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import httpx
import pytest

from frontrunner.http.app import Application
from frontrunner.snapshot.reader import Snapshot
from tests.factories import small_snapshot

Get = Callable[..., httpx.Response]
BOARD = "/v1/benchmarks/All/scores"


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Two models on two tasks."""
    return small_snapshot(tmp_path_factory.mktemp("board"))


@pytest.fixture
def application(snapshot: Snapshot) -> Application:
    """A fresh application."""
    return Application(snapshot)


def call(application: Application, method: str, path: str, **kwargs: object) -> httpx.Response:
    """One request, with no compression unless asked for."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(application)
        given = kwargs.pop("headers", {})
        # Pairs, where a header comes twice, are sent as they are.
        headers = given if isinstance(given, list) else {"accept-encoding": "identity", **given}  # type: ignore[dict-item]
        async with httpx.AsyncClient(transport=transport, base_url="http://board") as client:
            request: Callable[..., Awaitable[httpx.Response]] = client.request
            return await request(method, path, headers=headers, **kwargs)

    return anyio.run(ask)


@pytest.fixture
def get(application: Application) -> Get:
    """GET a path from the application."""
    return lambda path, **kwargs: call(application, "GET", path, **kwargs)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder."""
    return tmp_path_factory.mktemp("folder")
