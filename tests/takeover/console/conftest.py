"""A console over a scene, and somebody who is logged in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from frontrunner.takeover.console.access import Tokens
from frontrunner.takeover.console.desk import Console, Rules
from frontrunner.takeover.console.incoming import LOOPBACK_NAMES
from tests.takeover.console.clients import Client, FakeDesk

TOKEN = "t" * 43
OTHER = "u" * 43


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    path = tmp_path / "console-tokens"
    path.write_text(f"# comment\nada {TOKEN}\nbob {OTHER}\n")
    path.chmod(0o600)
    return Tokens(path)


@pytest.fixture
def console(desk: FakeDesk, tokens: Tokens) -> Console:
    return Console(desk, tokens, Rules(LOOPBACK_NAMES, 8090, form_seconds=0.2))


@pytest.fixture
def stranger(console: Console) -> Client:
    return Client(console)


@pytest.fixture
def log_in(console: Console) -> Callable[[str], Client]:
    return lambda token: Client(console).log_in(token)


@pytest.fixture
def ada(console: Console) -> Client:
    return Client(console).log_in(TOKEN)
