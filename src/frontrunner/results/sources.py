"""Read the result files of a folder.

A folder lists model folders and yields files as bytes. Nothing is ever written or followed: links,
devices and names that leave the folder are rejected with a reason.
"""

from __future__ import annotations

import os
import stat
from array import array
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from frontrunner.results.layout import META, Names, folder_name
from frontrunner.results.rejects import Reason, Reject, printable

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 8
GIT = ".git"
"""The history of results is none of them; git names no file in a folder of this name either."""
_CACHE_PARTS = ("remote/results", "results")
"""mteb's own cache: what it downloaded, then what was run here, which wins."""
_WINDOWS = "a path that Windows wrote; unpack the archive with a tool that makes folders of it"
_FOLDER_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_DIRECTORY", 0)
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class Content(NamedTuple):
    """A file's bytes, and what tells whether it changed since."""

    data: bytes | memoryview
    size: int = 0
    mtime_ns: int = 0
    ctime_ns: int = 0
    inode: int = 0


Item = tuple[str, Content | Reject]
"""A path below the results folder, with its content or why it has none."""


def results_root(folder: Path) -> Path:
    """The folder with the model folders: `folder/results` if it exists, otherwise `folder`."""
    inner = folder / "results"
    return inner if inner.is_dir() and not inner.is_symlink() else folder


def parts_of(path: Path) -> Sequence[str]:
    """The folders to read of a source: one, or both parts of mteb's cache."""
    found = [one for one in _CACHE_PARTS if (path / one).is_dir()]
    return found if _CACHE_PARTS[0] in found else [""]


class Tree(NamedTuple):
    """What to read of a folder source."""

    root: str
    """Paths of files are below it."""
    folders: list[str]
    """The folders to read, below `root`; usually one for each model."""
    rejects: list[Reject]


def find_tree(source: Path, names: Names) -> Tree:
    """Find the model folders of a source; `source` may be a model's or a run's folder itself."""
    root = results_root(source)
    whole = root.resolve()
    for depth in (1, 2, 3):
        own = whole.parts[-depth:]
        if len(own) == depth < len(whole.parts) and _is_inside_model(root, own, names):
            return Tree(str(whole.parents[depth - 1]), ["/".join(own)], [])
    return Tree(str(root), *list_models(root))


def _is_inside_model(root: Path, own: tuple[str, ...], names: Names) -> bool:
    """Whether `root` is in a model's folder, which `own`, the end of its path, begins with."""
    if own[0].strip("_") == "results" or _has_model_folders(root, names):
        return False
    if names.find(own[0]) or (len(own) > 1 and names.find(folder_name("/".join(own[:2])))):
        return True
    if len(own) == 1 and _is_organisation(root, own[0], names):
        return True
    if len(own) == 1:
        return (root / META).is_file() or ("__" in own[0].strip("_") and _has_runs(root))
    return len(own) == 2 and "__" in own[0].strip("_") and _has_files(root)


def _has_model_folders(root: Path, names: Names) -> bool:
    return any("__" in name.strip("_") or names.find(name) for name in _folders(root))


def _is_organisation(root: Path, name: str, names: Names) -> bool:
    return any(names.find(folder_name(f"{name}/{model}")) for model in _folders(root))


def _has_runs(root: Path) -> bool:
    return _has_files(root) or any(_has_files(root / name) for name in _folders(root))


def _folders(root: Path) -> list[str]:
    with os.scandir(root) as entries:
        return [one.name for one in entries if one.is_dir(follow_symlinks=False)]


def _has_files(root: Path) -> bool:
    try:
        with os.scandir(root) as entries:
            return any(one.name.endswith(".json") for one in entries)
    except OSError:
        return False


def list_models(root: Path) -> tuple[list[str], list[Reject]]:
    """Names of the folders in `root`, sorted; and a reject for everything else in it.

    Only `.git`, the history of a checkout, is skipped without a line.
    """
    models: list[str] = []
    rejects: list[Reject] = []
    with os.scandir(root) as entries:
        for entry in entries:
            if entry.name == GIT:
                continue
            if entry.is_dir(follow_symlinks=False):
                models.append(entry.name)
            else:
                reason = Reason.SYMLINK if entry.is_symlink() else Reason.OUT_OF_PLACE
                detail = _WINDOWS if "\\" in entry.name else ""
                rejects.append(Reject(printable(entry.name), reason, detail))
    return sorted(models), rejects


