"""The snapshots of a home: list, publish, roll back and remove them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from shlex import quote

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
from frontrunner.base.errors import CorruptSnapshotError, SnapshotError, UnknownNameError
from frontrunner.base.home import Home
from frontrunner.snapshot.manifest import Seconds, damage, read_manifest
from frontrunner.snapshot.parts import (
    is_packed,
    pack,
    parts_damage,
    remove_unused,
    unpack,
    unpacked,
)
from frontrunner.snapshot.prepared import ANSWERS, answers_damage
from frontrunner.snapshot.reader import Snapshot, moment_of
from frontrunner.snapshot.retention import Retention, kept

PATIENCE = 60.0
"""Seconds to wait for another command that changes the home."""
Say = Callable[[str], None]
"""Shows the user a message."""


class Event(msgspec.Struct, frozen=True):
    """One line of the history."""

    at: Seconds
    action: str
    """`publish` or `rollback`."""
    snapshot: str
    previous: str | None = None


class Store:
    """The snapshots of one home."""

    def __init__(
        self, home: Path, *, patience: float = PATIENCE, say: Say = lambda text: None
    ) -> None:
        """`patience` is how many seconds to wait for another command; `say` announces a wait."""
        self.home = home
        self._patience = patience
        self._say = say
        self._changing = False
        self.at = Home(home)
        self.folder = self.at.snapshots

    # --- reading ----------------------------------------------------------------------------

    def current_id(self) -> str | None:
        """The name of the published snapshot, or None before the first."""
        return self.at.published

    def current(self) -> Snapshot:
        """Open the published snapshot; raises UnknownNameError if there is none."""
        name = self.current_id()
        if name is None:
            raise self._unpublished()
        return Snapshot(self.folder / name)

    def require_home(self) -> None:
        """Raise UnknownNameError if the home does not exist: a lock would create its folder."""
        if not self.home.exists():
            raise self._unpublished()

    def _unpublished(self) -> UnknownNameError:
        home = quote(str(self.home))
        missing = "" if self.home.exists() else " (the folder does not exist)"
        return UnknownNameError(
            f"Nothing is published in {self.home}{missing}. Build a board first: "
            f"frontrunner build --results PATH --home {home}, or frontrunner demo --home {home}"
        )

    def open(self, name: str) -> Snapshot:
        """Open the snapshot whose name begins with `name`."""
        found = [one for one in self.ids() if one.startswith(name)]
        if len(found) != 1 or not name:
            what = "No snapshot in {} is" if not found else f"{len(found)} snapshots in {{}} are"
            raise UnknownNameError(
                f"{what.format(self.home)} called {name!r}. List them with: frontrunner snapshots"
            )
        return Snapshot(self.folder / found[0])

    @contextmanager
    def reading(self, name: str) -> Iterator[Snapshot]:
        """Open a snapshot to read its scores, also if it is packed; closed after the block.

        Raises as `open` does, and CorruptSnapshotError if a packed one is damaged.
        """
        with unpacked(self.open(name).folder) as folder:
            yield Snapshot(folder)

    def ids(self) -> list[str]:
        """Names of all whole snapshots, oldest first."""
        if not self.folder.is_dir():
            return []
        whole = [
            p
            for p in self.folder.iterdir()
            if (p / "manifest.json").is_file() and not p.name.startswith(".")
        ]
        return [p.name for p in sorted(whole, key=lambda p: (moment_of(p), p.name))]

    def history(self) -> list[Event]:
        """What was published when, oldest first. A line cut off by a crash is left out."""
        if not self.at.history.is_file():
            return []
        events = []
        for line in self.at.history.read_bytes().splitlines():
            try:
                events.append(msgspec.json.decode(line, type=Event))
            except (ValueError, RecursionError):
                continue
        return events

    # --- changing ---------------------------------------------------------------------------

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Lock the home against changes by other commands until the block ends; may be nested.

        Every method below does so itself. Hold it around several of them to make them one
        change. Raises SnapshotError if another command goes on for too long.
        """
        if self._changing:
            yield
            return
        with self._held(self.at.change_lock):
            self._changing = True
            try:
                yield
            finally:
                self._changing = False

    def only_build(self) -> AbstractContextManager[None]:
        """Lock out other builds until the block ends; the published snapshot may still change.

        Raises SnapshotError if another build goes on for too long.
        """
        return self._held(self.at.build_lock)

    @contextmanager
    def _held(self, lock: Path) -> Iterator[None]:
        with ExitStack() as held:
            try:
                self.home.mkdir(parents=True, exist_ok=True)
                held.enter_context(self._acquired(lock))
            except BlockingIOError:
                raise SnapshotError(
                    f"Another command still holds {lock} after {self._patience:g} seconds. Wait "
                    "for it to end, or use another --home."
                ) from None
            except OSError as error:
                raise SnapshotError(
                    f"{self.home} cannot be used as a home: {error.strerror or error}. Fix its "
                    "permissions, or use another --home."
                ) from error
            yield

    @contextmanager
    def _acquired(self, lock: Path) -> Iterator[None]:
        with ExitStack() as held:
            try:
                held.enter_context(locked(lock))
            except BlockingIOError:
                self._say(f"Another command is changing {self.home}; waiting for it to end ...")
                held.enter_context(locked(lock, wait=self._patience))
            yield

    def publish(self, name: str) -> Event | None:
        """Make a snapshot current; None if it is already. Raises SnapshotError if damaged."""
        with self.changing():
            snapshot = self.open(name)
            if snapshot.id == self.current_id():
                return None
            return self._point_to(_whole(snapshot), "publish")

    def publish_fresh(self, snapshot: Snapshot) -> Event | None:
        """Make current a snapshot that this process has just built, so it is not damaged.

        Raises CorruptSnapshotError if it was removed since.
        """
        with self.changing():
            read_manifest(snapshot.folder)
            if snapshot.id == self.current_id():
                return None
            return self._point_to(snapshot, "publish")

    def rollback(self) -> Event:
        """Make current the snapshot that was current before; UnknownNameError if none is."""
        with self.changing():
            previous = Snapshot(self.folder / self._previous())
            return self._point_to(_whole(previous), "rollback")

    def _previous(self) -> str:
        """The snapshot that was current before; a publish that was rolled back does not count."""
        stack: list[str] = []
        for event in _happened(self.history(), self.current_id()):
            if event.action == "rollback" and stack:
                stack.pop()
            if not stack or stack[-1] != event.snapshot:
                stack.append(event.snapshot)
        while stack and stack[-1] != self.current_id():
            stack.pop()
        kept = [one for one in stack[:-1] if (self.folder / one / "manifest.json").is_file()]
        if not kept:
            raise UnknownNameError(
                f"Nothing to roll back to in {self.home}: no earlier published snapshot is kept."
            )
        return kept[-1]

    def _point_to(self, snapshot: Snapshot, action: str) -> Event:
        try:
            return self._repointed(snapshot, action)
        except OSError as error:
            raise SnapshotError(
                f"Snapshot {snapshot.id} could not be made current in {self.home}: "
                f"{error.strerror or error}. Free disk space or fix permissions, then publish it."
            ) from error

    def _repointed(self, snapshot: Snapshot, action: str) -> Event:
        event = Event(time.time(), action, snapshot.id, self.current_id())
        # The history is written first. After a crash between the two, the pointer is still right,
        # and `_happened` recognizes the extra line of the history.
        append_line(self.at.history, msgspec.json.encode(event))
        point_link(self.at.current, Path(self.folder.name) / snapshot.id)
        return event

    def prune(
        self, keep: int, rule: Retention | None = None, *, dry_run: bool = False
    ) -> list[str]:
        """Remove old snapshots, never the current or the one before it.

        The newest `keep` stay; of the others, those stay that `rule` keeps, and are packed.
        Returns the names of those removed, or with `dry_run` of those that would be.
        """
        with nullcontext() if dry_run else self.changing():
            protected = {self.current_id()}
            with suppress(UnknownNameError):
                protected.add(self._previous())
            old = [name for name in self.ids()[: -keep or None] if name not in protected]
            moments = [moment_of(self.folder / name) for name in old]
            stay = kept(moments, time.time(), rule) if rule else set()
            gone = [name for place, name in enumerate(old) if place not in stay]
            if not dry_run:
                for name in gone:
                    remove_folder(self.folder / name)
                self.pack([old[place] for place in sorted(stay)])
                remove_unused(self.at)
            return gone

    def pack(self, names: Iterable[str]) -> None:
        """Pack snapshots, so that they need little room. Raises SnapshotError if that fails.

        A damaged one stays as it is: `verify` says what is wrong.
        """
        try:
            with self.changing():
                for name in names:
                    if name != self.current_id():
                        with suppress(CorruptSnapshotError):
                            pack(self.folder / name)
        except OSError as error:
            raise SnapshotError(
                f"Old snapshots of {self.home} could not be packed: {error.strerror or error}. "
                "Nothing is lost; free disk space and run: frontrunner prune"
            ) from error

    @contextmanager
    def building(self) -> Iterator[Path]:
        """A fresh folder to build in, removed if the block fails; one build at a time.

        Raises SnapshotError if another command changes the home for too long.
        """
        with self.changing():
            # Links are swept at once: in the home they are written under this lock alone.
            for folder in (self.home, self.folder, *map(self.at.snapshot, self.ids())):
                sweep(folder)
            with hidden_folder(self.folder) as fresh:
                yield fresh

    def keep(self, folder: Path) -> Snapshot:
        """Rename a finished folder to the name in its manifest, in one step."""
        name = read_manifest(folder).id
        target = self.folder / name
        if target.exists() and _is_damaged(target):
            remove_folder(target)
        if not target.exists():
            name_folder(folder, target, replace=False)
        return Snapshot(target)


