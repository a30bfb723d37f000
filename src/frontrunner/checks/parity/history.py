"""Earlier versions of result files, if the results are in a git repository with its history.

A number of the old board may be in no file of today and yet be found: in a version that a later
commit replaced, or in a file that a commit deleted. Such a number comes with the commit that
removed it. One pass over the log lists the versions; only those of files in question are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from frontrunner.checks.parity.changes import Change
from frontrunner.checks.parity.folders import former_folders, gone_folders
from frontrunner.results.git import ask_git

_LOG = (
    "log", "--first-parent", "--diff-merges=first-parent", "--raw", "--no-abbrev", "--no-renames",
    "--no-textconv", "--no-ext-diff", "--no-show-signature", "--format=%H %cs",
)  # fmt: skip
_AT_ONCE = 500
_SECONDS = 600
"""Reading the log of a hundred thousand files takes a while."""


class History:
    """The changes of each file below a results folder, the latest first."""

    def __init__(
        self, folder: Path, changes: Mapping[str, Sequence[Change]], *, prefix: str = ""
    ) -> None:
        """`prefix` is the path of the results inside the repository, with a slash at its end."""
        self._folder = folder
        self._changes = changes
        self._prefix = prefix

    @classmethod
    def of(cls, folder: Path) -> History | None:
        """The history of a folder or of a bare repository.

        None if the folder is in no git repository, or if the repository has no commit.
        """
        prefix = _prefix(folder)
        if prefix is None:
            return None
        log = ask_git(folder, *_LOG, "--", f":(top){prefix}", seconds=_SECONDS)
        changes = _changes((log or b"").decode("utf-8", "surrogateescape").splitlines(), prefix)
        return cls(folder, changes, prefix=prefix) if changes else None

    @property
    def paths(self) -> list[str]:
        """The files that had other contents before, or that were deleted."""
        changed = self._changes.items()
        return [path for path, changes in changed if any(one.replaced for one in changes)]

    def brought(self, path: str) -> Change | None:
        """The commit that made a file what it is."""
        return next(iter(self._changes.get(path, ())), None)

    @cached_property
    def former(self) -> Mapping[str, Sequence[str]]:
        """Folder of a model -> the folders that its results were in before, and are no more."""
        return former_folders(self._changes)

    @cached_property
    def gone(self) -> Mapping[str, Change]:
        """Folder of a model whose every file was deleted -> the commit that deleted the last."""
        return gone_folders(self._changes)

    @cached_property
    def renamed(self) -> frozenset[str]:
        """Folders whose results are in another folder now."""
        return frozenset(old for names in self.former.values() for old in names)

    def today(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The contents of files in the last commit; for a repository without a work tree."""
        wanted = list(paths)
        names = [f"HEAD:{self._prefix}{path}" for path in wanted]
        for path, data in zip(wanted, self._contents(names), strict=True):
            if data is not None:
                yield path, data

    def versions(self, paths: Iterable[str]) -> Iterator[tuple[str, Change, bytes]]:
        """The contents of files before each change: path, the change, and the bytes."""
        wanted = [
            (path, change)
            for path in paths
            for change in self._changes.get(path, ())
            if change.replaced
        ]
        contents = self._contents([change.before for _, change in wanted])
        for (path, change), data in zip(wanted, contents, strict=True):
            if data is not None:
                yield path, change, data

    def _contents(self, names: Sequence[str]) -> Iterator[bytes | None]:
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            given = "".join(f"{name}\n" for name in some).encode("utf-8", "surrogateescape")
            found = ask_git(self._folder, "cat-file", "--batch", given=given, seconds=_SECONDS)
            yield from _blobs(found or b"", len(some))


def _prefix(folder: Path) -> str | None:
    """The path of the results inside the repository; None if there is no repository."""
    if (folder / "HEAD").is_file() and (folder / "objects").is_dir():
        return "results/" if ask_git(folder, "cat-file", "-e", "HEAD:results/") is not None else ""
    found = ask_git(folder, "rev-parse", "--show-prefix")
    return None if found is None else found.decode("utf-8", "surrogateescape").strip("\n")


def _changes(log: Iterable[str], prefix: str = "") -> dict[str, list[Change]]:
    """Path below `prefix` -> its changes, from lines of a commit and of its changes."""
    found: dict[str, list[Change]] = defaultdict(list)
    commit = day = ""
    for line in log:
        if line.startswith(":"):
            facts, _, path = line.partition("\t")
            _, _, before, after, _ = facts.split(" ")
            found[path.removeprefix(prefix)].append(Change(commit, day, before, after))
        elif line:
            commit, _, day = line.partition(" ")
    return found


def _blobs(printed: bytes, count: int) -> Iterator[bytes | None]:
    """The contents that `git cat-file --batch` prints; None for what the repository lacks."""
    place = 0
    for _ in range(count):
        end = printed.find(b"\n", place)
        head = printed[place:end].split()
        if end < 0 or len(head) != 3 or head[1] != b"blob":
            place = end + 1 if end >= 0 else len(printed)
            yield None
            continue
        place = end + 1 + int(head[2]) + 1
        yield printed[end + 1 : place - 1]
