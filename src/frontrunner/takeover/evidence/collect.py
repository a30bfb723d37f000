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
from typing import Protocol

import msgspec

from frontrunner.base.atomic import FileStamp, file_stamp, write_file
from frontrunner.gateway.log_position import LogReader, Position
from frontrunner.gateway.logs import RequestLine
from frontrunner.gateway.render import Place
from frontrunner.takeover.evidence.complaints import NOT_YET, Counted
from frontrunner.takeover.evidence.facts import Evidence
from frontrunner.takeover.evidence.shadow_counts import ShadowTotals, read_shadows, shadows_since
from frontrunner.takeover.evidence.windows import Windows
from frontrunner.takeover.stages import FULL

log = logging.getLogger("frontrunner.takeover")
SETTLED = 1.0
"""Seconds after a change of the share in which Envoy's threads may still follow the old routes."""
_UNDER_WAY = 120.0
"""Seconds after which every request that began before a restart has been logged."""
_LATE = 60.0
"""Seconds after which an analysis without counts must have lost them."""
MOST_UNREAD = 0.01
"""Part of the lines that may be unreadable."""


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted. If any of it changes, counts restart from zero."""

    begun: float = 0.0
    """When the step began, or when new code was seen, as the ledger has it."""
    share: int = 0
    """Of 10,000, as the data plane follows it."""
    window: float = 60.0
    """Seconds in which a bucket counts once."""
    old_code: str | None = None
    """Names the old board's program."""


class Counts(Protocol):
    """What every collector keeps of an analysis."""

    analysis: Analysis
    windows: Windows
    lost: str


def carry_over(before: Counts, fresh: Counts, unusable: str, now: float) -> None:
    """Carry over to a new analysis what still holds of the previous one.

    `unusable` is why there are no earlier counts; empty if there are.
    """
    old = before.analysis.old_code, fresh.analysis.old_code
    # With all users on the new side, no page of the old one would give its p95 again.
    if None in old or old[0] == old[1] or fresh.analysis.share == FULL:
        fresh.windows.slow_over_ms = before.windows.slow_over_ms
        fresh.windows.page_times = before.windows.page_times
    fresh.lost = unusable if now - fresh.analysis.begun > _LATE else ""


class Kept(msgspec.Struct, kw_only=True):
    """The file of the collector."""

    analysis: Analysis
    since: float
    windows: Windows
    position: Position | None
    shadows: ShadowTotals | None
    """The comparer's counts when the analysis began."""
    waits_for_shadows: bool = False
    """Whether shadows from before the analysis are still to be counted; until then none count."""
    lost: str = ""
    """Why earlier counts of this analysis are not part of it."""
    read: int = 0
    unread: int = 0


