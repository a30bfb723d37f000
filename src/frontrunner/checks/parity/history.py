"""Earlier versions of result files, where the results lie in a git repository with its history.

The old number may stand in no file of today and yet be found: in a version that a later commit
replaced, or in a file that one deleted. Such a number comes with the commit that took it away.
One pass over the log says which versions there were; only those of files in question are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from frontrunner.results.git import ask_git

_LOG = (
    "log", "--first-parent", "--diff-merges=first-parent", "--raw", "--no-abbrev", "--no-renames",
    "--relative", "--format=%H %cs", "--", ".",
)  # fmt: skip
_AT_ONCE = 500
_SECONDS = 600
"""The log of a hundred thousand files takes its time."""


class Change(NamedTuple):
    """A commit that changed or deleted a file."""

    commit: str
    day: str
    """When it was committed, as YYYY-MM-DD."""
    before: str
    """Git's name of what the file held before; all zeros where there was no file."""

    @property
    def replaced(self) -> bool:
        """Whether there was a file before."""
        return bool(self.before.strip("0"))

    def __str__(self) -> str:
        return f"{self.commit[:10]} of {self.day}"


class History:
    """What became of the files below a folder, the latest change first."""

    def __init__(self, folder: Path, changes: Mapping[str, Sequence[Change]]) -> None:
        self._folder = folder
        self._changes = changes

    @classmethod
    def of(cls, folder: Path) -> History | None:
        """The history of a folder; None where it is in no git repository, or has no past."""
        log = ask_git(folder, *_LOG, seconds=_SECONDS)
        changes = _changes((log or b"").decode("utf-8", "surrogateescape").splitlines())
        return cls(folder, changes) if changes else None

    @property
    def paths(self) -> list[str]:
        """The files that held something else before, or were there before."""
        changed = self._changes.items()
        return [path for path, changes in changed if any(one.replaced for one in changes)]

    def brought(self, path: str) -> Change | None:
        """The commit that made a file what it is."""
        return next(iter(self._changes.get(path, ())), None)

    def versions(self, paths: Iterable[str]) -> Iterator[tuple[str, Change, bytes]]:
        """What files held before each change: path, the change, and the bytes."""
        wanted = [
            (path, change)
            for path in paths
            for change in self._changes.get(path, ())
            if change.replaced
        ]
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            names = "".join(f"{change.before}\n" for _, change in some)
            found = ask_git(
                self._folder, "cat-file", "--batch", given=names.encode(), seconds=_SECONDS
            )
            for (path, change), data in zip(some, _blobs(found or b"", len(some)), strict=True):
                if data is not None:
                    yield path, change, data


def _changes(log: Iterable[str]) -> dict[str, list[Change]]:
    """Path -> its changes, from lines of a commit and of what it changed."""
    found: dict[str, list[Change]] = defaultdict(list)
    commit = day = ""
    for line in log:
        if line.startswith(":"):
            facts, _, path = line.partition("\t")
            found[path].append(Change(commit, day, facts.split(" ")[2]))
        elif line:
            commit, _, day = line.partition(" ")
    return found


def _blobs(printed: bytes, count: int) -> Iterator[bytes | None]:
    """The contents that `git cat-file --batch` prints; None for what is not there any more."""
    place = 0
    for _ in range(count):
        end = printed.find(b"\n", place)
        head = printed[place:end].split()
        if end < 0 or len(head) != 3:
            place = end + 1 if end >= 0 else len(printed)
            yield None
            continue
        place = end + 1 + int(head[2]) + 1
        yield printed[end + 1 : place - 1]
