"""The past of a repository of results: its commits, and the files that each of them has.

Nothing is checked out: the files of a commit are read as git stores them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from frontrunner.base.atomic import fresh_folder, sweep
from frontrunner.base.errors import SourceError
from frontrunner.results.credentials import plain_url
from frontrunner.results.fetch import LocalSource
from frontrunner.results.git import (
    OBJECT,
    ask_git,
    fetch_into,
    find_repository,
    is_url,
    reference,
    repository_name,
)
from frontrunner.results.git_process import run_git

_AT_ONCE = 2_000
"""Files of one question: those of the public results have 17 KB each."""
_SECONDS = 600
_MARK = "\x01"


class Commit(NamedTuple):
    """One commit."""

    id: str
    at: float
    """When it was made, in seconds since the epoch."""
    subject: str


class Blob(NamedTuple):
    """A file of a commit, as git names it."""

    mode: str
    """`120000` is a symbolic link, `160000` a submodule."""
    id: str
    """Equal content has an equal name."""


def commit_time(folder: Path, commit: str | None) -> float | msgspec.UnsetType:
    """When a commit of the repository of `folder` was made, in seconds since the epoch.

    Unset for none, and for a commit with changes, whose time says nothing.
    """
    if commit is None or not OBJECT.fullmatch(commit):
        return msgspec.UNSET
    said = ask_git(folder, "log", "-1", "--format=%ct", commit)
    return float(said) if said and said.strip().isdigit() else msgspec.UNSET


def newest_commit(folder: Path) -> str:
    """The commit that HEAD names, or else the branch `main` or `master`.

    Raises SourceError if there is no repository, or no such commit.
    """
    found = find_repository(folder, above=0)
    names = ("HEAD", "refs/heads/main", "refs/heads/master")
    commits = [reference(found, name) for name in names] if found else []
    for commit in commits:
        if commit:
            return commit
    raise SourceError(
        f"{folder} is not a git repository with a commit. Give a clone with its history, or the "
        "URL of a repository."
    )


def commits(folder: Path, newest: str) -> list[Commit]:
    """The commits that lead to `newest`, oldest first; of merges only what they were merged into.

    Raises SourceError if git cannot read them.
    """
    form = "--format=%H%x09%ct%x09%s"
    lines = _said(folder, "log", "--first-parent", "--reverse", form, newest).splitlines()
    found, latest = [], 0.0
    for line in lines:
        name, at, subject = line.split("\t", 2)
        latest = max(latest, float(at))  # clocks differ between those who commit
        found.append(Commit(name, latest, subject))
    return found


def tree(folder: Path, commit: str) -> dict[str, Blob]:
    """Path -> file, for all files of a commit. Raises SourceError if git cannot read it."""
    found = {}
    for line in _said(folder, "ls-tree", "-r", "-z", "--full-tree", commit).split("\0"):
        facts, _, path = line.partition("\t")
        if path:
            mode, _, name = facts.split(" ")
            found[path] = Blob(mode, name)
    return found


def contents(folder: Path, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """The content of each file by git's name of it. Raises SourceError if one is missing."""
    for start in range(0, len(names), _AT_ONCE):
        asked = names[start : start + _AT_ONCE]
        given = "".join(f"{name}\n" for name in asked).encode()
        said = ask_git(folder, "cat-file", "--batch", given=given, seconds=_SECONDS)
        yield from _split(folder, asked, said or b"")


def _split(folder: Path, asked: Sequence[str], said: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    for name in asked:
        end = said.find(b"\n", at)
        words = said[at:end].split() if end >= 0 else []
        if len(words) != 3 or words[0] != name.encode():
            raise SourceError(
                f"{folder} lacks the content {name}. Give a clone with its whole history."
            )
        length = int(words[2])
        yield name, said[end + 1 : end + 1 + length]
        at = end + 1 + length + 1


def touched(folder: Path, old: str, new: str) -> dict[str, Commit]:
    """Path -> the last commit that changed it, of those that lead from `old` to `new`.

    Empty if the repository does not have them.
    """
    form = f"--format={_MARK}%H%x09%ct%x09%s"
    words = ("log", "-m", "--no-renames", "--name-only", form, f"{old}..{new}")
    said = ask_git(folder, *words, seconds=_SECONDS)
    found: dict[str, Commit] = {}
    commit = None
    for line in (said or b"").decode("utf-8", "surrogateescape").split("\n"):
        if line.startswith(_MARK):
            name, at, subject = line[1:].split("\t", 2)
            commit = Commit(name, float(at), subject)
        elif line and commit:
            found.setdefault(line, commit)
    return found


def _said(folder: Path, *words: str) -> str:
    said = ask_git(folder, *words, seconds=_SECONDS)
    if said is None:
        raise SourceError(
            f"git cannot read the history of {folder} ({words[0]} failed). Give a clone with its "
            "whole history."
        )
    return said.decode("utf-8", "surrogateescape")


def with_history(source: str, folder: Path) -> LocalSource:
    """A repository on this machine with the history of `source`: a URL, a bundle or a folder.

    What is fetched lies in `folder`, and is fetched again only in part. Raises SourceError if
    `source` is none of these, or cannot be fetched.
    """
    path = Path(source)
    if is_url(source):
        local = _fetched(source, ("+HEAD:refs/heads/main",), folder)
        return LocalSource(local, repository_name(source))
    if path.is_file():
        bundle = path.resolve()
        refs = ("+refs/heads/*:refs/heads/*",)
        return LocalSource(_fetched(str(bundle), refs, folder), path.stem)
    if find_repository(path, above=0):
        return LocalSource(path)
    raise SourceError(
        f"{source} has no git history. Give the URL of a repository, a clone, or a bundle of one."
    )


def _fetched(source: str, refs: tuple[str, ...], folder: Path) -> Path:
    name = hashlib.blake2b(plain_url(source).encode(), digest_size=8).hexdigest()
    target = folder / f"history-{name}"
    if not target.is_dir():
        sweep(folder)
        with fresh_folder(target) as fresh:  # a clone that was cut off is none
            run_git(source, {}, fresh, "init", "--quiet", "--bare", "--template=")
            _fetch_into(source, fresh, refs)
    else:
        _fetch_into(source, target, refs)
    return target


def _fetch_into(source: str, folder: Path, refs: Sequence[str]) -> None:
    """Fetch references with their history. Raises SourceError if that fails."""
    if is_url(source):
        fetch_into(folder, source, refs)
    else:
        run_git(source, {}, folder, "fetch", "--no-tags", source, *refs)
