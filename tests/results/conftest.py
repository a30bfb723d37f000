"""A repository with one commit, and a home that follows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from frontrunner.results import read as read_module
from frontrunner.results.stamping import Stamping
from tests.results.followed import Followed
from tests.results.git_folder import repository_in


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit."""
    return repository_in(tmp_path / "repository")


@pytest.fixture
def followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Followed:
    made = Followed(tmp_path)

    class Counted(Stamping):
        def __init__(self, *given: Any) -> None:
            made.looks += 1
            super().__init__(*given)

    monkeypatch.setattr(read_module, "Stamping", Counted)
    return made
