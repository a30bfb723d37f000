"""Results in a git repository: cloned without history, the commit recorded."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from frontrunner.base.errors import SourceError, StoppedGitError
from frontrunner.results.fetch import fetch
from frontrunner.results.git import (
    ask_git,
    bring_up_to_date,
    clone,
    find_repository,
    git_commit,
    is_git,
    is_url,
    repository_name,
    special_files,
)
from frontrunner.results.ingest import ingest, joined
from frontrunner.results.origin import Origin
from frontrunner.results.read import Options, read_source
from tests.factories import catalog, result, write
from tests.results.git_folder import commit, git


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
        assert msgspec.structs.replace(ingested.origin, at=msgspec.UNSET) == Origin(
            "git", Path(source).name, commit=name, folder="results"
        )
        assert git(near.path, "rev-list", "--count", "HEAD") == "1"


def test_a_build_in_a_hook_of_git_leaves_the_repository_of_the_hook_alone(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    before = commit(other, 0.75)
    with monkeypatch.context() as hook:
        hook.setenv("GIT_DIR", str(other / ".git"))
        hook.setenv("GIT_WORK_TREE", str(other))
        hook.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
        for _ in ("cloned", "brought up to date"):
            near = fetch(repository.as_uri(), tmp_path / "sources").path
    assert git(other, "rev-parse", "HEAD") == before
    assert git(other, "status", "--porcelain") == ""
    assert git(near, "rev-parse", "HEAD") == git(repository, "rev-parse", "HEAD")


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


def test_only_commands_that_read_are_allowed(repository: Path) -> None:
    for words in ((), ("gc",), ("-c", "alias.x=!touch started", "x")):
        with pytest.raises(ValueError, match="is not one of"):
            ask_git(repository, *words)


def test_a_commit_is_found_however_it_is_written_down(repository: Path, tmp_path: Path) -> None:
    name = git(repository, "rev-parse", "HEAD")
    git(repository, "pack-refs", "--all")
    assert git_commit(repository) == name
    git(repository, "checkout", "-q", "--detach")
    assert git_commit(repository) == name
    git(repository, "worktree", "add", "-q", str(tmp_path / "tree"))
    assert git_commit(tmp_path / "tree") == name
    assert git_commit(tmp_path / "tree" / "results") == name
    git(tmp_path, "clone", "-q", "--depth=1", repository.as_uri(), "shallow")
    assert git_commit(tmp_path / "shallow") == name
    assert ask_git(tmp_path / "shallow", "log", "--format=%H") == f"{name}\n".encode()


def test_a_repository_with_long_names_is_read(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--object-format=sha256", "long")
    name = commit(tmp_path / "long", 0.5)
    assert len(name) == 64
    assert git_commit(tmp_path / "long") == name


def test_a_branch_may_not_lead_out_of_the_repository(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a" * 40)
    (repository / ".git/HEAD").write_text("ref: refs/../../../secret\n")
    assert git_commit(repository) is None
    (repository / ".git/HEAD").write_text("ref: refs/heads/loop\n")
    (repository / ".git/refs/heads/loop").write_text("ref: refs/heads/loop\n")
    assert git_commit(repository) is None


def test_a_folder_with_an_odd_name_is_read(tmp_path: Path) -> None:
    odd = tmp_path / 'a:b "c\\d'
    odd.mkdir()
    git(odd, "init", "-q")
    name = commit(odd, 0.5)
    assert git_commit(odd) == name


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


def test_a_clone_stores_no_password(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{repository.as_uri()}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "https://example.org/results")
    near = fetch("https://me:secret@example.org/results", tmp_path / "sources").path
    assert git_commit(near) == git(repository, "rev-parse", "HEAD")
    for file in near.rglob("*"):
        assert not file.is_file() or b"secret" not in file.read_bytes()


@pytest.mark.parametrize("file", [".git", ".git/commondir"])
def test_a_name_that_is_too_long_for_a_file_leads_nowhere(repository: Path, file: str) -> None:
    if file == ".git":
        (repository / ".git").rename(repository.with_name("history"))
    (repository / file).write_text("gitdir: " + "a" * 5000)
    ingested = ingest(repository, catalog(), workers=1)
    assert (ingested.table.rows, ingested.origin.commit) == (1, None)


@pytest.mark.parametrize("name", ["repository#x", "repository?x", "repository.git"])
def test_git_never_runs_in_the_repository_of_a_file_url(
    repository: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.rename(tmp_path / name)
    asked: list[Any] = []
    monkeypatch.setattr("frontrunner.results.git.run_git", lambda url, *words: asked.append(words))
    bring_up_to_date(f"file://{tmp_path}/{name.removesuffix('.git')}", tmp_path / "clone")
    (url,) = [value for value in asked[0][0].values() if value.startswith("file:")]
    assert "-git" in url


def test_a_file_url_of_no_repository_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="it is not a git repository"):
        fetch(f"file://{tmp_path}/nothing", tmp_path / "sources")


def test_a_command_gets_its_input_and_its_time(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = git(repository, "rev-parse", "HEAD")
    seen: list[float] = []
    real = subprocess.run

    def run(words: list[str], **how: Any) -> Any:
        seen.append(how["timeout"])
        return real(words, **how)

    monkeypatch.setattr(subprocess, "run", run)
    said = ask_git(
        repository, "cat-file", "--batch-check=%(objectname)", given=b"HEAD\n", seconds=7
    )
    assert said == f"{name}\n".encode()
    assert ask_git(repository, "rev-parse", "HEAD") == f"{name}\n".encode()
    assert ask_git(repository, "rev-parse", "no such branch") is None
    assert seen == [7, 60, 60]

    def late(words: list[str], **how: Any) -> Any:
        raise subprocess.TimeoutExpired(words, how["timeout"])

    monkeypatch.setattr(subprocess, "run", late)
    assert ask_git(repository, "rev-parse", "HEAD") is None

    def stopped(*_: object, **__: object) -> Any:
        raise StoppedGitError

    monkeypatch.setattr("frontrunner.results.git.hear", stopped)
    assert git_commit(repository) == f"{name}+"  # nothing says that its files are the commit's


def test_the_history_of_a_shallow_clone_ends_where_it_was_cut(
    repository: Path, tmp_path: Path
) -> None:
    for score in (0.25, 0.75):
        name = commit(repository, score)
    git(tmp_path, "clone", "-q", "--depth=2", repository.as_uri(), "shallow")
    said = ask_git(tmp_path / "shallow", "log", "--format=%H")
    assert said is not None
    assert said.decode().split() == git(repository, "log", "--format=%H", "-2").split()
    assert said.startswith(name.encode())


def test_a_repository_is_looked_for_so_many_folders_above(repository: Path) -> None:
    deep = repository / "results/org__a/r1"
    for above, found in ((0, False), (1, False), (2, False), (3, True), (None, True)):
        assert (find_repository(deep, above=above) is not None) is found
    here = find_repository(repository, above=0)
    assert here is not None
    assert here == (repository, repository / ".git", repository / ".git", False)
    assert git_commit(deep) is None


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("https://h/a", True), ("HTTP://h/a", True), ("ssh://h/a", True), ("git://h/a", True),
        ("file:///a", True), ("git@h:a", True), ("a.b-c@h.org:a", True), ("h:a", False),
        ("/a/b", False), ("a@b", False), ("ftp://h/a", False), ("xhttps://h/a", False),
    ],
)  # fmt: skip
def test_urls_of_repositories(source: str, url: bool) -> None:
    assert is_url(source) is url
    assert is_git(source) is url


def test_git_never_asks_whoever_runs_the_build(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[object, str]] = []
    real = subprocess.Popen

    def start(words: list[str], **how: Any) -> Any:
        seen.append((how["stdin"], how["env"]["GIT_TERMINAL_PROMPT"]))
        return real(words, **how)

    monkeypatch.setattr(subprocess, "Popen", start)
    clone(repository.as_uri(), tmp_path / "clone")
    assert seen == [(subprocess.DEVNULL, "0")] * 3  # init, fetch, reset


@pytest.mark.parametrize(
    "place", ["", "results", "results/org__a", "results/org__a/r1", "docs/more", "../above"]
)
@pytest.mark.parametrize("name", [".gitattributes", ".gitignore"])
def test_git_never_waits_for_a_pipe_that_has_the_name_of_its_file(
    repository: Path, monkeypatch: pytest.MonkeyPatch, place: str, name: str
) -> None:
    head = git(repository, "rev-parse", "HEAD")
    source = repository / "results" if place == "../above" else repository
    pipe = repository / ("" if place == "../above" else place) / name
    pipe.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(pipe)

    def asked(*_: object) -> bytes:
        pytest.fail("git was asked, and would wait")

    monkeypatch.setattr("frontrunner.results.git._ask", asked)
    read = read_source(source, catalog(), Options(workers=1))
    assert read.origin.commit == f"{head}+"
    assert read.files.paths == ["org__a/r1/T1.json"]


def test_other_pipes_are_rejected_and_git_is_asked(repository: Path) -> None:
    os.mkfifo(repository / "results/org__a/r1/T2.json")
    read = read_source(repository, catalog(), Options(workers=1))
    assert read.origin.commit == git(repository, "rev-parse", "HEAD")
    assert [str(one.reason) for one in read.rejects] == ["not-a-file"]


def test_folders_that_are_known_are_not_looked_into(tmp_path: Path) -> None:
    for place in (".git", "docs", "results", "results/org__a"):
        (tmp_path / place).mkdir(exist_ok=True)
        os.mkfifo(tmp_path / place / ".gitignore")
    (tmp_path / "docs/.gitattributes").touch()
    os.mkfifo(tmp_path / "docs/other")
    assert special_files(tmp_path, known=tmp_path / "results") == [".gitignore"] * 2
