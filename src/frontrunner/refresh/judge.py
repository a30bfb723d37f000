"""The guards of one update: what is published, measured against what would follow it."""

from __future__ import annotations

from concurrent.futures import Executor, Future

from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.base.refresh_settings import RefreshSettings
from frontrunner.refresh.changes import Before, Changes, measure
from frontrunner.refresh.guards import Breach, breaches, reason_of
from frontrunner.refresh.known_boards import keep_boards, known_boards
from frontrunner.snapshot.build import Inputs
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store


class Guards:
    """Judges a new snapshot against the published one, and keeps what it found."""

    def __init__(self, store: Store, settings: RefreshSettings) -> None:
        self._store = store
        self._limits = settings.guards
        self._before: Future[Before | None] | None = None
        self.changes: Changes | None = None
        """None if nothing was published before, or if it cannot be read."""
        self.found: tuple[Breach, ...] = ()
        self.reason = ""
        """Why the snapshot is held."""

    def begin(self, thread: Executor, *, fetches: bool = False) -> None:
        """Open what is published in another thread, while results are fetched and read.

        Where git `fetches` them first, there is time to rank it too.
        """
        self._before = thread.submit(self._opened, fetches)

    def _opened(self, rank: bool = False) -> Before | None:
        current = self._store.current_id()
        if current is None:
            return None
        snapshot = self._store.current()
        return Before.of(snapshot, None if rank else known_boards(self._store.at, current))

    def look(self, inputs: Inputs) -> None:
        """Compare what a snapshot is made from with what is published, while it is written."""
        try:
            before = self._before.result() if self._before else None
            if before is None or before.snapshot.id != self._store.current_id():
                before = self._opened()  # also if another command published meanwhile
            if before is not None:
                self._judge(measure(before, inputs))
        except CorruptSnapshotError as error:
            self.reason = _unreadable(error)
            self.found = (Breach("current", self.reason),)

    def _judge(self, changes: Changes) -> None:
        self.changes = changes
        self.found = breaches(changes, self._limits)
        self.reason = reason_of(changes, self._limits) if self.found else ""

    def judge(self, snapshot: Snapshot) -> str:
        """Why the snapshot is held, in one sentence; empty if it may pass."""
        return self.reason

    def keep_boards(self, snapshot: str) -> None:
        """Keep the boards of the snapshot that passed, for the next update."""
        if self.changes is not None and not self.found:
            keep_boards(self._store.at, snapshot, self.changes.boards_after)


def _unreadable(error: CorruptSnapshotError) -> str:
    return (
        f"The published snapshot cannot be read, so the new one cannot be compared with it: {error}"
    )
