"""What the controller's terminal shows: each event once, and why the take-over does not go on."""

from __future__ import annotations

import re
from collections.abc import Callable

from frontrunner.takeover.console.phrases import moment, phrase
from frontrunner.takeover.held import held_by, ways_on
from frontrunner.takeover.looks import Look
from frontrunner.takeover.notices import evidence_line
from frontrunner.takeover.records import Acted, Decided, Entry, Intended
from frontrunner.takeover.surroundings import Witness

_NUMBERS = re.compile(r"[\d.,]+")


class Terminal:
    """Passes everything on to another witness, and shows it."""

    def __init__(self, inner: Witness, show: Callable[[str], None], seen: int = 0) -> None:
        """`show` gets one line at a time; entries up to `seen` are not shown."""
        self._inner, self._show = inner, show
        self._seen = seen
        self._last: tuple[str, ...] | None = None

    def entry(self, entry: Entry) -> None:
        """Show an entry, unless it was shown."""
        self._inner.entry(entry)
        if entry.seq > self._seen:
            self._seen = entry.seq
            for line in lines_of(entry):
                self._show(line)

    def look(self, look: Look) -> None:
        """Show what it waits for, when that is not the same as at the last look."""
        self._inner.look(look)
        kinds = (str(look.position), *map(_kind, look.blockers))
        if kinds != self._last:
            self._last = kinds
            for line in waits(look):
                self._show(line)

    def trouble(self, text: str) -> None:
        """The other witness logs it."""
        self._inner.trouble(text)


def lines_of(entry: Entry) -> list[str]:
    """An entry for people; a decision that stops the take-over with its evidence and ways on."""
    record = entry.record
    if isinstance(record, Intended) or (isinstance(record, Acted) and not record.error):
        return []  # the decision that follows says the same
    by = "" if entry.actor == "controller" else f"{entry.actor}: "
    lines = [f"{moment(entry.at)}  {by}{phrase(record)}"]
    held = held_by(entry.seq, entry.at, record) if isinstance(record, Decided) else None
    if held:
        lines += [f"  - {evidence_line(one)}" for one in held.readings]
        lines += ["  What you can do:", *(f"  - {one}" for one in ways_on(held))]
    return lines


def waits(look: Look) -> list[str]:
    """What it waits for, one thing a line."""
    if not look.blockers:
        return []
    return [f"{moment(look.at)}  Waits for:", *(f"  - {one}" for one in look.blockers)]


def _kind(reason: str) -> str:
    """A reason without what changes at every look: numbers, and the details of a gate."""
    return _NUMBERS.sub("", reason.partition(". ")[0])
