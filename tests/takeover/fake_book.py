"""A ledger in memory whose writer can be killed, and a time that tests set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from frontrunner.base.errors import LedgerError, StaleTokenError
from frontrunner.takeover.records import Entry, Record


class KilledError(BaseException):
    """kill -9: nothing in the controller catches it."""


@dataclass
class FakeTime:
    """A wall clock that can step, and a monotonic one that cannot."""

    wall: float = 1_795_000_000.0
    mono: float = 1000.0

    def sleep(self, seconds: float) -> None:
        self.wall += seconds
        self.mono += seconds


@dataclass
class FakeBook:
    """Ledger and lease in one, as they are in one database."""

    time: FakeTime
    stored: list[Entry] = field(default_factory=list)
    token: int = 0
    holder: str = ""
    is_gone: bool = False
    kill_in: int | None = None
    """Records until the writer is killed: after the last of them if it is stored, else before."""
    kill_after: bool = False

    def append(
        self, actor: str, plan: str, record: Record, *, token: int = 0, at: float | None = None
    ) -> Entry:
        self._check()
        # A command line is another process: a kill of the controller does not hit it.
        kills = bool(token)
        if token and (token != self.token or not self.holder):
            raise StaleTokenError(f"token {token} is over")
        if kills:
            self._maybe_kill(before=True)
        last = self.stored[-1] if self.stored else None
        entry = Entry(
            seq=len(self.stored) + 1,
            at=max(self.time.wall if at is None else at, last.at if last else 0.0),
            actor=actor,
            plan=plan,
            token=token,
            record=record,
            previous=last.hash if last else "0" * 64,
            hash=f"{len(self.stored) + 1:064x}",
        )
        self.stored.append(entry)
        if kills:
            self._maybe_kill(before=False)
        return entry

    def entries(self, after: int = 0) -> Iterable[Entry]:
        self._check()
        return list(self.stored[after:])

    def acquire(self, holder: str, above: int = 0) -> int | None:
        self._check()
        if self.holder:
            return None
        self.token, self.holder = max(self.token, above) + 1, holder
        return self.token

    def renew(self, token: int) -> bool:
        self._check()
        return token == self.token and bool(self.holder)

    def release(self, token: int) -> None:
        self._check()
        if token == self.token:
            self.holder = ""

    def _check(self) -> None:
        if self.is_gone:
            raise LedgerError("The database is gone.")

    def _maybe_kill(self, *, before: bool) -> None:
        if self.kill_in is None:
            return
        if before:
            self.kill_in -= 1
        if self.kill_in <= 0 and before is not self.kill_after:
            self.kill_in = None
            raise KilledError
