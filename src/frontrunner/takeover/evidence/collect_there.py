"""Collect evidence from a gateway elsewhere, as in a Space: its log ends with its container.

The gateway reports counts of windows that have ended, as numbered rows. Windows and the number of
the last row are stored together in one file, so a row counts once, whenever a controller is killed
and whichever answers are lost or come twice. All times are those of the gateway's clock.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from frontrunner.base.atomic import FileStamp, file_stamp, write_file
from frontrunner.base.errors import FrontrunnerError
from frontrunner.gateway.traffic_rows import Cursor, Traffic, TrafficRow
from frontrunner.takeover.evidence.collect import (
    MOST_UNREAD,
    SETTLED,
    Analysis,
    carry_over,
)
from frontrunner.takeover.evidence.facts import Evidence
from frontrunner.takeover.evidence.windows import Windows

log = logging.getLogger("frontrunner.takeover")
_MOST_ASKED = 20
"""Answers that are asked for at one look."""
_EPOCHS = 20
AskTraffic = Callable[[Cursor], Traffic | None]
"""Asks for the rows after a cursor; None if no gateway is there. Raises FrontrunnerError."""


class KeptThere(msgspec.Struct, kw_only=True):
    """The file of the collector."""

    analysis: Analysis
    since: float
    """When the counts began, on the clock of the controller."""
    windows: Windows
    has_begun: bool = False
    """Whether the gateway has reported its time; nothing counts before."""
    cursor: Cursor = Cursor()
    earlier: dict[str, int] = {}
    """Epoch -> the last row that was stored of it, of those before: an old container may answer
    once more while the next one starts."""
    lost: str = ""
    told_at: float = 0.0
    """When the gateway answered last, on its clock."""
    restarts: int = 0
    """Containers that began to count since the counts began, after the first."""
    gap: tuple[float, float] = (0.0, 0.0)
    """The last answer of one container and the first of the next, on their clocks."""
    read: int = 0
    unread: int = 0


class CollectorThere:
    """Counts what users experience in one analysis. Not for use by several threads."""

    def __init__(self, ask: AskTraffic, file: Path, clock: Callable[[], float] = time.time) -> None:
        """Go on with the counts in `file`, or begin without any."""
        self._ask, self._file, self._clock = ask, file, clock
        self._stamp: FileStamp | None = None
        self._unusable = ""
        """Why there are no earlier counts."""
        self._kept: KeptThere
        self._load()

    def follow(self, analysis: Analysis) -> None:
        """Count for an analysis: continue if it is the one that is counted, or start from zero.

        Call it once the gateway follows the share, and before each look. The old side's p95 is kept
        for the next analysis unless its code has changed.
        """
        if file_stamp(self._file) not in (None, self._stamp):  # another controller has counted
            self._load()
        before = self._kept
        if before.analysis == analysis and not self._unusable:
            return
        self._kept = self._fresh(analysis)
        carry_over(before, self._kept, self._unusable, self._clock())
        self._unusable = ""

    def look(self) -> Evidence:
        """Ask for new rows, store the counts, and give the evidence.

        What cannot be asked or stored is in `Evidence.problem`; the next look tries again.
        """
        try:
            problem = self._go_on()
        except (FrontrunnerError, OSError) as error:
            problem = f"The traffic is not known: {error}"
            log.warning("%s", problem)
        return self._evidence(problem or self._doubt())

    # --- asking -------------------------------------------------------------------------------

    def _go_on(self) -> str:
        """Count new rows; why the counts may not show what happens now."""
        for _ in range(_MOST_ASKED):
            answer = self._ask(self._kept.cursor)
            if answer is None:
                return "No gateway is at the name."
            self._count(answer)
            if self._kept.cursor.number >= answer.last and not answer.behind:
                self._kept.windows.end_before(answer.at)
                self._save()
                return ""
            self._save()
            if not answer.rows:
                break
        return "The gateway has counted more than could be fetched in one check."

    def _count(self, answer: Traffic) -> None:
        kept = self._kept
        if not kept.has_begun:
            kept.windows.begun, kept.has_begun = answer.at + SETTLED, True
            kept.cursor = Cursor(answer.epoch)
        elif answer.epoch != kept.cursor.epoch:
            self._change_epoch(answer)
        kept.told_at = answer.at
        for row in answer.rows:
            if row.number <= self._kept.cursor.number:
                continue  # an answer that came twice
            if row.number > self._kept.cursor.number + 1:
                self._heed_gap()
            self._kept.cursor = Cursor(answer.epoch, row.number)
            self._add(row)

    def _change_epoch(self, answer: Traffic) -> None:
        kept, epoch = self._kept, answer.epoch
        if epoch not in kept.earlier:
            kept.restarts += 1
            # A file of an earlier version does not have the last answer's time.
            kept.gap = kept.told_at or kept.since, answer.at
        others = {one: number for one, number in kept.earlier.items() if one != epoch}
        others[kept.cursor.epoch] = kept.cursor.number
        number = kept.earlier.get(epoch, 0)
        kept.earlier = dict(list(others.items())[-_EPOCHS:])
        kept.cursor = Cursor(epoch, number)

    def _add(self, row: TrafficRow) -> None:
        self._kept.windows.add_row(row)
        if row.at >= self._kept.windows.begun:
            self._kept.read += row.read
            self._kept.unread += row.unread

    def _heed_gap(self) -> None:
        """Start from zero if rows of this step are missing, which the gateway has dropped."""
        kept = self._kept
        if not kept.read:
            return  # rows of before the step
        kept.lost = "The gateway dropped counts before they were fetched."
        log.error("the counts start again: %s", kept.lost)
        windows = self._fresh(kept.analysis).windows
        windows.slow_over_ms, windows.begun = kept.windows.slow_over_ms, kept.windows.begun
        kept.windows, kept.since = windows, self._clock()
        kept.read = kept.unread = 0

    # --- keeping ------------------------------------------------------------------------------

    def _fresh(self, analysis: Analysis) -> KeptThere:
        windows = Windows(share=analysis.share, seconds=analysis.window, begun=0.0)
        return KeptThere(analysis=analysis, since=self._clock(), windows=windows)

    def _load(self) -> None:
        self._stamp, self._unusable = file_stamp(self._file), ""
        try:
            self._kept = msgspec.json.decode(self._file.read_bytes(), type=KeptThere)
            return
        except FileNotFoundError:
            self._unusable = f"{self._file.name} did not exist."
        except (OSError, ValueError) as error:
            self._unusable = f"{self._file.name} could not be read: {error}."
            log.error("the evidence in %s cannot be read: %s", self._file, error)
        self._kept = self._fresh(Analysis())

    def _save(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_file(self._file, msgspec.json.encode(self._kept), mode=0o600)
        self._stamp = file_stamp(self._file)

    # --- what is known ------------------------------------------------------------------------

    def _doubt(self) -> str:
        kept = self._kept
        if kept.unread > MOST_UNREAD * max(kept.read, 1):
            return f"{kept.unread:,} lines of the gateway's log of requests cannot be read."
        return ""

    def _unknown(self) -> str:
        """What containers had counted when they ended, and had not delivered."""
        kept = self._kept
        if not kept.restarts:
            return ""
        last, first = (f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}" for at in kept.gap)
        times = "once" if kept.restarts == 1 else f"{kept.restarts:,} times, last"
        return (
            f"The gateway's container restarted {times} between {last} and {first} UTC. "
            "Counts of the previous container that were not delivered are lost."
        )

    def _evidence(self, problem: str) -> Evidence:
        kept, windows = self._kept, self._kept.windows
        split = windows.split()
        return Evidence(
            at=self._clock(),
            since=kept.since,
            lost=kept.lost,
            unknown=self._unknown(),
            old=windows.old.counts(),
            new=windows.new.counts(),
            failing=windows.failing,
            slowing=windows.slowing,
            split=split,
            slow_over_ms=windows.slow_over_ms,
            visitors=split.new,
            unread=kept.unread,
            problem=problem,
        )
