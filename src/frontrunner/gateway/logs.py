"""Envoy's logs: read as they grow, rotated, and bounded on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from frontrunner.base.atomic import move_file
from frontrunner.gateway.admin import Admin

LOGS = ("requests.log", "attempts.log", "envoy.log", "envoy.err")
"""What is rotated."""
_KEPT = 4
"""Files of each log: the one being written and three before it."""
_AT_ONCE = 8 * 1024 * 1024


class RequestLine(msgspec.Struct, frozen=True):
    """One request of a user, as `requests.log` has it. None is what Envoy does not know."""

    at: str = ""
    method: str | None = None
    path: str | None = None
    route: str | None = None
    bucket: str | None = None
    choice: str | None = None
    side: str | None = None
    """The board that answered last; None if none did."""
    status: int | None = None
    attempts: int | None = None
    flags: str | None = None
    """Envoy's response flags, separated by commas."""
    ms: int | None = None
    bytes: int | None = None

    @property
    def asked(self) -> str:
        """The board that was asked first: `old`, `new`, or `own` for the gateway's own paths."""
        return (self.route or "own").partition(".")[0]

    @property
    def fell_back(self) -> bool:
        """Whether the old board answered what the new one was asked."""
        return self.asked == "new" and self.side == "old"

    @property
    def gone(self) -> bool:
        """Whether the client went away before the answer ended."""
        return _is_gone(self.flags)


class AttemptLine(msgspec.Struct, frozen=True):
    """One attempt at a board, as `attempts.log` has it."""

    at: str = ""
    method: str | None = None
    route: str | None = None
    side: str | None = None
    status: int | None = None
    flags: str | None = None
    ms: int | None = None

    @property
    def failed(self) -> bool:
        """Whether the board failed it: no answer, or a status of 500 and more.

        A client that went away is not a failure of the board, nor is an attempt that was given up
        because the other board answered first: Envoy has no flag for that.
        """
        if _is_gone(self.flags):
            return False
        return self.status >= 500 if self.status else (self.flags or "-") != "-"


_GONE = frozenset({"DC", "DR"})
"""Flags of a client that closed its connection, or over HTTP/2 cancelled its request."""


def _is_gone(flags: str | None) -> bool:
    return bool(flags) and not _GONE.isdisjoint((flags or "").split(","))


Line = TypeVar("Line", RequestLine, AttemptLine)


class Tail:
    """The lines of a log as they come; goes on after a rotation."""

    def __init__(self, path: Path, *, from_start: bool = False) -> None:
        self.path = path
        self._file: BinaryIO | None = None
        self._rest = b""
        self._from_start = from_start
        self.unreadable = 0
        """Lines that were no JSON of the expected shape."""

    def lines(self) -> Iterator[bytes]:
        """Whole lines that were written since the last call."""
        if self._file is None and not self._open():
            return
        yield from self._read()
        if self._is_replaced():
            yield from self._read()
            self.close()
            self._from_start = True
            if self._open():
                yield from self._read()

    def decoded(self, kind: type[Line]) -> Iterator[Line]:
        """The lines as values; those that are not are counted in `unreadable`."""
        for line in self.lines():
            try:
                yield msgspec.json.decode(line, type=kind)
            except (msgspec.DecodeError, UnicodeDecodeError):
                self.unreadable += 1

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
        self._file, self._rest = None, b""

    def _open(self) -> bool:
        try:
            self._file = self.path.open("rb")
        except FileNotFoundError:
            self._from_start = True
            return False
        if not self._from_start:
            self._file.seek(0, 2)
        self._from_start = True
        return True

    def _read(self) -> Iterator[bytes]:
        while self._file is not None:
            block = self._file.read(_AT_ONCE)
            if not block:
                return
            *whole, self._rest = (self._rest + block).split(b"\n")
            yield from (line for line in whole if line)

    def _is_replaced(self) -> bool:
        import os  # noqa: PLC0415

        if self._file is None:
            return False
        try:
            now = self.path.stat()
        except FileNotFoundError:
            return False
        return now.st_ino != os.fstat(self._file.fileno()).st_ino


def rotate(paths: list[Path], admin: Admin, limit: int) -> list[Path]:
    """Rotate the logs that are larger than `limit` bytes; returns those that were.

    Envoy is asked again to reopen a log that an earlier call moved but Envoy did not reopen. Raises
    GatewayError if Envoy does not reopen them, OSError if one cannot be moved.
    """
    large = [path for path in paths if path.is_file() and path.stat().st_size > limit]
    for path in large:
        for number in range(_KEPT - 1, 0, -1):
            older = path.with_name(f"{path.name}.{number}")
            newer = path.with_name(f"{path.name}.{number - 1}") if number > 1 else path
            if newer.is_file():
                move_file(newer, older)
    if large or any(map(_is_moved, paths)):
        admin.post("/reopen_logs")
    return large


def _is_moved(path: Path) -> bool:
    """Whether Envoy may still write to a file that was moved: its answer may have been lost."""
    return path.suffix == ".log" and not path.exists() and path.with_name(f"{path.name}.1").exists()
