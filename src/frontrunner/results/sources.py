"""Where result files come from: a folder, an archive, a git repository.

A source lists model folders and yields files as bytes. Nothing is ever written, unpacked or
followed: links, devices and names that leave the folder are set aside with a reason.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from frontrunner.results.rejects import Reason, Reject, printable

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 8
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class FileStamp(NamedTuple):
    """A file of a source, and what tells whether it changed since it was read."""

    path: str
    """Path below the results folder, with `/`."""
    size: int
    mtime_ns: int


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


def walk_model(root: str, model: str) -> tuple[list[str], list[Reject]]:
    """Paths below `root` of all regular files of one model folder, sorted; and the rest."""
    files: list[str] = []
    rejects: list[Reject] = []
    pending = [(model, 1)]
    while pending:
        folder, depth = pending.pop()
        try:
            with os.scandir(f"{root}/{folder}") as entries:
                for entry in entries:
                    path = f"{folder}/{entry.name}"
                    if entry.is_file(follow_symlinks=False):
                        files.append(path)
                    elif not entry.is_dir(follow_symlinks=False):
                        reason = Reason.SYMLINK if entry.is_symlink() else Reason.NOT_A_FILE
                        rejects.append(Reject(printable(path), reason))
                    elif depth < MAX_DEPTH:
                        pending.append((path, depth + 1))
                    else:
                        rejects.append(Reject(printable(path), Reason.OUT_OF_PLACE, "too deep"))
        except OSError as error:
            rejects.append(Reject(printable(folder), Reason.UNREADABLE, error.strerror or ""))
    return sorted(files), rejects


class FolderReader:
    """Reads files of a folder into one reused buffer, which is what makes it fast."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._buffer = bytearray(8 * 1024 * 1024)
        self._view = memoryview(self._buffer)

    def read(self, path: str) -> memoryview | Reject:
        """The bytes of one file, valid until the next read; or why it cannot be read."""
        try:
            handle = os.open(f"{self._root}/{path}", _OPEN_FLAGS)
        except (OSError, ValueError) as error:
            return Reject(printable(path), Reason.UNREADABLE, str(error)[:200])
        try:
            length = os.readv(handle, [self._buffer])
            if length < len(self._buffer):
                return self._view[:length]
            return self._read_large(handle, path)
        except OSError as error:
            return Reject(printable(path), Reason.UNREADABLE, error.strerror or "")
        finally:
            os.close(handle)

    def _read_large(self, handle: int, path: str) -> memoryview | Reject:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return Reject(printable(path), Reason.NOT_A_FILE)
        if status.st_size > MAX_FILE_BYTES:
            return Reject(printable(path), Reason.TOO_LARGE, f"{status.st_size:,} bytes")
        os.lseek(handle, 0, os.SEEK_SET)
        with os.fdopen(os.dup(handle), "rb") as file:
            return memoryview(file.read(MAX_FILE_BYTES))


def stamps(root: Path) -> Iterator[FileStamp]:
    """Size and time of every file below `root`, for finding what changed."""
    pending = [str(root)]
    skip = len(str(root)) + 1
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    yield FileStamp(entry.path[skip:], status.st_size, status.st_mtime_ns)
