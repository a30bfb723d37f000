"""Results in a git repository: cloned without history, the commit recorded."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from frontrunner.errors import SourceError
from frontrunner.results.fetch import fetch
from frontrunner.results.ingest import ingest
from tests.factories import catalog, result, write

NOBODY = ("-c", "user.name=n", "-c", "user.email=e@example.org")


def git(folder: Path, *words: str) -> str:
    run = subprocess.run(
        ["git", *NOBODY, *words],  # noqa: S607
        cwd=folder, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return run.stdout.strip()


def commit(folder: Path, score: float) -> str:
    write(folder, "results/org__a/r1/T1.json", result("T1", score))
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "results")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    commit(folder, 0.5)
    return folder


@pytest.mark.parametrize("bare", [True, False])
def test_a_repository_is_cloned_and_followed(repository: Path, tmp_path: Path, bare: bool) -> None:
    source = repository.as_uri()
    if bare:
        git(tmp_path, "clone", "-q", "--bare", str(repository), "bare.git")
        source = str(tmp_path / "bare.git")
    for score in (0.5, 0.25):
        name = commit(repository, score) if score != 0.5 else git(repository, "rev-parse", "HEAD")
        if bare:
            git(repository, "push", "-q", str(tmp_path / "bare.git"), "HEAD")
        near = fetch(source, tmp_path / "sources")
        ingested = ingest(near, catalog(), workers=1)
        assert ingested.table.score.tolist() == [score]
        assert ingested.origin.commit == name
        assert git(near, "rev-list", "--count", "HEAD") == "1"


def test_links_in_a_clone_lead_nowhere(repository: Path, tmp_path: Path) -> None:
    (repository / "results/org__a/r1/T2.json").symlink_to("/etc/passwd")
    commit(repository, 0.5)
    ingested = ingest(fetch(repository.as_uri(), tmp_path / "sources"), catalog(), workers=1)
    assert [str(reject.reason) for reject in ingested.rejects] == ["not-json"]


def test_changes_beside_the_commit_are_told(repository: Path) -> None:
    name = git(repository, "rev-parse", "HEAD")
    assert ingest(repository, catalog(), workers=1).origin.commit == name
    write(repository, "results/org__a/r1/T1.json", result("T1", 0.75))
    assert ingest(repository, catalog(), workers=1).origin.commit == f"{name}+"


def test_what_cannot_be_cloned_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be fetched"):
        fetch((tmp_path / "nothing").as_uri(), tmp_path / "sources")
