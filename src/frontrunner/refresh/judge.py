"""The guards of one update: what is published, measured against what would follow it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager

from frontrunner.base.errors import CorruptSnapshotError, UnknownNameError
from frontrunner.base.refresh_settings import RefreshSettings
from frontrunner.refresh.changes import Before, Changes, measure
from frontrunner.refresh.guards import Breach, breaches, reason_of
from frontrunner.refresh.known_boards import keep_boards, known_boards
from frontrunner.snapshot.build import Inputs
from frontrunner.snapshot.manifest import damage
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store


class Guards:
    """Judges a new snapshot against the published one, and keeps what it found."""

    def __init__(self, store: Store, settings: RefreshSettings) -> None:
        self._store = store
        self._limits = settings.guards
        self._before: Future[Before | None] | None = None
        self._verdict: tuple[tuple[Breach, ...], str] = ((), "")
        """The breaches and the reason, for the case that the snapshot would replace another."""
        self.against = store.current_id()
        """The snapshot that is measured against; another command may publish one meanwhile."""
        self.changes: Changes | None = None
        """None if nothing was published before, or if it cannot be read."""
        self.found: tuple[Breach, ...] = ()
        self.reason = ""
        """Why the snapshot is held."""

    def begin(self, thread: Executor, *, rank: bool = False) -> None:
        """Open what is published in another thread, while results are fetched and read.

        With `rank` its boards are ranked even if they are known. That takes no time while git
        fetches, and gets the memory that the ranking of the new boards needs, which is then faster.
        That does not help with many rows, whose memory is not kept.
        """
        self._before = thread.submit(self._opened, rank)

    def _opened(self, rank: bool = False) -> Before | None:
        if self._store.current_id() is None:
            return None
        snapshot = self._store.current()
        with _damage_found(snapshot):
            return Before.of(snapshot, None if rank else known_boards(self._store.at, snapshot.id))

    def look(self, inputs: Inputs) -> None:
        """Compare what a snapshot is made from with what is published, while it is written."""
        self.against = self._store.current_id()
        try:
            before = self._opened_ahead() or self._opened()
            if before is not None:
                with _damage_found(before.snapshot):
                    self.changes = measure(before, inputs)
        except CorruptSnapshotError as error:
            reason = _unreadable(error)
            self._verdict = (Breach("current", reason),), reason
            return
        if self.changes is not None:
            found = breaches(self.changes, self._limits)
            self._verdict = found, reason_of(self.changes, self._limits) if found else ""

    def _opened_ahead(self) -> Before | None:
        """What the thread opened, if it is still published."""
        try:
            before = self._before.result() if self._before else None
        except (CorruptSnapshotError, UnknownNameError):
            return None  # or it was removed, after another command published
        is_current = before is not None and before.snapshot.id == self.against
        return before if is_current else None

    def judge(self) -> str:
        """Why the snapshot is held, in one sentence; empty if it may pass.

        Not asked about the snapshot that is published already: there is nothing to hold.
        """
        self.found, self.reason = self._verdict
        return self.reason

    def keep_boards(self, snapshot: str) -> None:
        """Keep the boards of the snapshot that passed, for the next update."""
        if self.changes is not None and not self.found:
            keep_boards(self._store.at, snapshot, self.changes.boards_after)


@contextmanager
def _damage_found(snapshot: Snapshot) -> Iterator[None]:
    """Say that a snapshot is damaged where its numbers contradict each other, so that they cannot
    be worked on. To check all of it each time would take longer than that.
    """
    try:
        yield
    except (ArithmeticError, LookupError, MemoryError, TypeError, ValueError) as error:
        problem = next(iter(damage(snapshot.folder, snapshot.manifest)), None)
        if problem is None:
            raise
        text = f"the scores in {snapshot.folder} are damaged: {problem}. Run: frontrunner verify"
        raise CorruptSnapshotError(text) from error


def _unreadable(error: CorruptSnapshotError) -> str:
    return (
        f"The published snapshot cannot be read, so the new one cannot be compared with it: {error}"
    )
