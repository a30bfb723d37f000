"""No program that a repository, its submodules or the user's filters name is ever started."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from frontrunner.base.errors import SourceError
from frontrunner.checks.parity.history import History
from frontrunner.results.fetch import fetch
from frontrunner.results.git import (
    ask_git,
    git_commit,
)
from frontrunner.results.ingest import ingest
from tests.factories import catalog, result, write
from tests.results.git_folder import commit, git

PROGRAM = "@"
"""Stands for a program that leaves a mark."""
SETTINGS = {
    "file monitor": [("core.fsmonitor", PROGRAM)],
    "clean filter": [("filter.x.clean", PROGRAM), ("filter.x.required", "true")],
    "smudge filter": [("filter.x.smudge", PROGRAM)],
    "filter process": [("filter.x.process", PROGRAM)],
    "text converter": [("diff.x.textconv", PROGRAM)],
    "diff command": [("diff.x.command", PROGRAM)],
    "external diff": [("diff.external", PROGRAM)],
    "merge driver": [("merge.x.driver", PROGRAM)],
    "hooks": [("core.hooksPath", "HOOKS")],
    "pager": [("core.pager", PROGRAM), ("pager.status", "true"), ("pager.log", "true")],
    "alias": [("alias.status", f"!{PROGRAM}"), ("alias.log", f"!{PROGRAM}")],
    "signature": [("gpg.program", PROGRAM), ("log.showSignature", "true")],
    "credential helper": [("credential.helper", f"!{PROGRAM}")],
    "ssh command": [("core.sshCommand", PROGRAM)],
    "askpass": [("core.askPass", PROGRAM)],
    "alternate references": [("core.alternateRefsCommand", PROGRAM)],
    "editor": [("core.editor", PROGRAM)],
    "objects packed for a client": [("uploadpack.packObjectsHook", PROGRAM)],
    "promisor": [
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.url", "file:///nowhere"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.uploadpack", PROGRAM),
    ],
    "included file": [("include.path", "included")],
}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that leaves a mark when it is started, and hooks that start it."""
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/started'\nexit 1\n")
    program.chmod(0o755)
    (tmp_path / "hooks").mkdir()
    for hook in ("post-index-change", "post-checkout", "pre-auto-gc", "reference-transaction"):
        (tmp_path / "hooks" / hook).symlink_to(program)
    return program


def spoil(repository: Path, program: Path, settings: list[tuple[str, str]]) -> None:
    """Make the repository name the program, and leave git unsure which files changed."""
    path = repository / "results/org__a/r1/T1.json"
    write(repository, ".gitattributes", b"* filter=x diff=x merge=x\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "attributes")
    path.write_bytes(path.read_bytes().replace(b"5", b"6"))
    os.utime(repository / ".gitattributes", (1, 1))  # so that `git status` writes the index
    for hook in (program.parent / "hooks").iterdir():
        (repository / ".git/hooks" / hook.name).symlink_to(program)
    included = f'[core]\n\tfsmonitor = {program}\n[filter "x"]\n\tclean = {program}\n'
    (repository / ".git/included").write_text(included)
    for key, value in settings:
        text = value.replace(PROGRAM, str(program)).replace("HOOKS", str(program.parent / "hooks"))
        git(repository, "config", key, text)
    if settings[0][1] == "1":  # an object is missing, and git would ask the promisor for it
        blob = git(repository, "rev-parse", "HEAD:results/org__a/r1/T1.json")
        (repository / ".git/objects" / blob[:2] / blob[2:]).unlink()
    (program.parent / "started").unlink(missing_ok=True)


def ask_everything(folder: Path, tmp_path: Path) -> None:
    """Use every way in which this project reads a repository."""
    git_commit(folder)
    ask_git(folder, "log", "-p", "--raw", "--format=%H %G?", "--", ".")
    ask_git(folder, "rev-parse", "HEAD")
    ask_git(folder, "cat-file", "--batch", given=b"HEAD:results/org__a/r1/T1.json\n")
    ask_git(folder, "cat-file", "--textconv", "HEAD:results/org__a/r1/T1.json")
    ask_git(folder, "cat-file", "--filters", "HEAD:results/org__a/r1/T1.json")
    ingest(folder, catalog(), workers=1)
    History.of(folder)
    with suppress(SourceError):
        fetch(folder.as_uri(), tmp_path / "sources")


STARTED_BY_GIT = [
    "file monitor", "clean filter", "filter process", "hooks", "promisor", "included file"
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "place"),
    [(name, "folder") for name in SETTINGS]
    + [(name, place) for name in STARTED_BY_GIT for place in ("file", "work tree")],
)
def test_no_program_that_a_repository_names_is_started(
    repository: Path, tmp_path: Path, program: Path, name: str, place: str
) -> None:
    folder = repository
    if place == "work tree":
        folder = tmp_path / "tree"
        git(repository, "worktree", "add", "-q", str(folder))
        write(folder, ".gitattributes", b"* filter=x diff=x merge=x\n")
        write(folder, "results/org__a/r1/T1.json", result("T1", 0.6))
    spoil(repository, program, SETTINGS[name])
    if place == "file":
        (repository / ".git").rename(tmp_path / "elsewhere")
        (repository / ".git").write_text(f"gitdir: {tmp_path}/elsewhere\n")
    ask_everything(folder, tmp_path)
    assert not (tmp_path / "started").exists()


@pytest.mark.parametrize("name", STARTED_BY_GIT)
def test_git_itself_would_start_such_a_program(
    repository: Path, tmp_path: Path, program: Path, name: str
) -> None:
    """Shows that the test above can fail."""
    spoil(repository, program, SETTINGS[name])
    with suppress(subprocess.CalledProcessError):
        git(repository, "status")
        git(repository, "log", "-p")
    assert (tmp_path / "started").exists()


def test_no_program_that_a_submodule_names_is_started(
    repository: Path, tmp_path: Path, program: Path
) -> None:
    inner = repository / "inner"
    inner.mkdir()
    git(inner, "init", "-q")
    commit(inner, 0.5)
    git(repository, "add", "inner")
    git(repository, "commit", "-qm", "inner")
    spoil(inner, program, SETTINGS["file monitor"])
    ask_everything(repository, tmp_path)
    assert not (tmp_path / "started").exists()


def test_no_filter_of_the_user_is_started(
    repository: Path, tmp_path: Path, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(repository, program, [("user.name", "n")])
    (tmp_path / "user").write_text(f'[filter "x"]\n\tclean = {program}\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "user"))
    assert (git_commit(repository) or "").endswith("+")
    assert not (tmp_path / "started").exists()
