"""What a controller works with: ledger, lease, data plane, gates, clock and watchers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from frontrunner.takeover.clock import Clock
from frontrunner.takeover.fold import State
from frontrunner.takeover.looks import Look
from frontrunner.takeover.plan import Plan
from frontrunner.takeover.plane import DataPlane, Reality
from frontrunner.takeover.records import Entry, Reading, Record


class Book(Protocol):
    """The ledger."""

    def append(
        self, actor: str, plan: str, record: Record, *, token: int = 0, at: float | None = None
    ) -> Entry:
        """Add a record. Raises LedgerError, StaleTokenError."""

    def entries(self, after: int = 0) -> Iterable[Entry]:
        """Entries with a larger `seq`. Raises LedgerError."""


class Tenure(Protocol):
    """The lease."""

    def acquire(self, holder: str, above: int = 0) -> int | None:
        """A token above `above`, or None while another controller has it. Raises LedgerError."""

    def renew(self, token: int) -> bool:
        """Whether the lease goes on. Raises LedgerError."""

    def release(self, token: int) -> None:
        """Give it back. Raises LedgerError."""


class Judge(Protocol):
    """The gates with their evidence."""

    def readings(self, state: State, plan: Plan, reality: Reality | None) -> tuple[Reading, ...]:
        """What each gate says now. Never raises for a gate that cannot be read: it says so."""


class Witness(Protocol):
    """A watcher of the controller. None of its methods may raise or block."""

    def entry(self, entry: Entry) -> None:
        """An entry of the ledger, once it is stored; those of others too."""

    def look(self, look: Look) -> None:
        """The end of a look."""

    def trouble(self, text: str) -> None:
        """The ledger cannot be used, so this is the only trace of it."""


@dataclass(frozen=True)
class Parts:
    """What a controller works with."""

    book: Book
    lease: Tenure
    plane: DataPlane
    judge: Judge
    find_plan: Callable[[], Plan]
    """The plan of the settings now. Raises FrontrunnerError if they cannot be read."""
    witness: Witness
    clock: Clock
    last_look: Callable[[], Look | None] = lambda: None
    """What the controller before saw last: how long it watched, and what had lasted how long."""
