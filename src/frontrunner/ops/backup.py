"""Back up a home into one file, and make a home of it again.

The file is a tar: every file of the home that cannot be made again, and `backup.json` last, with
the hash of each. A backup without it was cut off and is refused. Databases of SQLite are copied by
SQLite itself while they are in use; the published snapshot cannot change meanwhile. Both ends are
atomic: the file, and the home, get their names when they are complete.
"""

from __future__ import annotations

import hashlib
import io
import os
import sqlite3
import stat
import tarfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath

import msgspec

from frontrunner import __version__
from frontrunner.base.atomic import (
    add_file,
    fresh_folder,
    hidden_folder,
    move_file,
    new_file,
    point_link,
    sync_file,
    sync_folder,
    temporary_folder,
)
from frontrunner.base.errors import BackupError
from frontrunner.base.home import Home
from frontrunner.snapshot.manifest import FileEntry
from frontrunner.snapshot.store import Store, remedy, whole_damage

INDEX = "backup.json"
_FORMAT = 1
_MADE_AGAIN = frozenset({"sources", "cache", "catalog", "snapshots", "parts", "rehearsal"})
"""Folders of a home that are fetched or made again; of the snapshots, the published one is kept."""
_SECRETS = frozenset({"console-tokens"})
_OF_THIS_MACHINE = frozenset({"base-id"})
"""As files of process numbers, what a copy on the same machine must not take for its own."""
_SQLITE = b"SQLite format 3\0"
_BESIDE_SQLITE = ("-wal", "-shm", "-journal")
Check = Callable[[Path, Path], None]
"""Raises an error if a copied database is damaged: its path in the home, and the copy."""


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds: `backup.json`."""

    format: int = _FORMAT
    at: float
    """When it was made, in seconds since the epoch."""
    release: str = __version__
    snapshot: str | None
    """What was published."""
    files: dict[str, FileEntry]
    """By path below the home."""
    left_out: tuple[str, ...]
    """Secrets, which are kept elsewhere."""


def back_up(
    store: Store, file: Path, secrets: frozenset[Path] = frozenset(), check: Check | None = None
) -> Index:
    """Write a backup of a home. `secrets` are further files that are left out.

    Raises BackupError if the file exists, or if the published snapshot or a database is damaged.
    """
    if file.exists():
        raise BackupError(f"{file} exists already. Name another file, or remove it first.")
    if not store.home.is_dir():
        raise BackupError(f"There is no home at {store.home}. Name it with --home.")
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            temporary_folder("backup") as folder,
            hidden_folder(file.parent, file.name) as aside,
            store.changing(),
        ):
            written = aside / file.name
            # Settings may have a salt or a password: the file is for its owner alone.
            with (
                new_file(written, mode=0o600) as opened,
                tarfile.TarFile(fileobj=opened, mode="w") as tar,
            ):
                index = _Copy(store, folder, secrets, check).into(tar)
            sync_file(written)
            move_file(written, file)
            sync_folder(file.parent)
            return index
    except OSError as error:
        raise BackupError(
            f"The backup {file} cannot be written: {error.strerror or error}. Free disk space, "
            "or name a file on another disk."
        ) from error


class _Copy:
    """One backup that is being written."""

    def __init__(
        self, store: Store, folder: Path, secrets: frozenset[Path], check: Check | None
    ) -> None:
        self._store, self._folder, self._check = store, folder, check
        self._secrets = {os.path.realpath(one) for one in secrets}
        self._left_out: list[str] = []

    def into(self, tar: tarfile.TarFile) -> Index:
        files = {}
        for path in self._paths():
            name = path.relative_to(self._store.home).as_posix()
            try:
                content = self._content(path)
            except FileNotFoundError:
                continue  # it was removed meanwhile
            files[name] = _entry(content)
            _add(tar, name, content)
        index = Index(
            at=time.time(),
            snapshot=self._store.current_id(),
            files=files,
            left_out=tuple(sorted(self._left_out)),
        )
        _add(tar, INDEX, msgspec.json.format(msgspec.json.encode(index), indent=1))
        return index

    def _paths(self) -> Iterator[Path]:
        home = Home(self._store.home)
        skip = {home.path / name for name in _MADE_AGAIN}
        skip.add(home.refresh_space)  # a copy of the snapshot, which the next deployment writes
        if Home(home.starter).snapshots.is_dir():  # one that only has the name is the user's own
            skip.add(home.starter)
        yield from self._below(home.path, skip)
        if self._store.current_id() is not None:
            current = self._store.current()
            if problems := whole_damage(current):
                raise BackupError(
                    f"Snapshot {current.id} is damaged: {problems[0]}. "
                    f"{remedy(problems, 'Run: frontrunner refresh')}"
                )
            yield from self._below(current.folder)

    def _below(self, folder: Path, skip: Collection[Path] = ()) -> Iterator[Path]:
        for path in sorted(folder.iterdir()):
            if path.name.startswith(".") or path in skip or path.is_symlink():
                continue
            if path.is_dir():
                yield from self._below(path, skip)
            elif self._is_kept(path):
                yield path

    def _is_kept(self, path: Path) -> bool:
        if path.name in _SECRETS or os.path.realpath(path) in self._secrets:
            self._left_out.append(path.relative_to(self._store.home).as_posix())
            return False
        beside = any(path.name.endswith(f".db{one}") for one in _BESIDE_SQLITE)
        running = path.suffix in (".lock", ".pid") or path.name in _OF_THIS_MACHINE
        return stat.S_ISREG(path.stat().st_mode) and not running and not beside

    def _content(self, path: Path) -> bytes:
        with path.open("rb") as opened:
            if opened.read(len(_SQLITE)) != _SQLITE:
                opened.seek(0)
                return opened.read()
        copied = self._folder / "copy.db"
        copied.unlink(missing_ok=True)
        _copy_database(path, copied)
        if self._check is not None:
            self._check(path.relative_to(self._store.home), copied)
        return copied.read_bytes()


def _copy_database(path: Path, to: Path) -> None:
    """Copy a database that others may be writing; what they commit meanwhile is in it or not."""
    try:
        with (
            closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(to)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, without others beside it
            [(said,)] = target.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as error:
        raise BackupError(f"The database {path} cannot be copied: {error}.") from error
    if said != "ok":
        raise BackupError(f"The database {path} is damaged: {said}. Restore an earlier backup.")


def restore(file: Path, home: Path, check: Check | None = None) -> Index:
    """Make a home of a backup. Raises BackupError if the home exists, or the file is damaged."""
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise BackupError(
            f"{home} exists and is not empty, and nothing is overwritten. Name another --home, or "
            "move it away first."
        )
    home.parent.mkdir(parents=True, exist_ok=True)
    try:
        with fresh_folder(home, replace=False) as fresh:
            index = _extracted(file, fresh)
            for name in index.files:
                path = fresh / name
                if check is not None and path.suffix == ".db":
                    check(Path(name), path)
            if index.snapshot is not None:
                store = Store(fresh)
                if problems := whole_damage(store.open(index.snapshot)):
                    raise BackupError(f"{file} has a damaged snapshot: {problems[0]}.")
                point_link(Home(fresh).current, Path("snapshots", index.snapshot))
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{file} is not a complete backup: {error}. Use another one.") from error
    except OSError as error:
        raise BackupError(
            f"{home} cannot be restored: {error.filename or file}: {error.strerror or error}."
        ) from error
    return index


def _extracted(file: Path, folder: Path) -> Index:
    """Write the files of a backup below `folder`, each compared with its hash."""
    found: dict[str, FileEntry] = {}
    with tarfile.open(file, "r:") as tar:
        for member in tar:
            opened = tar.extractfile(member) if member.isreg() else None
            if opened is None or not _is_below(member.name):
                raise BackupError(
                    f"{file} has {member.name!r}, which does not belong in a backup. "
                    "Use another one."
                )
            content = opened.read()
            if member.name == INDEX:
                return _checked(file, content, found)
            found[member.name] = _entry(content)
            add_file(folder / member.name, content)
    raise BackupError(f"{file} was cut off: it has no {INDEX}. Use another one.")


def _checked(file: Path, content: bytes, found: dict[str, FileEntry]) -> Index:
    try:
        index = msgspec.json.decode(content, type=Index)
    except msgspec.DecodeError as error:
        raise BackupError(f"{file} has a damaged {INDEX}: {error}. Use another one.") from error
    if index.format != _FORMAT:
        raise BackupError(
            f"{file} was made by a newer Frontrunner ({index.release}). Upgrade first."
        )
    wrong = [name for name in {**index.files, **found} if index.files.get(name) != found.get(name)]
    if wrong:
        raise BackupError(
            f"{file} is damaged: {wrong[0]} does not match its hash. Use another one."
        )
    return index


def _is_below(name: str) -> bool:
    return bool(name) and not name.startswith("/") and ".." not in PurePosixPath(name).parts


def _entry(content: bytes) -> FileEntry:
    return FileEntry(len(content), hashlib.sha256(content).hexdigest())


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(content), 0o644, int(time.time())
    tar.addfile(member, io.BytesIO(content))
