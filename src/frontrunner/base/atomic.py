"""Write so that a reader, or a crash, meets the old content or the new, never half of one.

The pattern: write under a hidden name in the same folder, flush to the disk, rename. A rename is
atomic only within one file system, so the hidden name is always in the same folder as the final
one. A kill leaves a hidden file or folder behind. Each writer holds a lock on what it writes, and
`sweep` removes what no process has locked. Process numbers would not do: in a container the next
process has the same number, and a process of another container seems not to exist.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_WRITING = ".writing-"
_REMOVING = ".removing-"
_LOOK_AGAIN = 0.05
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL


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


def write_file(path: Path, content: bytes, *, mode: int | None = None, follow: bool = True) -> None:
    """Replace the content of a file in one step.

    `mode` is its permissions before the umask, such as those of a secret; without it, an existing
    file keeps its own. A symbolic link stays, and the file that it leads to is replaced; without
    `follow` the link is replaced, for folders of a program, where nobody puts links on purpose. A
    device or a pipe, such as `/dev/stdout`, is written to as it is. Raises OSError if the file
    cannot be written; the old content is then unchanged.
    """
    write_parts(path, (content,), mode=mode, follow=follow)


def write_parts(
    path: Path,
    parts: Iterable[bytes | memoryview],
    *,
    mode: int | None = None,
    follow: bool = True,
) -> None:
    """The same for content that is never in memory as a whole."""
    is_link = path.is_symlink()
    path = Path(os.path.realpath(path)) if is_link and follow else path
    old = path.stat() if path.exists() and (follow or not is_link) else None
    if old and not stat.S_ISREG(old.st_mode):
        with path.open("wb") as device:
            device.writelines(parts)
        return
    own = old.st_mode & 0o777 if old and mode is None else None
    first = next(one for one in (own, mode, 0o644) if one is not None)
    fresh, handle = _claim(path, lambda new: os.open(new, _NEW_FILE, first))
    try:
        with open(handle, "wb") as file:
            if own is not None:
                os.fchmod(handle, own)  # also those that the umask withholds
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
            fresh.replace(path)
        sync_folder(path.parent)
    finally:
        fresh.unlink(missing_ok=True)


def add_file(path: Path, content: bytes) -> None:
    """Write a new file into a folder that no reader sees yet, and make the folders above it.

    For folders of `fresh_folder` and `hidden_folder`, which are flushed when they get their name.
    Raises FileExistsError if the file exists, OSError if it cannot be written.
    """
    with new_file(path) as file:
        file.write(content)


def new_file(path: Path, *, mode: int = 0o666) -> BinaryIO:
    """Open a new file for writing in a folder that no reader sees yet; see `add_file`.

    `mode` is its permissions before the umask.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    return open(os.open(path, _NEW_FILE, mode), "wb")


def _unnamed(folder: Path) -> int:
    """Raises OSError also on a system other than Linux, which has no such files."""
    unnamed = getattr(os, "O_TMPFILE", None)
    if unnamed is None:
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP), str(folder))
    return os.open(folder, unnamed | os.O_RDWR, 0o600)


def unnamed_file(folder: Path, size: int) -> BinaryIO:
    """A file of `size` bytes without a name on the disk of `folder`; it goes when it is closed.

    The room is taken at once, so that a map of it never meets a full disk, which would end the
    process. Raises OSError if there is no room, or no such file can be made there.
    """
    handle = _unnamed(folder)
    file = open(handle, "r+b")  # noqa: SIM115 -- the caller's
    try:
        os.posix_fallocate(handle, 0, size)
    except OSError:
        file.close()
        raise
    return file


