"""Which files of a home belong to one snapshot, opened so that later changes do not matter."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, NamedTuple

from frontrunner.base.home import Home
from frontrunner.remote.model import FileRef, Listing
from frontrunner.snapshot.past import timeline_locked


class Opened(NamedTuple):
    """A file that was read once, and can be read again from its beginning."""

    ref: FileRef
    file: BinaryIO


def paths_of(home: Home, snapshot: str) -> Iterator[Path]:
    """The files that a server needs to serve `snapshot` as this home would."""
    yield from _files(home.snapshot(snapshot))
    yield from _files(home.calls_of(snapshot))
    yield from _files(home.timeline)
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
    with timeline_locked(home):  # its files belong together
        opened = [(path, stack.enter_context(path.open("rb"))) for path in paths_of(home, snapshot)]
    return [Opened(_ref(home, path, file), file) for path, file in opened]


def _ref(home: Home, path: Path, file: BufferedReader) -> FileRef:
    digest = hashlib.file_digest(file, "sha256")
    length = file.tell()
    file.seek(0)
    return FileRef(path.relative_to(home.path).as_posix(), length, digest.hexdigest())


def listing_of(snapshot: str, opened: list[Opened]) -> Listing:
    """The listing of files that were opened."""
    return Listing(snapshot=snapshot, files=tuple(sorted(one.ref for one in opened)))
