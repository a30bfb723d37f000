"""A copy of the site that is being written: an interrupted one is continued, never taken for whole.

It is in a hidden folder beside the one that it becomes. A file there is complete, because it was
written under another name first. A mark says of which export it is; for another one, or after the
machine was started again (when files may have lost what was not flushed), it is begun anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from frontrunner.base.atomic import add_whole_file, locked, name_folder, remove_folder, sync_tree
from frontrunner.base.errors import UsageError

_MARK = ".unfinished"
_WRITING = ".writing"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Copy:
    """The files that are written so far."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def has(self, name: str) -> bool:
        """Whether a file is complete."""
        return self._target(name).exists()

    def add(self, name: str, make: Callable[[], bytes]) -> None:
        """Make and write a file, unless it is there."""
        target = self._target(name)
        if not target.exists():
            add_whole_file(target, make(), self._folder / _WRITING)

    def _target(self, name: str) -> Path:
        target = self._folder / name
        if ".." in target.parts:
            raise UsageError(f"{name!r} would be outside the copy. Rename it in the catalog.")
        return target


def unfinished_of(folder: Path) -> Path:
    """Where a copy is until it is complete."""
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 -- resolve() would follow links
    return folder.with_name(f".{folder.name}.unfinished")


@contextmanager
def unfinished(folder: Path, same: object) -> Iterator[Copy]:
    """The copy that becomes `folder` when the block ends; without an end, it stays as it is.

    What an earlier block wrote is kept if its `same` was equal. Raises OSError if it cannot be
    written, BlockingIOError if another process writes it.
    """
    hidden = unfinished_of(folder)
    hidden.mkdir(parents=True, exist_ok=True)
    with locked(hidden):
        mark = msgspec.json.encode((same, _boot()))
        if not _is_marked(hidden, mark):
            for one in hidden.iterdir():
                remove_folder(one) if one.is_dir() else one.unlink()
            add_whole_file(hidden / _MARK, mark, hidden / _WRITING)
        yield Copy(hidden)
        sync_tree(hidden)  # takes long, so before the mark goes
        for name in (_WRITING, _MARK):
            (hidden / name).unlink(missing_ok=True)
        name_folder(hidden, Path(os.path.abspath(folder)), replace=False)  # noqa: PTH100


def _is_marked(folder: Path, mark: bytes) -> bool:
    try:
        return (folder / _MARK).read_bytes() == mark
    except FileNotFoundError:
        return False


def _boot() -> str:
    """Which start of the machine this is; empty on systems that do not say."""
    try:
        return _BOOT.read_text()
    except OSError:
        return ""
