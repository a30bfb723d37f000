"""Settings of all tests."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import certifi
import pytest
from hypothesis import settings

from frontrunner.base import logs
from frontrunner.base.logging_settings import LoggingSettings
from frontrunner.cli.output import forget_volume
from tests.leftovers import nothing_left
from tests.postgres import Cluster, running

# In CI the same examples every time: a failure there belongs to the change.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """More than there are processors: many tests wait for a server or a clock."""
    return (os.cpu_count() or 1) + 2


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the seed of the random order, also with `-q`, so that CI shows how to repeat it."""
    seed = config.getoption("randomly_seed", None)
    if seed is not None:
        terminalreporter.write_line(f"order: pytest --randomly-seed={seed}")


@pytest.fixture(scope="session", autouse=True)
def _nothing_left() -> Iterator[None]:
    """Made first and so ended last: no Envoy of these tests outlives them."""
    with nothing_left():
        yield


@pytest.fixture(scope="session", autouse=True)
def _authorities_read_once() -> Iterator[None]:
    """Each `httpx.get` reads the bundle of authorities, which takes longer than most tests."""
    real = ssl.create_default_context
    bundle = certifi.where()
    shared = cache(lambda: real(cafile=bundle))

    def create(*purpose: ssl.Purpose, **files: Any) -> ssl.SSLContext:
        return shared() if not purpose and files == {"cafile": bundle} else real(*purpose, **files)

    with patch.object(ssl, "create_default_context", create):
        yield


@pytest.fixture(autouse=True)
def _talks_as_usual() -> Iterator[None]:
    """A command of a test may ask for JSON or silence, and its streams are closed after it."""
    yield
    forget_volume()
    if logs.is_json():
        logs.begin_logs(LoggingSettings())


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Names of what was flushed to the disk by this test, in order; others have threads too."""
    names: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if path.is_relative_to(tmp_path):
            names.append(path.name)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return names


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL for this session, see `tests/postgres.py`."""
    with running() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a fresh database: empty for SQLite in a folder, or one in PostgreSQL."""
    if request.param == "sqlite":
        yield ""
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    with cluster.database() as url:
        yield url
