"""Sources are brought near, and named without a password or a path of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.errors import SourceError
from frontrunner.results.fetch import LocalSource, fetch
from tests.results.followed import Followed
from tests.results.git_folder import git, repository_in


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return repository_in(tmp_path / "team")


def test_a_bare_repository_is_read_at_its_head(checkout: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(checkout), "bare.git")
    local = fetch(str(tmp_path / "bare.git"), tmp_path / "sources")
    assert (local.path / "results/org__a/r1/T1.json").is_file()
    assert (local.repository, local.name) == ("bare.git", "bare")


def test_the_repository_of_a_checkout_is_named_after_it(checkout: Path, tmp_path: Path) -> None:
    local = fetch(str(checkout / ".git"), tmp_path / "sources")
    assert (local.repository, local.name) == ("team", "team")


@pytest.mark.parametrize("head", ["refs/heads/gone", "refs/heads/x/y"])
def test_a_bare_repository_without_a_commit_at_head_is_refused(
    checkout: Path, tmp_path: Path, head: str
) -> None:
    git(tmp_path, "clone", "-q", "--mirror", str(checkout), "bare.git")
    git(tmp_path / "bare.git", "symbolic-ref", "HEAD", head)
    with pytest.raises(SourceError, match=r"HEAD names no commit.*symbolic-ref"):
        fetch(str(tmp_path / "bare.git"), tmp_path / "sources")


@pytest.mark.parametrize(
    ("local", "name"),
    [
        (LocalSource(Path("/data/mine")), "mine"),
        (LocalSource(Path("/data/more.zip")), "more.zip"),
        (LocalSource(Path("/clones/1234"), "https://example.org/team/results.git/"), "results"),
        (LocalSource(Path("/clones/1234"), "git@example.org:team/results"), "results"),
    ],
)
def test_what_reports_call_a_source(local: LocalSource, name: str) -> None:
    assert local.name == name


def test_the_current_folder_has_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path / "mine")
    assert fetch(".", tmp_path).name == "mine"


def test_what_a_killed_clone_left_is_removed_by_the_next_update(followed: Followed) -> None:
    left = followed.fetch().path.with_name(".removing-0-clone")
    left.mkdir()
    followed.fetch()
    assert not left.exists()
