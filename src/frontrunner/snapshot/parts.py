"""Packed old snapshots: each file is compressed and stored once, for all snapshots that share it.

A packed snapshot keeps its manifest; its files are in `HOME/parts`, named by the checksum that the
manifest has of them. Files that two snapshots share are stored once. Prepared answers and icons are
dropped, because they can be made again. A kill at any point loses nothing: files are removed only
after the mark is written, and the mark is written only after the parts. Unpacking does the same in
reverse.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import zstandard

from frontrunner.base.atomic import add_file, remove_folder, sweep, temporary_folder, write_file
from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.base.home import Home
from frontrunner.snapshot.manifest import BUILT, MANIFEST, FileEntry, Manifest, read_manifest

PACKED = "packed"
_STAY = frozenset({BUILT, MANIFEST, PACKED})
_LEVEL = 9
"""Half the time of zstd's level 12 for 3% more bytes."""


def is_packed(folder: Path) -> bool:
    """Whether the files of the snapshot in `folder` are in the parts of its home."""
    return (folder / PACKED).is_file()


def pack(folder: Path) -> None:
    """Pack the snapshot in `folder`, or finish a packing that a kill interrupted.

    Raises CorruptSnapshotError if a file is not what the manifest says, OSError if a part cannot be
    written; the snapshot then stays as it is.
    """
    home = Home.of_snapshot(folder)
    if not is_packed(folder):
        for name, entry in read_manifest(folder).files.items():
            _keep_part(home, folder / name, entry)
        write_file(folder / PACKED, b"")
    for path in folder.iterdir():
        if path.is_dir():
            remove_folder(path)
        elif path.name not in _STAY:
            path.unlink()


def _keep_part(home: Home, path: Path, entry: FileEntry) -> None:
    part = home.part(entry.sha256)
    if part.is_file():
        return
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CorruptSnapshotError(f"{path} cannot be read: {error.strerror or error}") from error
    if not _is(content, entry):
        raise CorruptSnapshotError(f"{path} was modified, so its snapshot was not packed.")
    part.parent.mkdir(parents=True, exist_ok=True)
    write_file(part, zstandard.ZstdCompressor(level=_LEVEL).compress(content))


def unpack(folder: Path) -> None:
    """Give a packed snapshot its files back; nothing to do for one that has them.

    Raises CorruptSnapshotError if a part is missing or damaged, OSError if there is no room.
    """
    if is_packed(folder):
        for path in folder.iterdir():
            if path.is_dir():
                remove_folder(path)  # answers of which a kill left a part
        for name, content in _contents(folder):
            write_file(folder / name, content)
        (folder / PACKED).unlink()


@contextmanager
def unpacked(folder: Path) -> Iterator[Path]:
    """A folder with all files of a snapshot: its own, or a temporary one while the block runs.

    The home is not written to. Raises CorruptSnapshotError if a part is missing or damaged.
    """
    if not is_packed(folder):
        yield folder
        return
    with temporary_folder("snapshot") as fresh:
        unpack_to(folder, fresh)
        yield fresh


def unpack_to(folder: Path, target: Path) -> None:
    """Write all files of a packed snapshot to `target`, which has none of them."""
    for name, content in _contents(folder):
        add_file(target / name, content)
    for name in (BUILT, MANIFEST):
        add_file(target / name, (folder / name).read_bytes())


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    home = Home.of_snapshot(folder)
    for name, entry in read_manifest(folder).files.items():
        content = _part(home, entry)
        if content is None:
            raise CorruptSnapshotError(
                f"{home.part(entry.sha256)}, the packed {name} of snapshot {folder.name}, is "
                "missing or damaged. Restore it from a backup, or remove the snapshot."
            )
        yield name, content


def _part(home: Home, entry: FileEntry) -> bytes | None:
    try:
        kept = home.part(entry.sha256).read_bytes()
        content = zstandard.ZstdDecompressor().decompress(kept, max_output_size=entry.bytes)
    except (OSError, zstandard.ZstdError):
        return None
    return content if _is(content, entry) else None


def _is(content: bytes, entry: FileEntry) -> bool:
    return len(content) == entry.bytes and hashlib.sha256(content).hexdigest() == entry.sha256


def parts_damage(folder: Path, manifest: Manifest) -> Iterable[str]:
    """Describe each part of a packed snapshot that is missing or damaged, one line each."""
    home = Home.of_snapshot(folder)
    for name, entry in manifest.files.items():
        if _part(home, entry) is None:
            yield f"{name} is packed, and its part {entry.sha256} is missing or damaged"


def remove_unused(home: Home) -> None:
    """Remove the parts that no packed snapshot has; for a caller that has locked the home."""
    if not home.parts.is_dir():
        return
    sweep(home.parts)
    used = set()
    for folder in home.snapshots.iterdir():
        if is_packed(folder):
            try:
                used |= {entry.sha256 for entry in read_manifest(folder).files.values()}
            except CorruptSnapshotError:
                return  # which parts it has is not known
    for part in home.parts.iterdir():
        if part.stem not in used:
            part.unlink()