class Collector:
    """Counts what users experience in one analysis. Not for use by several threads."""

    def __init__(
        self,
        place: Place,
        file: Path,
        complaints: Callable[[float], Counted] = lambda since: Counted(None, NOT_YET),
        clock: Callable[[], float] = time.time,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """Go on with the counts in `file`, or begin without any.

        `complaints` counts the messages about the new side since a time, without waiting.
        `elapsed` is a clock that cannot be set.
        """
        self._elapsed, self._settled = elapsed, -math.inf
        self._place, self._file = place, file
        self._complaints, self._clock = complaints, clock
        self._decoder = msgspec.json.Decoder(RequestLine)
        self._stamp: FileStamp | None = None
        self._reader: LogReader | None = None
        self._unusable = ""
        """Why there are no earlier counts."""
        self._unsaved = False
        self._skips = False
        """Whether lines are skipped, because the clock was set back."""
        self._kept: Kept
        self._load()

    def follow(self, analysis: Analysis) -> None:
        """Count for an analysis: continue if it is the one that is counted, or start from zero.

        Call it once the data plane follows the share, and before each look. The old side's p95 is
        kept for the next analysis unless its code has changed while it has users. Missing counts
        are named in `Evidence.lost`.
        """
        if file_stamp(self._file) not in (None, self._stamp):  # another controller has counted
            self._load()
        before = self._kept
        if before.analysis == analysis and not self._unusable:
            return
        self._kept = self._fresh(analysis)
        carry_over(before, self._kept, self._unusable, self._clock())
        self._unusable, self._reader = "", None

    def _load(self) -> None:
        """Take over the counts of the file."""
        self._stamp, self._loaded = file_stamp(self._file), time.monotonic()
        self._reader = None
        kept, self._unusable = _read(self._file)
        self._unsaved = kept is None
        self._kept = kept or self._fresh(Analysis())
        if kept:
            self._reader = LogReader(self._place.requests, kept.position)

    def look(self) -> Evidence:
        """Read what was logged since, store the counts, and give the evidence.

        What cannot be read or stored is in `Evidence.problem`; the next look tries again.
        """
        now, problem = self._clock(), ""
        try:
            self._go_on(now)
        except OSError as error:
            problem = f"{error.filename or self._place.requests}: {error.strerror or error}."
            log.error("evidence could not be read or stored: %s", problem)
        return self._evidence(now, problem or self._doubt())

    def _doubt(self) -> str:
        """Why the counts may not show what happens now; empty if they do."""
        if self._reader is not None and self._reader.behind:
            return "The log of requests has not been read to its end yet."
        kept = self._kept
        if kept.unread > MOST_UNREAD * (kept.read + kept.unread):
            return f"{kept.unread:,} lines of the log of requests cannot be read."
        return ""

    # --- reading ------------------------------------------------------------------------------

    def _go_on(self, now: float) -> None:
        """Count new lines, and store the counts if there were any."""
        reader = self._reader
        before = reader.position if reader else None
        if reader is None:
            # By times alone, a clock that was set back would let requests of the old routes in.
            if self._elapsed() < self._settled:
                return
            self._loaded = time.monotonic()
            reader = self._reader = LogReader.at_end(self._place.requests)
        self._leave_the_future(now)
        reader = self._after_set_back(reader, now)
        self._wait_for_shadows()
        self._count(reader)
        if reader.lost:
            reader.lost = False
            self._begin_without_what_was_lost()
        elif not reader.behind:
            self._kept.windows.end_before(now)
        if self._unsaved or reader.position != before or not self._file.exists():
            self._save(reader)

    def _leave_the_future(self, now: float) -> None:
        """If an analysis began while the clock was ahead, shadows and complaints count from now."""
        if now < self._kept.since:
            self._kept.since, self._unsaved = now, True

    def _after_set_back(self, reader: LogReader, now: float) -> LogReader:
        """If the clock was set back, count what is logged from now on, with any time.

        Time no longer tells what followed the routes of the step before. So nothing logged so far
        counts, and nothing until Envoy must follow the new ones.
        """
        if now + SETTLED < self._kept.windows.begun:
            self._kept.windows.begun = now + SETTLED
            self._skips = True
        if self._skips:
            reader = self._reader = LogReader.at_end(self._place.requests)
            self._skips = time.monotonic() - self._loaded < SETTLED
        return reader

    def _count(self, reader: LogReader) -> None:
        windows, decode = self._kept.windows, self._decoder.decode
        if time.monotonic() - self._loaded > _UNDER_WAY:
            windows.begun = 0.0  # a clock that was set back hides nothing; JSON has no infinity
        read = unread = 0
        for line in reader.lines():
            try:
                windows.add(decode(line))
                read += 1
            except ValueError:  # which msgspec's errors are, and those of UTF-8
                unread += 1
        self._kept.read += read
        self._kept.unread += unread
        if unread:
            log.warning("%d lines of %s could not be read", unread, self._place.requests)

    def _wait_for_shadows(self) -> None:
        """Count shadows from when those from before the analysis are in the comparer's counts.

        They are compared and written seconds later. What the board showed in an earlier step,
        or before its code was fixed, must not fail this one.
        """
        kept = self._kept
        found = read_shadows(self._shadow_file) if kept.waits_for_shadows else None
        if found is None:
            return
        # The clocks may differ after one was set, but no shadow takes that long.
        is_late = time.monotonic() - self._loaded > _UNDER_WAY
        settled = found.has_all_before(kept.since + SETTLED)
        kept.shadows, kept.waits_for_shadows = found, not (settled or is_late)
        self._unsaved = True

    def _begin_without_what_was_lost(self) -> None:
        limit = self._kept.windows.slow_over_ms
        self._kept = self._fresh(self._kept.analysis)
        self._kept.windows.slow_over_ms = limit
        self._kept.lost = "The log of requests was removed before it was read."
        log.error("the counts start again: %s", self._kept.lost)

    def _fresh(self, analysis: Analysis) -> Kept:
        now = self._clock()
        self._settled = self._elapsed() + SETTLED
        self._unsaved = True
        windows = Windows(share=analysis.share, seconds=analysis.window, begun=now + SETTLED)
        shadows = read_shadows(self._shadow_file)
        return Kept(
            analysis=analysis, since=now, windows=windows, position=None, shadows=shadows,
            waits_for_shadows=shadows is not None,
        )  # fmt: skip

    def _save(self, reader: LogReader) -> None:
        self._unsaved = True
        self._kept.position = reader.position
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_file(self._file, msgspec.json.encode(self._kept), mode=0o600)
        self._stamp, self._unsaved = file_stamp(self._file), False

    # --- what is known ------------------------------------------------------------------------

    @property
    def _shadow_file(self) -> Path:
        return self._place.folder / "shadow.json"

    def _evidence(self, now: float, problem: str) -> Evidence:
        kept, windows = self._kept, self._kept.windows
        split = windows.split()
        shadows = read_shadows(self._shadow_file)
        if kept.waits_for_shadows and shadows is not None:
            shadows = kept.shadows
        complaints = self._complaints(kept.since)
        return Evidence(
            at=now,
            since=kept.since,
            lost=kept.lost,
            old=windows.old.counts(),
            new=windows.new.counts(),
            failing=windows.failing,
            slowing=windows.slowing,
            split=split,
            slow_over_ms=windows.slow_over_ms,
            shadows=shadows_since(kept.shadows, shadows),
            complaints=complaints.number,
            complaints_unknown=complaints.unknown,
            visitors=split.new,
            unread=kept.unread,
            problem=problem,
        )


def _read(file: Path) -> tuple[Kept | None, str]:
    """What a file keeps; or None, and why there are no counts to continue with."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Kept), ""
    except FileNotFoundError:
        return None, f"{file.name} did not exist."
    except (OSError, ValueError) as error:
        log.error("the evidence in %s cannot be read: %s", file, error)
        return None, f"{file.name} could not be read: {error}."
