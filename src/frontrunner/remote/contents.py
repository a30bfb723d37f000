"""Which files of a home belong to one snapshot, opened so that nobody can change them meanwhile."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, NamedTuple

from frontrunner.base.home import Home
from frontrunner.remote.model import FileRef, Listing

_CHUNK = 1 << 20


class Opened(NamedTuple):
    """A file that was read once, and can be read again from its beginning."""

    ref: FileRef
    file: BinaryIO


def paths_of(home: Home, snapshot: str) -> Iterator[Path]:
    """The files that a server needs to serve `snapshot` as this home would."""
    yield from _files(home.snapshot(snapshot))
    yield from _files(home.calls_of(snapshot))
    yield from (path for path in (home.adopted, home.moved) if path.is_file())


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(".") for part in inside):
            yield path


def open_contents(home: Home, snapshot: str, stack: ExitStack) -> list[Opened]:
    """Open and read all files; they stay open, and so the same, until the stack ends.

    A folder that is replaced meanwhile leaves the old files open. Raises OSError.
    """
    found = []
    for path in paths_of(home, snapshot):
        file = stack.enter_context(path.open("rb"))
        digest, length = hashlib.sha256(), 0
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            length += len(chunk)
        file.seek(0)
        name = path.relative_to(home.path).as_posix()
        found.append(Opened(FileRef(name, length, digest.hexdigest()), file))
    return found


def listing_of(snapshot: str, opened: list[Opened]) -> Listing:
    """The listing of files that were opened."""
    return Listing(snapshot=snapshot, files=tuple(sorted(one.ref for one in opened)))
