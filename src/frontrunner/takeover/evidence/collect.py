"""Collect evidence: read the gateway's log of requests on, and keep the counts across kills.

One log is enough. Its lines have the board that was asked first, the board that answered last, and
the number of attempts, so a request that the new board failed and the old board answered is known
as such. With one log, one position and the counts are stored together in one file.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.gateway.logs import RequestLine
from frontrunner.gateway.render import Place
from frontrunner.takeover.evidence.facts import Evidence
from frontrunner.takeover.evidence.log_position import LogReader, Position
from frontrunner.takeover.evidence.shadow_counts import ShadowTotals, read_shadows, shadows_since
from frontrunner.takeover.evidence.windows import Windows

log = logging.getLogger("frontrunner.takeover")
_SETTLED = 1.0
"""Seconds after a change of the share in which Envoy's threads may still follow the old routes."""
_UNDER_WAY = 120.0
"""Seconds after which every request that began before a restart has been logged."""

_MOST_UNREAD = 0.01
"""Part of the lines that may be unreadable."""


class Kept(msgspec.Struct, kw_only=True):
    """The file of the collector."""

    since: float
    why: str
    windows: Windows
    position: Position | None
    shadows: ShadowTotals | None
    """The comparer's counts when the analysis began."""
    read: int = 0
    unread: int = 0


class Collector:
    """Counts what users experience since the last `restart`. Not for use by several threads."""

    def __init__(
        self,
        place: Place,
        file: Path,
        window: float,
        complaints: Callable[[float], int | None] = lambda since: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Go on with the counts in `file`; begin anew, and say why, if they cannot be used.

        `window` is in seconds. `complaints` gives the messages about the new side since a time,
        or None if they are not known, without waiting. Raises OSError if the log cannot be read.
        """
        self._place, self._file, self._window = place, file, window
        self._complaints, self._clock = complaints, clock
        self._decoder = msgspec.json.Decoder(RequestLine)
        self._loaded = time.monotonic()
        kept, why = _load(file, window)
        self._kept = kept or self._fresh(why, share=0, slow_over_ms=None)
        self._reader = LogReader(place.requests, self._kept.position)
        if not kept:
            self._restart_at_end()

    def restart(self, why: str, share: int, *, new_old_side: bool = False) -> None:
        """Begin all counts anew, at a share of 10,000. Call it once the data plane follows.

        The old side's p95 is kept unless `new_old_side`: its code has changed. Raises OSError if
        the counts cannot be stored.
        """
        limit = None if new_old_side else self._kept.windows.slow_over_ms
        times = [] if new_old_side else self._kept.windows.page_times
        self._kept = self._fresh(why, share, limit)
        self._kept.windows.page_times = times
        self._restart_at_end()
        self._save()

    def look(self) -> Evidence:
        """Read what was logged since, store the counts, and give the evidence.

        What cannot be read or stored is in `Evidence.problem`; the next look tries again.
        """
        now, before = self._clock(), self._reader.position
        problem = ""
        try:
            self._read()
            if self._reader.lost:
                self.restart(
                    "The log of requests was removed before it was read.", self._kept.windows.share
                )
            elif not self._reader.behind:
                self._kept.windows.end_before(now)
            if self._reader.position != before or not self._file.exists():
                self._save()
        except OSError as error:
            problem = f"{error.filename or self._place.requests}: {error.strerror or error}."
            log.error("evidence could not be read or stored: %s", problem)
        return self._evidence(now, problem or self._doubt())

    def _doubt(self) -> str:
        """Why the counts may not show what happens now; empty if they do."""
        if self._reader.behind:
            return "The log of requests has not been read to its end yet."
        kept = self._kept
        if kept.unread > _MOST_UNREAD * (kept.read + kept.unread):
            return f"{kept.unread:,} lines of the log of requests cannot be read."
        return ""

    # --- reading ------------------------------------------------------------------------------

    def _read(self) -> None:
        windows, decode = self._kept.windows, self._decoder.decode
        if time.monotonic() - self._loaded > _UNDER_WAY:
            windows.begun = -math.inf  # so that a clock that was set back hides nothing
        read = unread = 0
        for line in self._reader.lines():
            try:
                windows.add(decode(line))
                read += 1
            except ValueError:  # which msgspec's errors are, and those of UTF-8
                unread += 1
        self._kept.read += read
        self._kept.unread += unread
        if unread:
            log.warning("%d lines of %s could not be read", unread, self._place.requests)

    def _fresh(self, why: str, share: int, slow_over_ms: float | None) -> Kept:
        now = self._clock()
        windows = Windows(
            share=share, seconds=self._window, begun=now + _SETTLED, slow_over_ms=slow_over_ms
        )
        shadows = read_shadows(self._shadow_file)
        return Kept(since=now, why=why, windows=windows, position=None, shadows=shadows)

    def _restart_at_end(self) -> None:
        self._loaded = time.monotonic()
        self._reader = LogReader.at_end(self._place.requests)

    def _save(self) -> None:
        self._kept.position = self._reader.position
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_file(self._file, msgspec.json.encode(self._kept), mode=0o600)

    # --- what is known ------------------------------------------------------------------------

    @property
    def _shadow_file(self) -> Path:
        return self._place.folder / "shadow.json"

    def _evidence(self, now: float, problem: str) -> Evidence:
        kept, windows = self._kept, self._kept.windows
        split = windows.split()
        return Evidence(
            at=now,
            since=kept.since,
            why=kept.why,
            old=windows.old.counts(),
            new=windows.new.counts(),
            failing=windows.failing,
            slowing=windows.slowing,
            split=split,
            slow_over_ms=windows.slow_over_ms,
            shadows=shadows_since(kept.shadows, read_shadows(self._shadow_file)),
            complaints=self._complaints(kept.since),
            visitors=split.new,
            unread=kept.unread,
            problem=problem,
        )


def _load(file: Path, window: float) -> tuple[Kept | None, str]:
    """What a file keeps, or why there is nothing to go on with."""
    try:
        kept = msgspec.json.decode(file.read_bytes(), type=Kept)
    except FileNotFoundError:
        return None, "Nothing was counted before."
    except (OSError, ValueError) as error:
        log.error("the evidence in %s cannot be read: %s", file, error)
        return None, f"The counts in {file.name} could not be read: {error}."
    if kept.windows.seconds != window:
        return None, f"A window is {window:g} s now and was {kept.windows.seconds:g} s."
    return kept, ""
