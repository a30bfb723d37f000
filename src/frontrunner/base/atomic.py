"""Write so that a reader, or a crash, meets the old content or the new, never half of one.

The pattern: write under a hidden name in the same folder, flush to the disk, rename. A rename is
atomic only within one file system, so the hidden name is always beside the final one. A kill
leaves a hidden file or folder behind; `sweep` removes those whose writer is gone.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import BinaryIO

_WRITING = ".writing-"
_REMOVING = ".removing-"
_LOOK_AGAIN = 0.05
_numbers = count()


def sync_file(path: Path) -> None:
    """Wait until a file's bytes are on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in `folder` are on the disk, such as after a rename."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Wait until all files below `folder`, and their names, are on the disk."""
    for parent, _, names in os.walk(folder):
        for name in names:
            sync_file(Path(parent, name))
        sync_folder(Path(parent))


def write_file(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Replace the content of a file in one step; `mode` is its permissions before the umask.

    Raises OSError if it cannot be written; the old content is then unchanged.
    """
    fresh = _hidden(path, _WRITING)
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync_folder(path.parent)
    finally:
        fresh.unlink(missing_ok=True)


def point_link(link: Path, target: Path) -> None:
    """Make a symbolic link lead to `target` in one step, whether it existed or not."""
    fresh = _hidden(link, _WRITING)
    try:
        fresh.symlink_to(target)
        fresh.replace(link)
        sync_folder(link.parent)
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def fresh_folder(folder: Path) -> Iterator[Path]:
    """A hidden folder to fill, which becomes `folder` if the block succeeds.

    A folder already there is replaced: between two renames, a few microseconds apart, the name
    does not exist. Raises OSError if it cannot be written; what was there is then unchanged.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = _hidden(folder, _WRITING)
    fresh.mkdir()
    try:
        yield fresh
        sync_tree(fresh)
        _swap_in(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _swap_in(fresh: Path, folder: Path) -> None:
    old = _hidden(folder, _REMOVING)
    had_old = folder.exists()
    if had_old:
        folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        if had_old:
            old.rename(folder)
        raise
    sync_folder(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder so that a crash half-way leaves no part of it under its name.

    Raises OSError if it cannot be removed; FileNotFoundError if it does not exist.
    """
    hidden = _hidden(folder, _REMOVING)
    folder.rename(hidden)
    sync_folder(folder.parent)
    shutil.rmtree(hidden)


def sweep(folder: Path) -> None:
    """Remove what killed processes left in `folder`; what a living process writes stays."""
    for mark in (_WRITING, _REMOVING):
        for left_over in folder.glob(f"{mark}*"):
            pid = left_over.name.removeprefix(mark).partition("-")[0]
            if pid.isdigit() and not _is_alive(int(pid)):
                _remove(left_over)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _hidden(path: Path, mark: str) -> Path:
    """A name in the same folder that no other writer uses."""
    return path.with_name(f"{mark}{os.getpid()}-{next(_numbers)}-{path.name[:100]}")


def append_line(path: Path, line: bytes) -> None:
    """Add a line to a log and wait until it is on the disk.

    A last line that a crash cut off is ended first, so that the new one does not join it.
    """
    with path.open("a+b") as file:
        file.write(_end_of_line(file) + line + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _end_of_line(file: BinaryIO) -> bytes:
    if not file.seek(0, os.SEEK_END):
        return b""
    file.seek(-1, os.SEEK_END)
    return b"" if file.read(1) == b"\n" else b"\n"


@contextmanager
def locked(path: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the lock of a file, or of a folder, until the block or this process ends.

    Waits at most `wait` seconds for another holder, then raises BlockingIOError. The file is
    made if there is none; a folder must exist.
    """
    import fcntl  # noqa: PLC0415 -- POSIX alone

    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT
    handle = os.open(path, flags, 0o644)
    until = time.monotonic() + wait
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise
                time.sleep(_LOOK_AGAIN)
        yield
    finally:
        os.close(handle)
