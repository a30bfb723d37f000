"""Read a log on from a position that survives a restart, across rotations."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

_AT_ONCE = 1024 * 1024
_HEAD = 256
"""Bytes at the beginning of a file that tell it from another with the same inode number."""
_ROTATED = (1, 2, 3)
"""Numbers of rotated files, newest first; see `gateway.logs`."""


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """How far a log was read."""

    inode: int
    head: bytes
    """The first bytes of the file, as many as were read then."""
    offset: int


class LogReader:
    """Reads whole lines after a position, in the order in which they were written."""

    def __init__(self, path: Path, position: Position | None) -> None:
        """Go on from `position`; None begins at the start of a log that does not exist yet."""
        self.path = path
        self.position = position
        self.lost = False
        """Whether lines were removed before they were read. The reader then goes on at the end."""
        self.behind = False
        """Whether the last call left lines for the next one."""

    @classmethod
    def at_end(cls, path: Path) -> LogReader:
        """A reader of what is written from now on."""
        return cls(path, _end_of(path))

    def lines(self, most: int = 16 * 1024 * 1024) -> Iterator[bytes]:
        """Lines that were written since, about `most` bytes of them.

        `position` and `behind` are right once all lines were taken. Raises OSError if a file
        cannot be read.
        """
        files = _opened(self.path)
        self.behind = False
        try:
            for index, file in enumerate(unread := self._unread(files)):
                is_last = index == len(unread) - 1
                for line in self._rest_of(file, most, is_last=is_last):
                    most -= len(line) + 1
                    yield line
                if self.behind:
                    return
        finally:
            for file in files:
                file.close()

    def _unread(self, files: list[BinaryIO]) -> list[BinaryIO]:
        """The file of the position and the newer ones."""
        if self.position is None:
            return files
        for index, file in enumerate(files):
            if _is_at(file, self.position):
                return files[index:]
        # With no file at all, the folder was emptied or Envoy has not reopened its log yet.
        if files:
            self.lost, self.position = True, _end_of(self.path)
        return []

    def _rest_of(self, file: BinaryIO, most: int, *, is_last: bool) -> Iterator[bytes]:
        inode = os.fstat(file.fileno()).st_ino
        known = self.position if self.position and self.position.inode == inode else None
        offset = known.offset if known else 0
        file.seek(offset)
        begin, rest = offset, b""
        while block := file.read(_AT_ONCE):
            *whole, rest = (rest + block).split(b"\n")
            offset += sum(map(len, whole)) + len(whole)
            yield from (line for line in whole if line)
            if offset - begin >= most:
                self.behind = True
                break
        if rest and not is_last and not self.behind:
            offset += len(rest)
            yield rest  # a line that was cut: nothing more is written to this file
        self.position = _position(file, inode, offset)


def _opened(path: Path) -> list[BinaryIO]:
    """The log and what was rotated, oldest first.

    They are opened newest first: a rotation meanwhile shows a file twice, and hides none.
    """
    found: dict[int, BinaryIO] = {}
    for one in (path, *(path.with_name(f"{path.name}.{number}") for number in _ROTATED)):
        try:
            file = one.open("rb")
        except FileNotFoundError:
            continue
        if found.setdefault(os.fstat(file.fileno()).st_ino, file) is not file:
            file.close()
    return list(reversed(found.values()))


def _is_at(file: BinaryIO, position: Position) -> bool:
    status = os.fstat(file.fileno())
    if status.st_ino != position.inode or status.st_size < position.offset:
        return False
    file.seek(0)
    return file.read(len(position.head)) == position.head


def _position(file: BinaryIO, inode: int, offset: int) -> Position:
    file.seek(0)
    return Position(inode=inode, head=file.read(min(_HEAD, offset)), offset=offset)


def _end_of(path: Path) -> Position | None:
    """The end of a log, after its last whole line; None if it does not exist."""
    files = _opened(path)
    try:
        if not files:
            return None
        file = files[-1]
        status = os.fstat(file.fileno())
        begin = max(0, status.st_size - _AT_ONCE)
        file.seek(begin)
        last = file.read(status.st_size - begin).rfind(b"\n") + 1
        return _position(file, status.st_ino, begin + last)
    finally:
        for one in files:
            one.close()