def private_copy(path: Path, folder: Path) -> BinaryIO:
    """A copy of a file on the disk of `folder`, without a name: no other process can change it.

    Raises OSError if it cannot be made, such as in a folder that is read-only.
    """
    file = open(_unnamed(folder), "rb")  # noqa: SIM115 -- the caller's
    try:
        with path.open("rb") as source, open(os.dup(file.fileno()), "wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
    except OSError:
        file.close()  # until then, what was copied takes the last of a full disk
        raise
    file.seek(0)
    return file


def add_whole_file(path: Path, content: bytes, through: Path) -> None:
    """Write a file so that a kill leaves all of it or nothing, and make the folders above it.

    `through` is a name on the same disk to write under first, which only this process uses. Not
    flushed: for folders that `name_folder` flushes. Raises OSError if it cannot be written.
    """
    with through.open("wb") as file:
        file.write(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    through.replace(path)


def move_file(path: Path, to: Path) -> None:
    """Give a file another name in its folder, replacing what has it. Raises OSError."""
    path.replace(to)


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
def fresh_folder(folder: Path, *, replace: bool = True) -> Iterator[Path]:
    """A hidden folder to fill, which becomes `folder` if the block succeeds.

    With `replace`, a folder already there is replaced: between two renames, a few microseconds
    apart, the name does not exist. Without it, only an empty folder is. Raises OSError if it
    cannot be written; what was there is then unchanged.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 -- resolve() would follow links
    with hidden_folder(folder.parent, folder.name) as fresh:
        yield fresh
        name_folder(fresh, folder, replace=replace)


@contextmanager
def hidden_folder(parent: Path, name: str = "") -> Iterator[Path]:
    """A hidden folder in `parent`, which is removed at the end unless `name_folder` named it.

    For folders whose name depends on their content. Raises OSError if it cannot be made.
    """
    parent.mkdir(parents=True, exist_ok=True)
    fresh, handle = _claim(parent / (name or "new"), _new_folder)
    try:
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        os.close(handle)


@contextmanager
def temporary_folder(name: str) -> Iterator[Path]:
    """A private folder for as long as the block runs.

    What a killed process left is removed by the next one of this user that needs such a folder.
    Raises OSError if it cannot be made.
    """
    with hidden_folder(_folder_of_user(), name) as folder:
        yield folder


def _folder_of_user() -> Path:
    """This user's folder among the temporary ones, which others can neither read nor make."""
    folder = Path(tempfile.gettempdir(), f"frontrunner-{os.geteuid()}")
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    mode = stat.S_IMODE(found.st_mode)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or mode & 0o077:
        raise PermissionError(
            f"{folder} is not a private folder of this user. Remove it, or set TMPDIR."
        )
    sweep(folder)
    return folder


def _new_folder(path: Path) -> int:
    path.mkdir()
    return os.open(path, os.O_RDONLY)


def _claim(path: Path, make: Callable[[Path], int]) -> tuple[Path, int]:
    """Make a hidden file or folder for `path`, locked, and open it."""
    while True:
        fresh = _hidden(path, _WRITING)
        try:
            handle = make(fresh)
        except FileNotFoundError:
            if not path.parent.is_dir():
                raise
            continue  # swept between making and opening it
        if _try_lock(handle) and fresh.exists():
            return fresh, handle
        os.close(handle)


def name_folder(fresh: Path, folder: Path, *, replace: bool = True) -> None:
    """Flush a hidden folder to the disk and give it its name; `replace` as in `fresh_folder`."""
    sync_tree(fresh)
    if replace:
        _swap_in(fresh, folder)
    else:
        fresh.rename(folder)
        sync_folder(folder.parent)


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
    with suppress(FileNotFoundError):  # another process sweeps it at the same time
        shutil.rmtree(hidden)


def sweep(folder: Path) -> None:
    """Remove what killed processes left in `folder`; what a process is writing stays."""
    for mark in (_WRITING, _REMOVING):
        for left_over in folder.glob(f"{mark}*"):
            _sweep(left_over)


def _sweep(left_over: Path) -> None:
    if left_over.is_symlink():  # links are not locked, and are replaced at once
        left_over.unlink(missing_ok=True)
        return
    with suppress(OSError):
        handle = os.open(left_over, os.O_RDONLY)
        try:
            if not _try_lock(handle):
                return
            if left_over.is_dir():
                shutil.rmtree(left_over, ignore_errors=True)
            else:
                left_over.unlink(missing_ok=True)
        finally:
            os.close(handle)


def _hidden(path: Path, mark: str) -> Path:
    """A name in the same folder that no other writer uses."""
    return path.with_name(f"{mark}{secrets.token_hex(8)}-{path.name[:100]}")


def append_line(path: Path, line: bytes) -> None:
    """Add a line to a log and wait until it is on the disk.

    A last line that a crash cut off is ended first, so that the new one does not join it.
    """
    with path.open("a+b") as file:
        is_first = not file.seek(0, os.SEEK_END)
        file.write(_end_of_line(file) + line + b"\n")
        file.flush()
        os.fsync(file.fileno())
    if is_first:
        sync_folder(path.parent)


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
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT
    handle = os.open(path, flags, 0o644)
    until = time.monotonic() + wait
    try:
        while not _try_lock(handle):
            if time.monotonic() >= until:
                raise BlockingIOError(f"{path} is locked by another process")
            time.sleep(_LOOK_AGAIN)
        yield
    finally:
        os.close(handle)


def is_locked(path: Path) -> bool:
    """Whether another process holds the lock of a file, which is taken for an instant to see.

    Raises OSError if this user may not lock it.
    """
    if not path.exists():
        return False
    try:
        with locked(path):
            return False
    except BlockingIOError:
        return True


def _try_lock(handle: int) -> bool:
    """Lock an open file until it is closed, unless another process has it."""
    import fcntl  # noqa: PLC0415 -- POSIX alone

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


FileStamp = tuple[int, int]


def file_stamp(file: Path) -> FileStamp | None:
    """What changes when a file is replaced; None if it cannot be seen."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
