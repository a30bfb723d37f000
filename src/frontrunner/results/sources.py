"""Where result files come from: a folder, an archive, a git repository.

A source lists model folders and yields files as bytes. Nothing is ever written, unpacked or
followed: links, devices and names that leave the folder are set aside with a reason.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from frontrunner.results.rejects import Reason, Reject, printable

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 8
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class Content(NamedTuple):
    """A file's bytes, and what tells whether it changed since."""

    data: bytes | memoryview
    size: int = 0
    mtime_ns: int = 0


Item = tuple[str, Content | Reject]
"""A path below the results folder, with its content or why it has none."""


def results_root(folder: Path) -> Path:
    """The folder that holds the model folders: `folder/results` where there is one."""
    inner = folder / "results"
    return inner if inner.is_dir() else folder


def list_models(root: Path) -> tuple[list[str], list[Reject]]:
    """Names of the model folders below `root`, sorted; and what lies there that is none."""
    models: list[str] = []
    rejects: list[Reject] = []
    with os.scandir(root) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                models.append(entry.name)
            elif not entry.name.startswith("."):
                reason = Reason.SYMLINK if entry.is_symlink() else Reason.OUT_OF_PLACE
                rejects.append(Reject(printable(entry.name), reason))
    return sorted(models), rejects


def walk_model(root: str, model: str) -> tuple[list[os.DirEntry[str]], list[Reject]]:
    """All regular files of one model folder, sorted by path; and what is none."""
    files: list[os.DirEntry[str]] = []
    rejects: list[Reject] = []
    pending = [(model, 1)]
    while pending:
        folder, depth = pending.pop()
        try:
            with os.scandir(f"{root}/{folder}") as entries:
                for entry in entries:
                    path = f"{folder}/{entry.name}"
                    if entry.is_file(follow_symlinks=False):
                        files.append(entry)
                    elif not entry.is_dir(follow_symlinks=False):
                        reason = Reason.SYMLINK if entry.is_symlink() else Reason.NOT_A_FILE
                        rejects.append(Reject(printable(path), reason))
                    elif depth < MAX_DEPTH:
                        pending.append((path, depth + 1))
                    else:
                        rejects.append(Reject(printable(path), Reason.OUT_OF_PLACE, "too deep"))
        except OSError as error:
            rejects.append(Reject(printable(folder), Reason.UNREADABLE, error.strerror or ""))
    return sorted(files, key=lambda entry: entry.path), rejects


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
            return Content(self._bytes(handle, status.st_size), status.st_size, status.st_mtime_ns)
        except OSError as error:
            return Reject(printable(path), Reason.UNREADABLE, error.strerror or "")
        finally:
            os.close(handle)

    def _bytes(self, handle: int, size: int) -> bytes | memoryview:
        if size < len(self._buffer):
            return self._view[: os.readv(handle, [self._buffer])]
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read(MAX_FILE_BYTES)


def folder_items(root: str, models: Iterable[str]) -> Iterator[Item]:
    """Every file below the model folders `models`."""
    reader = FolderReader(root)
    skip = len(root) + 1
    for model in models:
        entries, rejects = walk_model(root, model)
        for reject in rejects:
            yield reject.path, reject
        for entry in entries:
            path = entry.path[skip:]
            yield path, reader.read(path)


class Stamp(NamedTuple):
    """What tells whether a file changed since it was read."""

    size: int
    mtime_ns: int


def folder_stamps(root: str, models: Iterable[str]) -> tuple[dict[str, Stamp], list[Reject]]:
    """The stamp of every file below the model folders, without reading any; and what is none."""
    stamps: dict[str, Stamp] = {}
    rejects: list[Reject] = []
    skip = len(root) + 1
    for model in models:
        entries, odd = walk_model(root, model)
        rejects.extend(odd)
        for entry in entries:
            status = entry.stat(follow_symlinks=False)
            stamps[entry.path[skip:]] = Stamp(status.st_size, status.st_mtime_ns)
    return stamps, rejects
