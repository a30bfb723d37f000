"""A stand-in Hub with one board, for each test."""

from __future__ import annotations

from collections.abc import Iterator

import huggingface_hub
import pytest
from huggingface_hub import constants
from huggingface_hub.utils._http import default_client_factory

from frontrunner.hub import session
from frontrunner.hub.answers_allowed import RULES
from tests.hub.made_hub import Hub, made_hub


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A Hub of its own for one test."""
    with made_hub() as made:
        yield made


@pytest.fixture(autouse=True)
def plain_client(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client as it is after its import, with a cache of its own, and without Xet."""
    huggingface_hub.set_client_factory(default_client_factory)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", True)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    quick = RULES._replace(waits=(0.02,) * 5)
    monkeypatch.setattr(session, "RULES", quick)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path_factory.mktemp("cache")))
