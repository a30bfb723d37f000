"""The lease as the processes of one home see it: one of them at a time asks for it.

A process that was killed cannot give its lease back, and others would have to wait until it is
over. Processes of one home need not: the one that gets the lock of the home knows that its holder
is gone, because the system ends a lock with its process.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from frontrunner.base.atomic import locked
from frontrunner.takeover.ledger.lease import Held


class Leases(Protocol):
    """The lease in the ledger's database."""

    def acquire(self, holder: str, above: int = 0) -> int | None:
        """A token, or None while another controller has it."""

    def renew(self, token: int) -> bool:
        """Whether the lease goes on."""

    def release(self, token: int) -> None:
        """Give it back."""

    def current(self) -> Held | None:
        """The holder."""


class HomeTenure:
    """A lease that also needs the lock of a home."""

    def __init__(self, lease: Leases, lock: Path, is_of_home: Callable[[str], bool]) -> None:
        """`is_of_home` says whether a holder is a process of this home on this machine."""
        self._lease = lease
        self._lock = lock
        self._is_of_home = is_of_home
        self._held = ExitStack()
        self._has_lock = False

    def acquire(self, holder: str, above: int = 0) -> int | None:
        """A token, or None while another process has the lock or the lease."""
        if not self._take_lock():
            return None
        held = self._lease.current()
        if held is not None and self._is_of_home(held.holder):
            self._lease.release(held.token)
        return self._lease.acquire(holder, above)

    def renew(self, token: int) -> bool:
        """Whether the lease goes on."""
        return self._lease.renew(token)

    def release(self, token: int) -> None:
        """Give the lease back, and then the lock."""
        try:
            self._lease.release(token)
        finally:
            self.close()

    def close(self) -> None:
        """Give the lock back."""
        self._held.close()
        self._has_lock = False

    def _take_lock(self) -> bool:
        if not self._has_lock:
            self._lock.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._held.enter_context(locked(self._lock))
            except BlockingIOError:
                return False
            self._has_lock = True
        return True
