"""The board that an image serves: a list of files with hashes, and where to get them.

`home/board.json` names every file of the snapshot, and of what answers the old board's links and
calls. The files are in the image, or at a URL (of a data set on the Hub, of object storage), from
which they are fetched and verified at the start. The list is part of the Space's commit, so a store
that changes cannot change what is served.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit

import msgspec

from frontrunner.base.atomic import add_file, write_file
from frontrunner.base.errors import NetworkError, SnapshotError, UsageError
from frontrunner.base.home import Home
from frontrunner.base.json import read_as
from frontrunner.net.client import Limits, get
from frontrunner.snapshot.freshness import read_checked_at, write_checked_at
from frontrunner.snapshot.manifest import FileEntry, file_digest
from frontrunner.snapshot.store import Store, whole_damage

BOX = "board.json"
_SECONDS = 600.0
"""For one file."""
_WAITS = (1.0, 2.0, 4.0, 8.0)
"""Seconds before each repetition."""
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
_REDIRECTS = 5
Say = Callable[[str], None]


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """What `board.json` says."""

    format: int = 1
    snapshot: str
    source: str = ""
    """URL that the paths are appended to, with a slash at its end; empty if they are here."""
    dataset: str = ""
    """The data set on the Hub that `source` is in; it may be private."""
    files: dict[str, FileEntry]
    """By path below the home."""

    @property
    def bytes(self) -> int:
        """The size of all files."""
        return sum(entry.bytes for entry in self.files.values())


def box_of(home: Path) -> Box:
    """The published board of a home. Raises SnapshotError if it is damaged or not prepared."""
    snapshot, at = Store(home).current(), Home(home)
    if problems := whole_damage(snapshot):
        raise SnapshotError(f"Snapshot {snapshot.id} is damaged: {problems[0]}. Build it again.")
    if snapshot.prepared is None:
        raise SnapshotError(
            f"Snapshot {snapshot.id} has no answers that this version prepared, so its first ones "
            "would be slow. Run: frontrunner prepare"
        )
    folders = (snapshot.folder, at.adopted_documents, at.calls_of(snapshot.id))
    paths = [path for folder in folders for path in _files(folder)]
    paths += [path for path in (at.adopted, at.moved) if path.is_file()]
    found = {path.relative_to(home).as_posix(): file_digest(path) for path in paths}
    return Box(snapshot=snapshot.id, files=dict(sorted(found.items())))


def read_box(home: Path) -> Box:
    """The list in a home. Raises SnapshotError if it is missing or names a path elsewhere."""
    path = Home(home).board
    try:
        box = read_as(path, Box)
    except (OSError, ValueError) as error:
        raise SnapshotError(
            f"{path} cannot be read: {error}. Create it again: frontrunner space init"
        ) from error
    for name in box.files:
        if name.startswith("/") or ".." in PurePosixPath(name).parts or "\\" in name:
            raise SnapshotError(f"{path} names {name!r}, which is not below the home.")
    return box


def check_source(url: str) -> None:
    """Raises UsageError for a URL that no file's path can follow, or that has a secret.

    The list is in the Space, where everybody can read it.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise UsageError(f"The source {url} is not a URL of http or https.")
    if not parts.hostname:
        raise UsageError(f"The source {url} names no host.")
    if parts.username is not None or parts.password is not None:
        raise UsageError("The source has a user or a password, and everybody can read it.")
    if parts.query or parts.fragment:
        raise UsageError("The source has a query or a fragment, which no path can follow.")


def boxed_problems(home: Path, box: Box) -> Iterator[str]:
    """Each file that is not in the home as the list names it."""
    for name, entry in box.files.items():
        path = Home(home).inside(name)
        if not path.is_file():
            yield f"{name} is missing"
        elif file_digest(path) != entry:
            yield f"{name} does not match its hash"


def publish_boxed(home: Path, *, token: str = "", say: Say = lambda text: None) -> str:
    """Publish the board of `board.json`, fetched if it is elsewhere; the snapshot's name.

    It can be called again after a crash. Raises SnapshotError if a file is wrong or missing, and
    NetworkError if one cannot be fetched.
    """
    box, store = read_box(home), Store(home)
    if store.current_id() == box.snapshot:
        return box.snapshot
    if box.source and any(True for _ in boxed_problems(home, box)):
        say(f"Fetching {len(box.files)} files, {box.bytes:,} bytes, of snapshot {box.snapshot} ...")
        _fetch_all(box, store, token)
    if problem := next(boxed_problems(home, box), ""):
        raise SnapshotError(
            f"The board in {home} is not the one that {BOX} names: {problem}. Create it again: "
            "frontrunner space init"
        )
    store.publish(box.snapshot)
    _say_when_built(store)
    return box.snapshot


def _say_when_built(store: Store) -> None:
    """Record the build time as the time of the last check: nothing later is known here.

    A later check without a change would be another commit, and the Space would restart.
    """
    snapshot = store.current()
    if snapshot.moment == snapshot.built_at and read_checked_at(store.at, snapshot.id) is None:
        store.at.refresh.mkdir(parents=True, exist_ok=True)
        write_checked_at(store.at, snapshot.id, snapshot.built_at)


def _fetch_all(box: Box, store: Store, token: str) -> None:
    """Get every file; those of the snapshot become one in one step."""
    inside = store.at.snapshot(box.snapshot).relative_to(store.home).as_posix() + "/"
    with store.building() as fresh:
        for name, entry in box.files.items():
            content = _fetched(box, name, entry, token)
            if name.startswith(inside):
                add_file(fresh / name.removeprefix(inside), content)
            else:
                target = store.at.inside(name)
                target.parent.mkdir(parents=True, exist_ok=True)
                write_file(target, content)
        store.keep(fresh)


def _fetched(box: Box, name: str, entry: FileEntry, token: str) -> bytes:
    """A file of the list, verified. Transient errors are retried."""
    url = f"{box.source}{quote(name)}"
    limits = Limits(_SECONDS, entry.bytes, _REDIRECTS, private=_is_here(box.source))
    headers = {"Authorization": f"Bearer {token}"} if token and box.dataset else {}
    for wait in (*_WAITS, None):
        problem, passes = "", True
        try:
            answer = get(url, limits, headers)
        except NetworkError as error:
            problem = str(error)
        else:
            if answer.status == 200 and _entry(answer.body) == entry:
                return answer.body
            problem = f"{url} does not have the hash of {BOX}"
            if answer.status != 200:
                problem = f"{url} answered {answer.status}"
                passes = answer.status in _PASSING
        if wait is None or not passes:
            break
        time.sleep(wait)
    raise NetworkError(f"The board cannot be fetched: {problem}. {_advice(box)}")


def _advice(box: Box) -> str:
    if not box.dataset:
        return "Check that the URL is public."
    return f"Check that {box.dataset} is public, or that the secret HF_TOKEN may read it."


def _entry(content: bytes) -> FileEntry:
    return FileEntry(len(content), hashlib.sha256(content).hexdigest())


def _is_here(url: str) -> bool:
    """Whether a URL leads to this machine, as to a stand-in of the Hub."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _files(folder: Path) -> Iterator[Path]:
    """The files below a folder that are no other process's unfinished ones."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path