def walk_model(
    root: str, model: str, rejects: list[Reject]
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """All regular files of one model folder; what is none is added to `rejects`, except `.git`.

    An entry can be asked for its status until the next is taken: folders are read through their
    handle, which spares the system to look up the whole path for each file.
    """
    pending = [(model, 1)]
    while pending:
        folder, depth = pending.pop()
        try:
            handle = os.open(f"{root}/{folder}", _FOLDER_FLAGS)
        except OSError as error:
            rejects.append(Reject(printable(folder), Reason.UNREADABLE, error.strerror or ""))
            continue
        try:
            with os.scandir(handle) as entries:
                for entry in entries:
                    if entry.name == GIT:
                        continue
                    path = f"{folder}/{entry.name}"
                    if entry.is_file(follow_symlinks=False):
                        yield path, entry
                    elif not entry.is_dir(follow_symlinks=False):
                        reason = Reason.SYMLINK if entry.is_symlink() else Reason.NOT_A_FILE
                        rejects.append(Reject(printable(path), reason))
                    elif depth < MAX_DEPTH:
                        pending.append((path, depth + 1))
                    else:
                        rejects.append(Reject(printable(path), Reason.OUT_OF_PLACE, "too deep"))
        except OSError as error:
            rejects.append(Reject(printable(folder), Reason.UNREADABLE, error.strerror or ""))
        finally:
            os.close(handle)


class FolderReader:
    """Reads files of a folder into one reused buffer, which is what makes it fast."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._buffer = bytearray(1024 * 1024)
        self._view = memoryview(self._buffer)

    def read(self, path: str) -> Content | Reject:
        """One file, its bytes valid until the next read; or why it cannot be read."""
        try:
            handle = os.open(f"{self._root}/{path}", _OPEN_FLAGS)
        except (OSError, ValueError) as error:
            return Reject(printable(path), Reason.UNREADABLE, str(error)[:200])
        try:
            # Before the bytes: a file that changes in between is read again next time.
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                return Reject(printable(path), Reason.NOT_A_FILE)
            if status.st_size > MAX_FILE_BYTES:
                return Reject(printable(path), Reason.TOO_LARGE, f"{status.st_size:,} bytes")
            data = self._bytes(handle, status.st_size)
            return Content(
                data, status.st_size, status.st_mtime_ns, status.st_ctime_ns, _inode(status)
            )
        except OSError as error:
            return Reject(printable(path), Reason.UNREADABLE, error.strerror or "")
        finally:
            os.close(handle)

    def _bytes(self, handle: int, size: int) -> bytes | memoryview:
        if size < len(self._buffer):
            return self._view[: os.readv(handle, [self._buffer])]
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read(MAX_FILE_BYTES)


def _inode(status: os.stat_result) -> int:
    """A file's number on its disk, as 64 bits with a sign."""
    return (status.st_ino + (1 << 63)) % (1 << 64) - (1 << 63)


def folder_items(root: str, models: Iterable[str]) -> Iterator[Item]:
    """Every file below the model folders `models`."""
    reader = FolderReader(root)
    for model in models:
        rejects: list[Reject] = []
        paths = sorted(path for path, _ in walk_model(root, model, rejects))
        for reject in rejects:
            yield reject.path, reject
        for path in paths:
            yield path, reader.read(path)


class Stamps(NamedTuple):
    """What tells of each file whether it changed since it was read."""

    joined: str
    """The paths with a zero byte between them. A hundred thousand texts take longer to send to
    another process, and to compare, than one that is as long as all of them."""
    size: array[int]
    mtime_ns: array[int]
    ctime_ns: array[int]
    inode: array[int]
    rejects: list[Reject]
    """Entries among the files that are not regular files."""

    @property
    def paths(self) -> list[str]:
        """[files]"""
        return self.joined.split("\0") if self.joined else []


def folder_stamps(root: str, models: Iterable[str]) -> Stamps:
    """The stamps of every file below the model folders, without reading any; sorted in each."""
    paths: list[str] = []
    rejects: list[Reject] = []
    size, mtime, ctime, inode = array("q"), array("q"), array("q"), array("q")
    for model in models:
        files: list[tuple[str, os.stat_result]] = []
        for path, entry in walk_model(root, model, rejects):
            try:
                files.append((path, entry.stat(follow_symlinks=False)))
            except OSError as error:
                rejects.append(Reject(printable(path), Reason.UNREADABLE, error.strerror or ""))
        files.sort(key=itemgetter(0))
        paths.extend([path for path, _ in files])
        size.extend([one.st_size for _, one in files])
        mtime.extend([one.st_mtime_ns for _, one in files])
        ctime.extend([one.st_ctime_ns for _, one in files])
        # As 64 bits with a sign, like `_inode`.
        inode.frombytes(array("Q", [one.st_ino for _, one in files]).tobytes())
    return Stamps("\0".join(paths), size, mtime, ctime, inode, rejects)
