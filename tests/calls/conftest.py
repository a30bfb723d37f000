"""A home with a snapshot and an old board that it took over."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.snapshot.reader import Snapshot
from tests.calls.talking import run
from tests.factories import small_snapshot
from tests.legacy.factory import row, write_board


@pytest.fixture
def old(tmp_path: Path) -> Path:
    tables = {name: [row("a", T1=1.0)] for name in ("en", "en/STS", "en/Retrieval", "no/STS")}
    return write_board(tmp_path / "old", tables)


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return small_snapshot(tmp_path)


@pytest.fixture
def home(snapshot: Snapshot, old: Path, tmp_path: Path) -> Path:
    """The home of a published snapshot that has adopted an old board."""
    run("legacy", "adopt", str(old), "--home", str(tmp_path / "home"))
    return tmp_path / "home"
