"""Walk a `.tar.zst` or `.tar.gz` as a stream, one member at a time, unpacking nothing.

The standard library's `tarfile` costs about 50 µs for each member, which for 100,000 result
files is longer than reading them takes; this walker knows just what such archives hold: plain
files, folders, and long names in the GNU and the POSIX (pax) way.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol

import zstandard

from frontrunner.base.errors import SourceError
from frontrunner.results.sources import MAX_FILE_BYTES

_BLOCK = 512
_FILES = (b"0", b"\0", b"7")
"""Plain files, as they are written today, were long ago, and were for disks that had extents."""
_FOLDER = b"5"
_WITHOUT_CONTENT = (b"1", b"2", b"3", b"4", b"6")
"""Links, devices and pipes, whatever their size field says."""
_GNU_LONG_NAME, _GNU_LONG_LINK, _PAX, _PAX_GLOBAL = b"L", b"K", b"x", b"g"
_MAX_HEADER_BYTES = 1024 * 1024
_MAX_RECORDS = 1000
"""Records of a pax header; hundreds of thousands fit into one, and take seconds to follow."""
_MAX_WINDOW = 2**27
"""Memory that an archive may ask for, to unpack it: what zstd itself grants unasked."""
_FREE_BYTES, _MAX_RATIO = 2**30, 500
"""Beyond the first GiB an archive may unpack to so many times its size; real ones reach 12."""


class Member(NamedTuple):
    """One file of an archive."""

    name: str
    regular: bool
    size: int
    data: bytes | None
    """The content; None for what is no regular file or is too large."""


def most_bytes(path: Path) -> int:
    """How many bytes the archive at `path` may unpack to. Raises OSError if it does not exist."""
    return _FREE_BYTES + _MAX_RATIO * path.stat().st_size


def too_many_bytes() -> ValueError:
    """The error for an archive that unpacks to more than `most_bytes`."""
    return ValueError(f"it unpacks to more than {_MAX_RATIO} times its size")


def is_archive(path: Path) -> bool:
    """Whether the name says that this is an archive we read."""
    return path.name.endswith((".tar.zst", ".tar.gz", ".tgz", ".tar"))


class _Readable(Protocol):
    """What a file and both decompressors have in common."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""

    def __enter__(self) -> _Readable: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> object: ...


def _open(path: Path) -> _Readable:
    if path.name.endswith(".zst"):
        window = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW)
        return window.stream_reader(path.open("rb"), closefd=True)
    if path.name.endswith(".tar"):
        return path.open("rb")
    return gzip.open(path, "rb")


class _Stream:
    """Exact reads from a decompressor that returns what it has."""

    def __init__(self, raw: _Readable, limit: int) -> None:
        self._raw = raw
        self._left = limit
        self._chunk = b""
        self._at = 0

    def read(self, length: int) -> bytes:
        """Exactly `length` bytes; raises EOFError if the stream ends earlier.

        Raises ValueError past the limit, because an archive may be built never to end.
        """
        end = self._at + length
        if end <= len(self._chunk):
            data = self._chunk[self._at : end]
            self._at = end
            return data
        parts = [self._chunk[self._at :]]
        missing = length - len(parts[0])
        while missing > 0:
            self._chunk = self._raw.read(max(1 << 20, min(missing, 1 << 24)))
            if not self._chunk:
                raise EOFError
            self._left -= len(self._chunk)
            if self._left < 0:
                raise too_many_bytes()
            parts.append(self._chunk[:missing])
            self._at = len(parts[-1])
            missing -= self._at
        return b"".join(parts)

    def skip(self, length: int) -> None:
        """Pass over `length` bytes."""
        while length > 0:
            step = min(length, 1 << 24)
            self.read(step)
            length -= step


