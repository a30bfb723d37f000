"""Builds that start no process of their own: each takes a third of a second to begin."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from frontrunner.ops import beside
from frontrunner.refresh import backfill


@pytest.fixture(autouse=True)
def helpers_are_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real ones help in `tests/ops`, in commands that are processes, and in acceptance tests."""
    for module in (beside, backfill):
        monkeypatch.setattr(module, "helpers", ThreadPoolExecutor)
