"""What the console reads of a home, and where its commands go."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from frontrunner.base.errors import FrontrunnerError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.base.home import Home
from frontrunner.gateway.control import Gateway
from frontrunner.gateway.feedback import Feedback, Message
from frontrunner.gateway.shadow.tally import read_tally
from frontrunner.gateway.status import Status, status_of
from frontrunner.ops.notify import read_outboxes
from frontrunner.takeover.console.model import Inputs
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.looks import Look
from frontrunner.takeover.plan import Plan
from frontrunner.takeover.records import Commanded, Entry

_FRESH = 0.5
"""Seconds for which what was read serves several pages."""
_TAIL = 4 * 1024 * 1024
"""Bytes at the end of the file of looks that are read."""
_MOST_LOOKS = 2000
_MOST_MESSAGES = 200
_NO_PLAN: tuple[Plan | None, str] = (None, "")
_T = TypeVar("_T")


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """Where everything is."""

    home: Path
    gateway: GatewaySettings
    folder: Path
    """The gateway's folder."""
    database: str = ""
    """SQLAlchemy URL of the ledger; empty is SQLite in the home."""


class Watcher:
    """Reads everything for the pages. Threads may share one."""

    def __init__(
        self,
        watched: Watched,
        plan: Callable[[], tuple[Plan, str]],
        now: Callable[[], float] = time.time,
    ) -> None:
        """`plan` reads the plan of the settings, and prints it; it may raise FrontrunnerError."""
        self._watched = watched
        self._place = Home(watched.home)
        self._plan = plan
        self._now = now
        self._lock = threading.Lock()
        self._ledger: Ledger | None = None
        self._feedback: Feedback | None = None
        self._entries: tuple[Entry, ...] = ()
        self._last: Inputs | None = None
        self._read_at = -_FRESH

    def close(self) -> None:
        """Close the databases."""
        with self._lock:
            for one in (self._ledger, self._feedback):
                if one is not None:
                    one.close()
            self._ledger = self._feedback = None

    def inputs(self) -> Inputs:
        """Everything as it is now; what cannot be read is said in `problems`."""
        with self._lock:
            if self._last is None or time.monotonic() - self._read_at >= _FRESH:
                self._last = self._read()
                self._read_at = time.monotonic()
            return self._last

    def command(self, actor: str, plan: str, record: Commanded) -> Entry:
        """Add a command to the ledger. Raises LedgerError if it is not known to be there."""
        with self._lock:
            self._last = None
            return self._opened().append(actor, plan, record)

    # --- each part ----------------------------------------------------------------------------

    def _read(self) -> Inputs:
        problems: list[str] = []

        def part(read: Callable[[], _T], otherwise: _T) -> _T:
            try:
                return read()
            except FrontrunnerError as error:
                problems.append(str(error))
            except OSError as error:
                problems.append(f"{error.filename or 'A file'}: {error.strerror or error}")
            return otherwise

        entries = part(self._all_entries, self._entries)
        found, text = part(self._plan, _NO_PLAN)
        return Inputs(
            at=self._now(),
            entries=entries,
            looks=part(lambda: read_looks(self._place.looks), ()),
            found=found,
            plan_text=text,
            status=part(self._status, None),
            tally=read_tally(self._watched.folder / "shadow.json"),
            messages=part(self._messages, ()),
            outboxes=tuple(read_outboxes(self._place.outbox)),
            problems=tuple(problems),
        )

    def _opened(self) -> Ledger:
        if self._ledger is None:
            self._ledger = Ledger(self._watched.database, self._place.takeover)
        return self._ledger

    def _all_entries(self) -> tuple[Entry, ...]:
        """The whole ledger; only what is new is read, unless the ledger is another one."""
        known = self._entries
        found = list(self._opened().entries(after=known[-1].seq - 1 if known else 0))
        if known and (not found or found[0].hash != known[-1].hash):
            self._entries = tuple(self._opened().entries())
        else:
            self._entries = (*known[:-1], *found)
        return self._entries

    def _status(self) -> Status | None:
        if not self._watched.folder.is_dir():
            return None
        return status_of(Gateway(self._watched.gateway, self._watched.folder))

    def _messages(self) -> tuple[Message, ...]:
        if self._feedback is None:
            self._feedback = Feedback(self._watched.gateway.feedback, self._watched.folder)
        return tuple(self._feedback.latest(_MOST_MESSAGES))


def read_looks(path: Path) -> tuple[Look, ...]:
    """The last looks of a file, oldest first, and of the one that it was rotated to.

    Lines that are cut off or unknown are left out. Raises OSError if a file exists and cannot be
    read.
    """
    lines = _tail(path, _TAIL)
    if len(lines) < _MOST_LOOKS:
        lines = [*_tail(path.with_name(f"{path.name}.1"), _TAIL), *lines]
    found = (_look(line) for line in lines[-_MOST_LOOKS:])
    return tuple(one for one in found if one is not None)


def _tail(path: Path, size: int) -> list[bytes]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - size))
            return file.read().splitlines()
    except FileNotFoundError:
        return []


def _look(line: bytes) -> Look | None:
    try:
        return msgspec.json.decode(line, type=Look)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
