"""Results in a git repository: cloned without history, the commit recorded."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from frontrunner.base.errors import SourceError
from frontrunner.results.fetch import fetch
from frontrunner.results.git import git_commit, repository_name
from frontrunner.results.ingest import ingest, joined
from frontrunner.results.origin import Origin
from frontrunner.results.read import Options, read_source
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
        options = Options(workers=1, repository=near.repository)
        ingested = joined(read_source(near.path, catalog(), options), catalog())
        assert ingested.table.score.tolist() == [score]
        assert ingested.origin == Origin("git", Path(source).name, commit=name)
        assert git(near.path, "rev-list", "--count", "HEAD") == "1"


def test_links_in_a_clone_lead_nowhere(repository: Path, tmp_path: Path) -> None:
    (repository / "results/org__a/r1/T2.json").symlink_to("/etc/passwd")
    commit(repository, 0.5)
    near = fetch(repository.as_uri(), tmp_path / "sources").path
    ingested = ingest(near, catalog(), workers=1)
    assert ingested.origin.commit == git(repository, "rev-parse", "HEAD")
    assert [str(reject.reason) for reject in ingested.rejects] == ["not-json"]


def test_changes_beside_the_commit_are_told(repository: Path) -> None:
    name = git(repository, "rev-parse", "HEAD")
    assert ingest(repository, catalog(), workers=1).origin.commit == name
    write(repository, "results/org__a/r1/T1.json", result("T1", 0.75))
    assert ingest(repository, catalog(), workers=1).origin.commit == f"{name}+"


def test_what_cannot_be_cloned_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be fetched"):
        fetch((tmp_path / "nothing").as_uri(), tmp_path / "sources")


def test_a_clone_that_a_kill_left_locked_is_made_anew(repository: Path, tmp_path: Path) -> None:
    near = fetch(repository.as_uri(), tmp_path / "sources").path
    (near / ".git/index.lock").touch()
    name = commit(repository, 0.25)
    assert git_commit(fetch(repository.as_uri(), tmp_path / "sources").path) == name


def test_no_program_that_a_repository_names_is_started(repository: Path, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    program.chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(program))
    assert git_commit(repository)
    assert not (tmp_path / "started").exists()


def test_a_folder_with_history_is_read_where_there_is_no_git(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    ingested = ingest(repository, catalog(), workers=1)
    assert (ingested.table.rows, ingested.origin.commit) == (1, None)


def test_the_history_beside_model_folders_is_no_result(repository: Path) -> None:
    git(repository, "mv", "results/org__a", "org__a")
    assert [reject.path for reject in ingest(repository, catalog(), workers=1).rejects] == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("https://me:secret@example.org/a/results", "https://example.org/a/results"),
        ("https://example.org/a/results", "https://example.org/a/results"),
        ("git@example.org:a/results", "git@example.org:a/results"),
        ("file:///home/me/results.git", "results.git"),
        ("/home/me/results.git/", "results.git"),
    ],
)
def test_provenance_tells_no_secret(source: str, name: str) -> None:
    assert repository_name(source) == name


def test_an_error_tells_no_password(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        fetch("https://me:secret@127.0.0.1:1/results", tmp_path / "sources")
    assert "secret" not in str(caught.value)
