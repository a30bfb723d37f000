"""What git knows of a clone's files: whether they are exactly a commit's, and what two trees
differ in.

A clone that is followed changes by `git fetch` and `git reset` alone. Where its files are those of
a commit, git names what changed since another in milliseconds, and no file need be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from frontrunner.base.atomic import FileStamp, file_stamp
from frontrunner.results.git import OBJECT, ask_git, find_repository

_NO_FILE = "000000"
_PLAIN = frozenset({"100644", "100755", _NO_FILE})
"""The modes of regular files, and of none."""
_DIFFERENCE = ("diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff")


class Checkout(NamedTuple):
    """A clone whose files are exactly those of a commit."""

    clone: Path
    commit: str
    fetched: FileStamp
    """Of what git writes when it fetches, which comes before any change of the files."""


def checkout_of(clone: Path) -> Checkout | None:
    """What is checked out in a clone that was brought up to date.

    None if its files are not exactly those of the commit, or if it is being changed.
    """
    repository = find_repository(clone, above=0)
    fetched = file_stamp(clone / ".git" / "FETCH_HEAD")
    commit = repository.head if repository else None
    if repository is None or fetched is None or commit is None:
        return None
    if not _fetched(clone).startswith(commit):
        return None  # another process fetched meanwhile, and changes the files next
    words = ("status", "--porcelain", "--ignored", "--ignore-submodules=all", "--no-renames")
    return Checkout(clone, commit, fetched) if ask_git(clone, *words) == b"" else None


def _fetched(clone: Path) -> str:
    try:
        return (clone / ".git" / "FETCH_HEAD").read_text("utf-8", "replace")
    except OSError:
        return ""


def is_still(checkout: Checkout) -> bool:
    """Whether no process has begun to bring the clone up to date since it was looked at."""
    return file_stamp(checkout.clone / ".git" / "FETCH_HEAD") == checkout.fetched


def tree_of(checkout: Checkout, folder: Path) -> str:
    """Git's name for all that is in a folder of the clone; empty if it has none.

    Equal files have an equal name.
    """
    inside = folder.relative_to(checkout.clone).as_posix().strip(".")
    words = ("rev-parse", "--verify", "--quiet", f"{checkout.commit}:{inside}")
    name = (ask_git(checkout.clone, *words) or b"").decode("ascii", "replace").strip()
    return name if OBJECT.fullmatch(name) else ""


class Difference(NamedTuple):
    """What became of the files below a folder, by their paths in it."""

    changed: list[str]
    """Also those that came."""
    gone: list[str]


def difference(clone: Path, before: str, now: str) -> Difference | None:
    """In what two trees of a clone differ.

    None if git does not say, as where one of them is no longer in the repository, or if it names
    what is no regular file or has a name that is not UTF-8.
    """
    found = Difference([], [])
    if before == now:
        return found
    said = ask_git(clone, *_DIFFERENCE, before, now)
    if said is None:
        return None
    try:
        entries = list(_entries(said.decode("utf-8")))
    except ValueError:  # also of bytes that are not UTF-8
        return None
    for before_mode, mode, path in entries:
        if not {before_mode, mode} <= _PLAIN:
            return None
        (found.gone if mode == _NO_FILE else found.changed).append(path)
    return found


def _entries(text: str) -> Iterator[tuple[str, str, str]]:
    """The mode of each file before and now, and its path. Raises ValueError for another form."""
    parts = text.split("\0")[:-1]
    for facts, path in zip(parts[::2], parts[1::2], strict=True):
        before, mode, *_ = facts.split(" ")
        yield before.removeprefix(":"), mode, path