def _happened(events: Sequence[Event], current: str | None) -> Iterator[Event]:
    """The events that moved the pointer.

    A crash or a full disk can leave a line of a change that did not happen. The snapshot that was
    current after it, which the next line names, is then another one.
    """
    after = [*(event.previous for event in events[1:]), current]
    for event, found in zip(events, after, strict=False):
        if found in (None, event.snapshot):
            yield event


def published_version(home: Home) -> str:
    """Changes whenever a snapshot becomes current; empty before the first."""
    try:
        found = home.history.stat()
    except OSError:
        return ""
    return f"{found.st_mtime_ns:x}-{found.st_size:x}"


def _is_damaged(folder: Path) -> bool:
    try:
        return any(damage(folder, read_manifest(folder)))
    except CorruptSnapshotError:  # the manifest itself
        return True


def whole_damage(snapshot: Snapshot) -> list[str]:
    """The damage to a snapshot and its prepared answers, one line each."""
    folder = snapshot.folder
    if folder.name != snapshot.id:
        return [f"the folder {folder.name} has the snapshot {snapshot.id}"]
    if is_packed(folder):
        return list(parts_damage(folder, snapshot.manifest))
    return [*damage(folder, snapshot.manifest), *answers_damage(folder)]


def _whole(snapshot: Snapshot) -> Snapshot:
    """The snapshot, after a check and with its files. Raises SnapshotError if it is damaged."""
    try:
        unpack(snapshot.folder)
    except OSError as error:
        raise SnapshotError(
            f"Snapshot {snapshot.id} is packed and could not be unpacked: "
            f"{error.strerror or error}. Free disk space and try again."
        ) from error
    problems = whole_damage(snapshot)
    if problems:
        raise SnapshotError(
            f"Snapshot {snapshot.id} is damaged and was not made current: {problems[0]}. "
            f"{remedy(problems)}"
        )
    return snapshot


def remedy(problems: Sequence[str], otherwise: str = "Build it again, or publish another.") -> str:
    """How to repair damage: prepared answers alone need no new snapshot; `otherwise` it does."""
    if all(problem.startswith(f"{ANSWERS}/") for problem in problems):
        return "Prepare its answers again: frontrunner prepare --again"
    return otherwise
