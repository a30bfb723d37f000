"""Download the current snapshot of a store to a home, check it, and make it current there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from frontrunner.base.atomic import (
    fresh_folder,
    hidden_folder,
    new_file,
    remove_folder,
    sweep,
    write_file,
)
from frontrunner.base.errors import CorruptSnapshotError, SnapshotError, StoreError
from frontrunner.base.home import Home
from frontrunner.base.json import read_as
from frontrunner.remote.bucket import Bucket
from frontrunner.remote.model import (
    POINTER,
    Entry,
    FileRef,
    Listing,
    checked_listing,
    encoded,
    listing_key,
    object_key,
)
from frontrunner.remote.plan import check_paths, parts_of
from frontrunner.remote.push import read_current
from frontrunner.snapshot.freshness import read_checked_at, write_checked_at
from frontrunner.snapshot.manifest import BUILT, MANIFEST, damage, file_digest, read_manifest
from frontrunner.snapshot.store import Store

_AT_ONCE = 4
_CHUNK = 1 << 20


class Pulled(NamedTuple):
    """What a pull did."""

    snapshot: str
    downloaded: int
    """Bytes."""


class Puller:
    """Keeps one home in sync with one store."""

    def __init__(self, bucket: Bucket, store: Store, keep: int = 2) -> None:
        """`keep` is how many snapshots the home keeps."""
        self._bucket = bucket
        self._store = store
        self._keep = keep
        self._tag: str | None = None
        self._installed = ""
        """The listing that the home has."""
        self._downloaded = 0

    def pull(self) -> Pulled | None:
        """Make current what is current in the store; None if nothing changed since the last time.

        After any failure, the current snapshot stays current. Raises StoreError if the store does
        not answer, CorruptSnapshotError if its content is not what was published,
        SnapshotError if the home cannot be written.
        """
        changed = read_current(self._bucket, self._tag)
        if changed is None:
            return None
        pointer, read = changed
        self._downloaded = 0
        entry = pointer.current
        try:
            if entry.listing != self._installed:
                self._install(self._listing(entry))
                self._installed = entry.listing
            self._use(entry.snapshot, pointer.checked_at)
        except OSError as error:
            raise SnapshotError(
                f"Snapshot {entry.snapshot} of {self._bucket.address} could not be written to "
                f"{self._store.home}: {error.strerror or error}. Free disk space or fix "
                "permissions. The served snapshot did not change."
            ) from error
        self._tag = read.tag
        return Pulled(entry.snapshot, self._downloaded)

    def _listing(self, entry: Entry) -> Listing:
        """The listing of an entry, if this home does not have it installed."""
        key = listing_key(entry.listing)
        try:
            found = self._bucket.read(key)
        except FileNotFoundError:
            found = None
        if found is None:
            raise StoreError(
                f"{key} is missing in {self._bucket.address}, though {POINTER} names it. On the "
                "machine that builds the board, run: frontrunner store push"
            )
        listing = checked_listing(found.body, entry)
        check_paths(listing)
        return listing

    def _install(self, listing: Listing) -> None:
        """Write every file of a listing that the home does not have as it should be."""
        at = self._store.at
        fetch = Fetching(self._bucket, dict(self._known()))
        target = at.snapshot(listing.snapshot)
        prefix = target.relative_to(at.path).as_posix()
        inside = parts_of(listing)
        own = {f: files for f, files in inside.items() if f == prefix or f.startswith(prefix + "/")}
        if _is_broken(target, own.get(prefix, [])):
            self._add(listing, [one for files in own.values() for one in files], fetch)
        for folder, files in inside.items():
            if _differing(at, files):
                _renew(at, folder, files, fetch, whole=folder != prefix)
        self._downloaded = fetch.downloaded
        at.store.mkdir(parents=True, exist_ok=True)
        write_file(at.store_listing, encoded(listing))

    def _known(self) -> Iterator[tuple[str, Path]]:
        """The files that the home has of the last listing, by their content."""
        at = self._store.at
        with suppress(OSError, ValueError):
            for one in read_as(at.store_listing, Listing).files:
                yield one.sha256, at.inside(one.path)

    def _add(self, listing: Listing, files: list[FileRef], fetch: Fetching) -> None:
        """Write a whole snapshot to a temporary folder, then rename it."""
        store = self._store
        store.folder.mkdir(parents=True, exist_ok=True)
        sweep(store.folder)
        with hidden_folder(store.folder) as fresh:
            prefix = f"{store.folder.name}/{listing.snapshot}/"
            fetch.all((one, fresh / one.path.removeprefix(prefix)) for one in files)
            manifest = read_manifest(fresh)
            problem = next(iter(damage(fresh, manifest)), None)
            if problem or manifest.id != listing.snapshot:
                raise CorruptSnapshotError(
                    f"Snapshot {listing.snapshot} in {self._bucket.address} is damaged: "
                    f"{problem or f'its manifest is of {manifest.id}'}. Publish it again: "
                    "frontrunner store push"
                )
            with store.changing():
                store.keep(fresh)

    def _use(self, snapshot: str, checked_at: float | None) -> None:
        store = self._store
        with store.changing():
            if checked_at is not None and read_checked_at(store.at, snapshot) != checked_at:
                store.at.refresh.mkdir(parents=True, exist_ok=True)
                write_checked_at(store.at, snapshot, checked_at)
            store.publish(snapshot)
            for name in store.prune(self._keep):
                with suppress(FileNotFoundError):
                    remove_folder(store.at.calls_of(name))


class Fetching:
    """Copies files by their content: from the home if it has it, else from the store."""

    def __init__(self, bucket: Bucket, known: Mapping[str, Path]) -> None:
        self._bucket = bucket
        self._known = known
        self.downloaded = 0
        """Bytes."""

    def all(self, files: Iterable[tuple[FileRef, Path]]) -> None:
        """Write several files at once; raises as `one` does."""
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            for size in threads.map(lambda one: self.one(*one), files):
                self.downloaded += size

    def one(self, ref: FileRef, target: Path) -> int:
        """Write one new file; how many bytes of it came from the store.

        Raises StoreError if the store does not answer or has no such object, and
        CorruptSnapshotError if its bytes differ from those of the listing.
        """
        here = self._known.get(ref.sha256)
        if here is not None and here.is_file():
            with suppress(OSError), here.open("rb") as file:
                if _written(target, iter(lambda: file.read(_CHUNK), b""), ref):
                    return 0
        key = object_key(ref.sha256)
        try:
            if _written(target, self._bucket.stream(key), ref):
                return ref.bytes
        except FileNotFoundError:
            raise StoreError(
                f"{key} is missing in {self._bucket.address}. On the machine that builds the "
                "board, run: frontrunner store push"
            ) from None
        raise CorruptSnapshotError(
            f"{key} in {self._bucket.address} is damaged, so {ref.path} was not written. Remove "
            "the object and, on the machine that builds the board, run: frontrunner store push"
        )


def _written(target: Path, parts: Iterable[bytes], ref: FileRef) -> bool:
    """Write a new file; whether it became what `ref` says. Nothing is left if not."""
    digest, length = hashlib.sha256(), 0
    with new_file(target) as file:
        for part in parts:
            length += len(part)
            if length > ref.bytes:
                break
            digest.update(part)
            file.write(part)
    if length == ref.bytes and digest.hexdigest() == ref.sha256:
        return True
    target.unlink()
    return False


def _is_broken(folder: Path, files: list[FileRef]) -> bool:
    """Whether a snapshot is not there, or a file of it is not what it was; built.json may be."""
    if not (folder / MANIFEST).is_file():
        return True
    fixed = [one for one in files if not one.path.endswith(f"/{BUILT}")]
    return bool(_differing(Home.of_snapshot(folder), fixed))


def _differing(at: Home, files: list[FileRef]) -> list[FileRef]:
    """The files that the home does not have as they should be."""
    return [one for one in files if not _is_same(at.inside(one.path), one)]


def _is_same(path: Path, ref: FileRef) -> bool:
    if not path.is_file() or path.stat().st_size != ref.bytes:
        return False
    return file_digest(path).sha256 == ref.sha256


def _renew(at: Home, folder: str, files: list[FileRef], fetch: Fetching, *, whole: bool) -> None:
    """Replace a folder of prepared answers as a whole, or single files one by one."""
    target = at.inside(folder)
    if whole and folder not in (".", "legacy"):
        target.parent.mkdir(parents=True, exist_ok=True)
        with fresh_folder(target) as fresh:
            fetch.all((one, fresh / Path(one.path).name) for one in files)
        return
    target.mkdir(parents=True, exist_ok=True)
    with hidden_folder(target) as aside:
        for one in _differing(at, files):
            fetch.all([(one, aside / "file")])
            write_file(at.inside(one.path), (aside / "file").read_bytes())
            (aside / "file").unlink()
