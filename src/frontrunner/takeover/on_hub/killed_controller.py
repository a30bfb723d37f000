"""A controller of a rehearsal that kills itself at each point of its journal, once.

    python -m frontrunner.takeover.on_hub.killed_controller HOME

A point is before or after an entry of the ledger. The file `killed` in the home has those at which
an earlier process ended, so the next one comes one point further.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from frontrunner.base.atomic import append_line
from frontrunner.base.config import load_settings
from frontrunner.base.home import Home
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.records import Entry, Noted, Record
from frontrunner.takeover.wiring import wired

KILLED = "killed"
"""The file with the points."""


class KillingLedger(Ledger):
    """A ledger whose writer is killed."""

    def __init__(self, url: str, folder: Path, killed: Path) -> None:
        super().__init__(url, folder)
        self._killed = killed
        self._points = set(killed.read_text("utf-8").splitlines()) if killed.exists() else set()

    def append(
        self, actor: str, plan: str, record: Record, *, token: int = 0, at: float | None = None
    ) -> Entry:
        """Add a record, and end the process on the way."""
        point = point_of(record)
        self._pass(f"before {point}")
        entry = super().append(actor, plan, record, token=token, at=at)
        self._pass(f"after {point}")
        return entry

    def _pass(self, point: str) -> None:
        if point not in self._points:
            append_line(self._killed, point.encode())
            os.kill(os.getpid(), signal.SIGKILL)


def point_of(record: Record) -> str:
    """What a record is about, the same when it is written again after a crash."""
    if isinstance(record, Noted):
        return f"Noted {record.topic}"
    after = getattr(record, "after", None) or getattr(record, "seen", None)
    more = (getattr(record, "step", ""), after or "")
    return " ".join([type(record).__name__, *(str(one) for one in more if one)])


def main() -> None:
    """Run the controller of a home until the take-over is finished, or killed."""
    settings = load_settings(Path(sys.argv[1]))
    home = Home(settings.home)
    ledger = KillingLedger(settings.takeover.database, home.takeover, home.path / KILLED)
    with wired(settings, ledger) as one:
        one.controller.run(threading.Event(), one.tick)


if __name__ == "__main__":
    main()
