"""Walk a `.zip` one member at a time, unpacking nothing; limits as for other archives."""

from __future__ import annotations

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from frontrunner.base.errors import SourceError
from frontrunner.results.archive import Member, most_bytes, too_many_bytes
from frontrunner.results.sources import MAX_FILE_BYTES

_ENCRYPTED = 1
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OSError,
    MemoryError,
)
"""What unpacking a damaged or hostile member raises; the last for a dictionary of 4 GB."""


def is_zip(path: Path) -> bool:
    """Whether the name says that this is a zip archive."""
    return path.name.lower().endswith(".zip")


def walk_zip(path: Path) -> Iterator[Member]:
    """Yield the members in their order, folders left out.

    A member that is a link, too large or encrypted has no data. Raises SourceError if the archive
    is damaged, cut off, unpacks to too much, or is none.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            left = most_bytes(path)
            for info in archive.infolist():
                if info.filename.endswith("/"):  # a damaged name may be empty
                    continue
                member = _member(archive, info)
                left -= len(member.data or b"")
                if left < 0:
                    raise too_many_bytes()
                yield member
    except _DAMAGE as error:
        said = getattr(error, "strerror", None) or str(error) or "it is cut off"
        raise SourceError(
            f"{path} is not a readable archive: {said}. Download or pack it again."
        ) from error


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    mode = info.external_attr >> 16
    regular = stat.S_IFMT(mode) in (0, stat.S_IFREG) and not info.flag_bits & _ENCRYPTED
    data = None
    if regular and info.file_size <= MAX_FILE_BYTES:
        with archive.open(info) as file:
            # The size in the directory may be false.
            found = file.read(MAX_FILE_BYTES + 1)
        data = found if len(found) <= MAX_FILE_BYTES else None
    return Member(info.filename, regular, info.file_size, data)
