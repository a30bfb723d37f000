"""A stand-in Hub with one board, for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

# Before huggingface_hub is imported: its own files, telemetry and Xet are not of these tests.
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_XET"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

from tests.hub.made_hub import Hub, made_hub


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A Hub of its own for one test."""
    with made_hub() as made:
        yield made


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep downloads of the client out of the home of whoever runs the tests."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path_factory.mktemp("cache")))
