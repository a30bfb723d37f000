"""What git knows of a clone's files: whether they are exactly a commit's, and what two trees
differ in.

A clone that is followed changes by `git fetch` and `git reset` alone. Where its files are those of
a commit, git names what changed since another in milliseconds, and no file need be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from frontrunner.base.atomic import FileStamp, file_stamp
from frontrunner.results.git import OBJECT, READ_BY_GIT, ask_git, find_repository, is_special

_NO_FILE = "000000"
_SUBMODULE = b"160000 "
_PLAIN = frozenset({"100644", "100755", _NO_FILE})
"""The modes of regular files, and of none."""
_ATTRIBUTES = ".gitattributes"
_OWN_ATTRIBUTES = Path(".git", "info", "attributes")
_PLAIN_INDEX = b"DIRC\0\0\0\2"
"""How the index begins if no file in it is marked as one that need not be checked out. The number
of files follows, in four bytes."""
_FACTS = 40
"""Bytes of a file in the index, before its name for git, two bytes of flags, and its path."""
_UNCHANGED = 0x80
"""In the first byte of the flags: git does not look whether the file changed."""
_CONVERTS = re.compile(rb"\b(filter|ident|working-tree-encoding)\b")
"""The attributes that change what a result file says when git writes it."""
_OF_OTHER_FILES = re.compile(rb"(?!\[attr\])[^\"\s]*\.(?!jsonl?\s)\w+\s", re.IGNORECASE)
"""How a line of attributes begins that is for files of another kind than results. `[attr]` begins a
name that lines for any files can use."""
_DIFFERENCE = ("diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff")


class Checkout(NamedTuple):
    """A clone whose files are exactly those of a commit."""

    clone: Path
    commit: str
    fetched: FileStamp
    """Of what git writes when it fetches, which comes before any change of the files."""
    listed: FileStamp
    """Of git's list of the files, which it writes after any change of them."""


def checkout_of(clone: Path) -> Checkout | None:
    """What is checked out in a clone that was brought up to date.

    None if its files are not exactly those of the commit, or if it is being changed.
    """
    repository = find_repository(clone, above=0)
    fetched, listed = _written(clone)
    commit = repository.head if repository else None
    if repository is None or fetched is None or listed is None or commit is None:
        return None
    if not _begin(clone / ".git" / "FETCH_HEAD").startswith(commit.encode()):
        return None  # another process fetched meanwhile, and changes the files next
    if _hides_changes(clone, len(commit) // 2) or any(
        is_special(clone / name) for name in READ_BY_GIT
    ):
        return None
    words = ("status", "--porcelain", "--ignored", "--ignore-submodules=all", "--no-renames")
    is_clean = ask_git(clone, *words) == b""
    return Checkout(clone, commit, fetched, listed) if is_clean else None


def _written(clone: Path) -> tuple[FileStamp | None, FileStamp | None]:
    git = clone / ".git"
    return file_stamp(git / "FETCH_HEAD"), file_stamp(git / "index")


def _hides_changes(clone: Path, name_length: int) -> bool:
    """Whether the index may mark files whose changes git does not tell, as `git sparse-checkout`
    and `git update-index --assume-unchanged` do.
    """
    git = clone / ".git"
    if any(git.glob("sharedindex.*")):
        return True
    try:
        index = (git / "index").read_bytes()
        return not index.startswith(_PLAIN_INDEX) or _has_mark(index, _FACTS + name_length)
    except (OSError, ValueError, IndexError):  # one that is cut short
        return True


def _has_mark(index: bytes, flags: int) -> bool:
    """Whether one of the files is marked; `flags` is where they are in what is kept of a file."""
    all_flags, at = 0, len(_PLAIN_INDEX) + 4
    for _ in range(int.from_bytes(index[len(_PLAIN_INDEX) : at])):
        all_flags |= index[at + flags]
        # A path ends with one to eight zeros, so that the next file begins at a multiple of eight.
        length = index.index(0, at + flags + 2) - at
        at += (length + 8) & ~7
    return bool(all_flags & _UNCHANGED)


def _begin(file: Path) -> bytes:
    """The first bytes of a file; none if it cannot be read."""
    try:
        with file.open("rb") as opened:
            return opened.read(100)
    except OSError:
        return b""


def is_still(checkout: Checkout, newest: int = 0) -> bool:
    """Whether no process has changed the clone's files, or begun to, since it was looked at.

    `newest` is the last change time of files that were read, in nanoseconds since the epoch.
    """
    is_changing = (checkout.clone / ".git" / "index.lock").exists()
    written = (checkout.fetched, checkout.listed)
    _, listed_at = checkout.listed
    return not is_changing and _written(checkout.clone) == written and newest <= listed_at


def is_whole(checkout: Checkout, tree: str) -> bool:
    """Whether a tree decides all of its files that were just looked for in the clone.

    It does not if a file was added or removed since the clone was looked at, if a submodule may
    have files that git does not name, or if attributes may change files when git writes them.
    """
    said = ask_git(checkout.clone, "ls-tree", "-r", "-z", tree)
    if said is None or b"\0" + _SUBMODULE in b"\0" + said or f"/{_ATTRIBUTES}\0".encode() in said:
        return False
    return checkout_of(checkout.clone) == checkout


def tree_of(checkout: Checkout, folder: Path) -> str:
    """Git's name for all that is in a folder of the clone; empty if it has none.

    Equal files have an equal name, so it is also empty if git may change files when it writes them.
    """
    above = [place for place in (folder, *folder.parents) if place.is_relative_to(checkout.clone)]
    if any(_converts(place / _ATTRIBUTES) for place in (*above, checkout.clone / _OWN_ATTRIBUTES)):
        return ""
    inside = folder.relative_to(checkout.clone).as_posix().strip(".")
    words = ("rev-parse", "--verify", "--quiet", f"{checkout.commit}:{inside}")
    name = (ask_git(checkout.clone, *words) or b"").decode("ascii", "replace").strip()
    return name if OBJECT.fullmatch(name) else ""


def _converts(attributes: Path) -> bool:
    if is_special(attributes):  # a pipe: to read it is to wait
        return True
    try:
        lines = attributes.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return any(_CONVERTS.search(line) and not _OF_OTHER_FILES.match(line) for line in lines)


class Difference(NamedTuple):
    """What became of the files below a folder, by their paths in it."""

    changed: list[str]
    """Also those that came."""
    gone: list[str]


def difference(clone: Path, before: str, now: str) -> Difference | None:
    """In what two trees of a clone differ.

    None if git does not say, as where one of them is no longer in the repository, or if it names
    what is no regular file, has a name that is not UTF-8, or may change how files are written.
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
        if not {before_mode, mode} <= _PLAIN or path.endswith(f"/{_ATTRIBUTES}"):
            return None
        (found.gone if mode == _NO_FILE else found.changed).append(path)
    return found


def _entries(text: str) -> Iterator[tuple[str, str, str]]:
    """The mode of each file before and now, and its path. Raises ValueError for another form."""
    parts = text.split("\0")[:-1]
    for facts, path in zip(parts[::2], parts[1::2], strict=True):
        before, mode, *_ = facts.split(" ")
        yield before.removeprefix(":"), mode, path
