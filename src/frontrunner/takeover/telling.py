"""Publish the controller's work: looks for charts, notices, and the public page."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from frontrunner.base.atomic import append_line, move_file
from frontrunner.base.errors import TakeoverError
from frontrunner.gateway.transition import write_transition
from frontrunner.ops.notify import Notice, Notifier
from frontrunner.takeover.looks import Look
from frontrunner.takeover.notices import notice_of
from frontrunner.takeover.public import move_of
from frontrunner.takeover.records import Decided, Entry
from frontrunner.takeover.way_back import Places, without_ledger

log = logging.getLogger("frontrunner.takeover")
LOOKS_BYTES = 16 * 1024 * 1024
"""Size at which the file of looks is rotated; one older file is kept."""
_TROUBLE_EVERY = 600.0
"""Seconds until a notice about the same problem is sent again."""


class Telling:
    """The witness of a real controller. An error here is logged and never stops it."""

    def __init__(
        self,
        looks: Path,
        gateway_folder: Path,
        entries: Callable[[], Iterable[Entry]],
        notifier: Notifier,
        places: Places | None = None,
    ) -> None:
        """`entries` gives the whole ledger; it may raise LedgerError. `places` are on the Hub."""
        self._places = places
        self._looks = looks
        self._folder = gateway_folder
        self._entries = entries
        self._notifier = notifier
        self._is_shown = False
        self._troubles: dict[str, float] = {}

    def entry(self, entry: Entry) -> None:
        """Send a notice of an entry, and update the public page after a decision."""
        notice = notice_of(entry)
        if notice is not None:
            self._notifier.tell(notice)
        if isinstance(entry.record, Decided):
            self._is_shown = False

    def look(self, look: Look) -> None:
        """Keep a look, and show on the public page what was decided."""
        try:
            _append_look(self._looks, look)
            if not self._is_shown:
                self._show(look.at)
        except (OSError, TakeoverError) as error:
            log.error("a look could not be kept or shown: %s", error)

    def trouble(self, text: str) -> None:
        """Log why the controller cannot work, and send a notice, repeated every 10 minutes."""
        log.error("%s", text, extra={"event": "controller_trouble"})
        now = time.monotonic()
        if now - self._troubles.get(text, -_TROUBLE_EVERY) < _TROUBLE_EVERY:
            return
        self._troubles[text] = now
        at = time.time()
        more = without_ledger(self._places)
        notice = Notice(
            id=f"trouble-{at:.0f}", at=at, kind="alarm", title="Alarm: the controller cannot work",
            text=f"{text}\n\n{more}", urgent=True,
        )  # fmt: skip
        self._notifier.tell(notice)

    def _show(self, at: float) -> None:
        shown = move_of(self._entries(), at)
        if shown is not None:
            write_transition(self._folder, shown)
        self._is_shown = True


# --- the file of looks ----------------------------------------------------------------------------


def _append_look(path: Path, look: Look) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOOKS_BYTES:
        move_file(path, path.with_name(f"{path.name}.1"))
    append_line(path, msgspec.json.encode(look))


def last_look(path: Path) -> Look | None:
    """The last look that was kept; None if there is none."""
    for file in (path, path.with_name(f"{path.name}.1")):
        for line in reversed(_last_lines(file)):
            try:
                return msgspec.json.decode(line, type=Look)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue  # the first line is cut, and the last may be
    return None


def _last_lines(path: Path, size: int = 256 * 1024) -> list[bytes]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - size))
            return file.read().splitlines()
    except OSError:
        return []
