"""A ledger in each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from frontrunner.takeover.ledger.ledger import Ledger


@pytest.fixture
def ledger(database_url: str, tmp_path: Path) -> Iterator[Ledger]:
    one = Ledger(database_url, tmp_path)
    yield one
    one.close()
