"""A repository with one commit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.results.git_folder import commit, git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    commit(folder, 0.5)
    return folder
