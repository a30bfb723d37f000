"""The past of a repository, read without a work tree."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.base.errors import SourceError
from frontrunner.results import git_history
from frontrunner.results.git import git_commit
from frontrunner.results.git_history import (
    commit_time,
    commits,
    contents,
    newest_commit,
    touched,
    tree,
    with_history,
)
from tests.results.repository import commit, run, started

NOON = 43200.0


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = started(tmp_path / "r")
    commit(folder, "2025-01-01", {"org/a": {"T1": 0.5}})
    commit(folder, "2025-02-01", {"org/a": {"T2": 0.6}})
    commit(folder, "2025-02-03", {"org/a": {"T1": 0.7}})
    return folder


def test_the_time_of_a_commit(repository: Path) -> None:
    found = git_commit(repository)
    assert commit_time(repository, found) == 1738540800 + NOON
    assert commit_time(repository, f"{found}+") is msgspec.UNSET
    assert commit_time(repository, None) is msgspec.UNSET


def test_commits_come_oldest_first(repository: Path) -> None:
    found = commits(repository, newest_commit(repository))
    assert [one.subject[-10:] for one in found] == ["2025-01-01", "2025-02-01", "2025-02-03"]
    assert found[0].at == 1735689600 + NOON


def test_a_commit_with_a_clock_that_is_wrong_is_not_before_its_parent(repository: Path) -> None:
    commit(repository, "1999-01-01", {"org/a": {"T1": 0.8}})
    found = commits(repository, newest_commit(repository))
    assert found[-1].at == found[-2].at


def test_files_of_a_commit_and_their_content(repository: Path) -> None:
    found = commits(repository, newest_commit(repository))
    files = tree(repository, found[0].id)
    assert list(files) == ["results/org__a/r1/T1.json"]
    [(_, body)] = contents(repository, [files["results/org__a/r1/T1.json"].id])
    assert b'"main_score": 0.5' in body


def test_content_that_is_missing_is_an_error(repository: Path) -> None:
    with pytest.raises(SourceError, match="whole history"):
        list(contents(repository, ["0" * 40]))


def test_which_commit_changed_a_file_last(repository: Path) -> None:
    first, _, last = commits(repository, newest_commit(repository))
    found = touched(repository, first.id, last.id)
    assert {path[-7:]: one.subject[-10:] for path, one in found.items()} == {
        "T1.json": "2025-02-03",
        "T2.json": "2025-02-01",
    }
    assert touched(repository, "0" * 40, last.id) == {}


def test_a_bundle_is_fetched_once_and_then_in_part(repository: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "b.bundle"
    run(repository, "bundle", "create", "-q", str(bundle), "main")
    near = with_history(str(bundle), tmp_path / "sources")
    assert near.name == "b"
    assert len(commits(near.path, newest_commit(near.path))) == 3
    commit(repository, "2025-03-01", {"org/a": {"T1": 0.9}})
    run(repository, "bundle", "create", "-q", str(bundle), "main")
    again = with_history(str(bundle), tmp_path / "sources")
    assert again == near
    assert len(commits(near.path, newest_commit(near.path))) == 4


def test_a_url_and_a_folder(repository: Path, tmp_path: Path) -> None:
    near = with_history(repository.as_uri(), tmp_path / "sources")
    assert newest_commit(near.path) == newest_commit(repository)
    assert len(commits(near.path, newest_commit(near.path))) == 3
    assert with_history(str(repository), tmp_path / "sources").path == repository


def test_a_url_is_kept_whole_but_without_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_history, "_fetched", lambda *_: tmp_path)
    near = with_history("https://ada:secret@github.com/org/results", tmp_path)
    assert near.repository == "https://github.com/org/results"


def test_what_has_no_history_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no git history"):
        with_history(str(tmp_path), tmp_path / "sources")
    (tmp_path / "a.bundle").write_bytes(b"none")
    with pytest.raises(SourceError, match="cannot be fetched"):
        with_history(str(tmp_path / "a.bundle"), tmp_path / "sources")
    assert not list((tmp_path / "sources").glob("[!.]*"))
    with pytest.raises(SourceError, match="not a git repository"):
        newest_commit(tmp_path)
    with pytest.raises(SourceError, match="cannot read the history"):
        commits(started(tmp_path / "empty"), "0" * 40)
