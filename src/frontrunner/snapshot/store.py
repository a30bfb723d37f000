"""The snapshots of a home: which one is current, and the way back."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from frontrunner.base.atomic import (
    append_line,
    hidden_folder,
    locked,
    name_folder,
    point_link,
    remove_folder,
    sweep,
)
from frontrunner.base.errors import SnapshotError, UnknownNameError
from frontrunner.base.home import Home
from frontrunner.snapshot.manifest import damage, read_manifest
from frontrunner.snapshot.prepared import ANSWERS, answers_damage
from frontrunner.snapshot.reader import Snapshot, built_at


class Event(msgspec.Struct, frozen=True):
    """One line of the history."""

    at: float
    """Seconds since the epoch."""
    action: str
    """`publish` or `rollback`."""
    snapshot: str
    previous: str | None = None


class Store:
    """The snapshots of one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.at = Home(home)
        self.folder = self.at.snapshots

    # --- reading ----------------------------------------------------------------------------

    def current_id(self) -> str | None:
        """The name of the published snapshot, or None before the first."""
        try:
            return self.at.current.readlink().name
        except OSError:
            return None

    def current(self) -> Snapshot:
        """Open the published snapshot; raises UnknownNameError where there is none."""
        name = self.current_id()
        if name is None:
            raise UnknownNameError(
                f"Nothing is published in {self.home}. Build a board first: "
                "frontrunner build --results PATH, or frontrunner demo."
            )
        return Snapshot(self.folder / name)

    def open(self, name: str) -> Snapshot:
        """Open the snapshot whose name begins with `name`."""
        found = [one for one in self.ids() if one.startswith(name)]
        if len(found) != 1 or not name:
            what = "no snapshot" if not found else f"{len(found)} snapshots"
            raise UnknownNameError(
                f"{what} in {self.home} called {name!r}. List them with: frontrunner snapshots"
            )
        return Snapshot(self.folder / found[0])

    def ids(self) -> list[str]:
        """Names of all whole snapshots, oldest first."""
        if not self.folder.is_dir():
            return []
        whole = [
            p
            for p in self.folder.iterdir()
            if (p / "manifest.json").is_file() and not p.name.startswith(".")
        ]
        return [p.name for p in sorted(whole, key=lambda p: (built_at(p), p.name))]

    def history(self) -> list[Event]:
        """What was published when, oldest first. A line cut off by a crash is left out."""
        if not self.at.history.is_file():
            return []
        events = []
        for line in self.at.history.read_bytes().splitlines():
            try:
                events.append(msgspec.json.decode(line, type=Event))
            except ValueError:  # invalid UTF-8 is not a DecodeError
                continue
        return events

    # --- changing ---------------------------------------------------------------------------

    def publish(self, name: str) -> Event | None:
        """Make a snapshot current; None where it is already. Raises if it is damaged."""
        snapshot = self.open(name)
        if snapshot.id == self.current_id():
            return None
        return self._point_to(_whole(snapshot), "publish")

    def publish_fresh(self, snapshot: Snapshot) -> Event | None:
        """Make the snapshot current that this process has just built, and so knows to be whole."""
        return None if snapshot.id == self.current_id() else self._point_to(snapshot, "publish")

    def rollback(self) -> Event:
        """Make the snapshot current that was before; raises UsageError where there is none."""
        return self._point_to(_whole(Snapshot(self.folder / self._previous())), "rollback")

    def _previous(self) -> str:
        """What was current before the current one, with publishes that were taken back undone."""
        stack: list[str] = []
        for event in self.history():
            if event.action == "rollback" and stack:
                stack.pop()
            if not stack or stack[-1] != event.snapshot:
                stack.append(event.snapshot)
        # A crash between the history and the pointer leaves a line that never came true.
        while stack and stack[-1] != self.current_id():
            stack.pop()
        kept = [one for one in stack[:-1] if (self.folder / one / "manifest.json").is_file()]
        if not kept:
            raise UnknownNameError(
                f"There is nothing to go back to in {self.home}: no earlier published snapshot "
                "is kept."
            )
        return kept[-1]

    def _point_to(self, snapshot: Snapshot, action: str) -> Event:
        try:
            return self._repointed(snapshot, action)
        except OSError as error:
            raise SnapshotError(
                f"Snapshot {snapshot.id} could not be made current in {self.home}: "
                f"{error.strerror or error}. Make room, or mend the rights, and publish it."
            ) from error

    def _repointed(self, snapshot: Snapshot, action: str) -> Event:
        event = Event(time.time(), action, snapshot.id, self.current_id())
        # The history first: if the machine stops between the two, the pointer still says the
        # truth, and a line too many in the history is found out by comparing with it.
        append_line(self.at.history, msgspec.json.encode(event))
        point_link(self.at.current, Path(self.folder.name) / snapshot.id)
        return event

    def prune(self, keep: int, *, dry_run: bool = False) -> list[str]:
        """Remove all but the newest `keep` snapshots, never the current or the one before it.

        Returns the names of those removed, or with `dry_run` of those that would be.
        """
        protected = {self.current_id()}
        with suppress(UnknownNameError):
            protected.add(self._previous())
        old = [name for name in self.ids()[: -keep or None] if name not in protected]
        for name in old if not dry_run else ():
            remove_folder(self.folder / name)
        return old

    @contextmanager
    def building(self) -> Iterator[Path]:
        """A fresh folder to build in, removed if the block fails; one build at a time.

        Raises SnapshotError where another build holds the lock.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with _lock(self.at.change_lock):
            for folder in (self.folder, *map(self.at.snapshot, self.ids())):
                sweep(folder)
            with hidden_folder(self.folder) as fresh:
                yield fresh

    def keep(self, folder: Path) -> Snapshot:
        """Move a finished folder to the place that its manifest names, whole or not at all."""
        name = read_manifest(folder).id
        target = self.folder / name
        if target.exists() and list(damage(target, read_manifest(target))):
            remove_folder(target)
        if not target.exists():
            name_folder(folder, target, replace=False)
        return Snapshot(target)


def whole_damage(snapshot: Snapshot) -> list[str]:
    """What of a snapshot and its prepared answers is not as it was written, one line each."""
    folder = snapshot.folder
    return [*damage(folder, snapshot.manifest), *answers_damage(folder)]


def _whole(snapshot: Snapshot) -> Snapshot:
    problems = whole_damage(snapshot)
    if problems:
        raise SnapshotError(
            f"Snapshot {snapshot.id} is damaged and was not made current: {problems[0]}. "
            f"{remedy(problems)}"
        )
    return snapshot


def remedy(problems: Sequence[str]) -> str:
    """What to do about damage."""
    if all(problem.startswith(f"{ANSWERS}/") for problem in problems):
        return "Make its answers again: frontrunner prepare --again"
    return "Build it again, or publish another."


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    try:
        with locked(path):
            yield
    except BlockingIOError:
        raise SnapshotError(
            f"Another build is running in {path.parent}. Wait for it, or give another --home."
        ) from None
