"""The manifest: the files of a snapshot with their digests, and its sources."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import msgspec

from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.base.json import read_as
from frontrunner.results.origin import Origin

FORMAT = 3
MANIFEST = "manifest.json"
BUILT = "built.json"
_AT_ONCE = 2


_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Seconds = Annotated[float, msgspec.Meta(ge=0, lt=253_402_300_800)]
"""Seconds since the epoch, up to the year 9999: what a date can show."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What a snapshot holds, in numbers."""

    files_seen: _Count
    files_used: _Count
    files_rejected: _Count
    """Files with a mistake in them."""
    files_set_aside: _Count
    """Files that a rule passed over, with nothing wrong in them."""
    rows: _Count
    models: _Count
    tasks: _Count
    benchmarks: _Count
    rejected_by_reason: dict[str, _Count]


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Where a snapshot came from."""

    builder: str
    catalog: str
    results: Origin | tuple[Origin, ...]
    """The source, or all sources in the order in which they were given."""
    revisions: str = "mteb"
    """The rule that chose among several runs of a model: `mteb` or `newest`."""
    counts: Counts

    @property
    def sources(self) -> tuple[Origin, ...]:
        """All sources; later ones win."""
        return (self.results,) if isinstance(self.results, Origin) else self.results


SCORES_PARQUET = "scores.parquet"
"""The file with every score, for other programs."""


class FileEntry(msgspec.Struct, frozen=True):
    """One file of a snapshot."""

    bytes: _Count
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The list of a snapshot's files with their checksums; written last."""

    format: int
    id: str
    provenance: Provenance
    files: dict[str, FileEntry]


class Built(msgspec.Struct, frozen=True):
    """When a snapshot was built; kept out of its name, so that equal inputs give equal names."""

    at: Seconds
    of: Seconds | None = None
    """The moment that it shows, if it was rebuilt later: that of the results' commit."""


def file_digest(path: Path) -> FileEntry:
    """Length and SHA-256 checksum of a file."""
    with path.open("rb", buffering=0) as file:
        # Into one buffer: fresh memory for each part takes longer than its checksum.
        digest = hashlib.file_digest(file, "sha256")
        return FileEntry(file.tell(), digest.hexdigest())


def make_manifest(provenance: Provenance, files: Mapping[str, FileEntry]) -> Manifest:
    """The manifest of `files`, with the name that their content gives."""
    ordered = dict(sorted(files.items()))
    return Manifest(
        format=FORMAT, id=_name(provenance, ordered), provenance=provenance, files=ordered
    )


def _name(provenance: Provenance, files: Mapping[str, FileEntry]) -> str:
    content = msgspec.json.encode([FORMAT, provenance, files], order="deterministic")
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the snapshot in `folder`; raises CorruptSnapshotError if it has none."""
    path = folder / MANIFEST
    try:
        manifest = read_as(path, Manifest)
    except (OSError, ValueError) as error:
        raise CorruptSnapshotError(
            f"{path} cannot be read: {error}. Publish another snapshot (frontrunner snapshots "
            "lists them) or build this one again."
        ) from error
    if manifest.format != FORMAT:
        raise CorruptSnapshotError(
            f"{path} has format {manifest.format}; this frontrunner reads format {FORMAT}. "
            "Build it again."
        )
    return manifest


def damage(folder: Path, manifest: Manifest) -> Iterable[str]:
    """Describe each file that differs from the manifest, one line each."""
    yield from differences(folder, manifest.files)
    if manifest.id != _name(manifest.provenance, manifest.files):
        yield f"{MANIFEST} does not match the name {manifest.id}"


def differences(folder: Path, files: Mapping[str, FileEntry]) -> Iterable[str]:
    """Say which of `files` are not in `folder` as they were."""
    # Checksums are made outside of Python's lock, so a server serves a new snapshot sooner.
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        found = threads.map(_difference, map(folder.joinpath, files), files, files.values())
        yield from filter(None, found)


def _difference(path: Path, name: str, promised: FileEntry) -> str:
    """What is wrong with one file, or empty."""
    if not path.is_file():
        return f"{name} is missing"
    try:
        found = file_digest(path)
    except OSError as error:
        return f"{name} cannot be read: {error.strerror or error}"
    if found.bytes != promised.bytes:
        return f"{name} has {found.bytes:,} bytes, not {promised.bytes:,}"
    return f"{name} has been changed" if found.sha256 != promised.sha256 else ""