def walk_archive(path: Path) -> Iterator[Member]:
    """Yield the members in their order, folders left out.

    Raises SourceError where the archive is damaged, is cut off, or is none.
    """
    try:
        with _open(path) as raw:
            yield from _walk(_Stream(raw, most_bytes(path)))
    except EOFError:
        raise SourceError(f"{path} is cut off. Fetch it again.") from None
    except (zstandard.ZstdError, zlib.error, gzip.BadGzipFile, ValueError) as error:
        raise SourceError(f"{path} is not a readable archive: {error}. Fetch it again.") from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.") from error


def _walk(stream: _Stream) -> Iterator[Member]:
    long_name: str | None = None
    for header in _headers(stream):
        size, kind = _number(header[124:136]), header[156:157]
        if kind in (_GNU_LONG_NAME, _GNU_LONG_LINK, _PAX, _PAX_GLOBAL):
            if size > _MAX_HEADER_BYTES:
                raise ValueError("a header is larger than 1 MiB")
            extra = _body(stream, size)
            if kind == _GNU_LONG_NAME:
                long_name = _text(extra)
            elif kind == _PAX:
                long_name = _pax_path(extra) or long_name
            continue
        name, long_name = long_name or _name(header), None
        if kind == _FOLDER:
            stream.skip(_padded(size))
        else:
            yield _member(stream, name, size, kind)


def _headers(stream: _Stream) -> Iterator[bytes]:
    """The header blocks; between two of them the content of the first must be read.

    An archive that others were joined to ends in the middle, and goes on.
    """
    ended = False
    while True:
        try:
            header = stream.read(_BLOCK)
        except EOFError:
            if ended:
                return
            raise
        if not header.strip(b"\0"):
            ended = True
        elif _is_header(header):
            ended = False
            yield header
        elif ended:
            return  # what follows the end is no archive
        else:
            raise ValueError("a header is damaged")


def _member(stream: _Stream, name: str, size: int, kind: bytes) -> Member:
    regular = kind in _FILES
    if regular and size <= MAX_FILE_BYTES:
        return Member(name, True, size, _body(stream, size))
    stream.skip(0 if kind in _WITHOUT_CONTENT else _padded(size))
    return Member(name, regular, size, None)


def _is_header(block: bytes) -> bool:
    """Whether a block has the sum that it names."""
    # Adler-32's low half is the sum of all bytes, plus 1, modulo 65521: far quicker than sum().
    named = block[148:156]
    found = (zlib.adler32(block) & 0xFFFF) - 1 - sum(named) + 8 * ord(" ")
    try:
        return (found - _number(named)) % 65521 == 0
    except ValueError:
        return False


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _body(stream: _Stream, size: int) -> bytes:
    data = stream.read(size)
    stream.read(_padded(size) - size)
    return data


def _number(field: bytes) -> int:
    """An octal size, or (first bit set) a binary one."""
    if field[0] & 0x80:
        return int.from_bytes(field, "big") & ~(0x80 << (8 * (len(field) - 1)))
    digits = field.strip(b"\0 ")
    if digits.strip(b"01234567"):  # a sign, which int() would take, leads backwards
        raise ValueError("a header has an invalid number")
    return int(digits or b"0", 8)


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")


def _name(header: bytes) -> str:
    name = _text(header[:100])
    prefix = _text(header[345:500]) if header[257:262] == b"ustar" else ""
    return f"{prefix}/{name}" if prefix else name


def _pax_path(extra: bytes) -> str | None:
    """The `path` of a pax header: records of `length key=value`, each ended by a newline.

    A value may hold newlines itself, so the lengths must be followed.
    """
    at = 0
    for _ in range(_MAX_RECORDS):
        if at >= len(extra):
            return None
        length = int(extra[at : extra.index(b" ", at)])
        record = extra[at : at + length]
        if length <= 0:
            raise ValueError("a pax header has a record without length")
        key, _, value = record.partition(b" ")[2].partition(b"=")
        if key == b"path":
            return _text(value.removesuffix(b"\n"))
        at += length
    raise ValueError(f"a pax header has more than {_MAX_RECORDS} records")
