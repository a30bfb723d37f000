"""The past of a repository, read without a work tree."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.results.git import git_commit
from frontrunner.results.git_history import commit_time
from tests.results.test_git import git


def test_the_time_of_a_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = tmp_path / "r"
    repository.mkdir()
    git(repository, "init", "-q")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2025-02-03T04:05:06Z")
    git(repository, "commit", "-q", "--allow-empty", "-m", "one")
    commit = git_commit(repository)
    assert commit_time(repository, commit) == 1738555506
    assert commit_time(repository, f"{commit}+") is msgspec.UNSET
    assert commit_time(repository, None) is msgspec.UNSET
