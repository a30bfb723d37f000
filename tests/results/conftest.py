"""A repository with one commit, and a home that follows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from frontrunner.results import read as read_module
from frontrunner.results.stamping import Stamping
from tests.results.followed import Followed
from tests.results.git_folder import commit, git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    commit(folder, 0.5)
    return folder


@pytest.fixture
def followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Followed:
    made = Followed(tmp_path)

    class Counted(Stamping):
        def __init__(self, *given: Any) -> None:
            made.looks += 1
            super().__init__(*given)

    monkeypatch.setattr(read_module, "Stamping", Counted)
    return made
