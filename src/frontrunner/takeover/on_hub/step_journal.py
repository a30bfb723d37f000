"""What the ledger knows of the steps on the Hub, and how a step is written into it.

A step is written down before it is begun and when it is done or has failed. Nothing about it is
stored elsewhere, so a controller that finds a step open goes on with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from frontrunner.takeover.plan import HubPart, parse_plan
from frontrunner.takeover.records import (
    Commanded,
    Entry,
    Noted,
    PlanChanged,
    Record,
    StepBegun,
    StepEnded,
    Verb,
)

BACK = "restore"
"""The step that takes everything back: what was prepared before it is prepared again."""
PROVIDE = "provide"
"""The step that gives the live Space the variables and secrets of the new board."""
SHARE = "share"
"""The step that sets the share of a gateway at the name."""
TREE_STEPS = frozenset({"guide", "shift", "cutover", BACK})
"""Steps that change what is at the name; a share that was set before is gone then."""
TRAILING = frozenset({"give-up", "hardware", "sleep", "storage"})
"""Steps that the move does not wait for."""
_TRIES_AGAIN = frozenset({Verb.START, Verb.RETRY, Verb.ADVANCE, Verb.RESUME, Verb.ACCEPT})
Write = Callable[[Record, int], Entry]
"""Adds a record under the token of a lease. Raises StaleTokenError if the lease is over."""


@dataclass(frozen=True)
class Open:
    """A step that was begun and has not ended."""

    seq: int
    at: float
    about: dict[str, str]


@dataclass(frozen=True)
class Failure:
    """A step that ended without being done."""

    why: str
    at: float


@dataclass
class Known:
    """What the ledger says of the steps."""

    open: dict[str, Open] = field(default_factory=dict)
    done: dict[str, dict[str, str]] = field(default_factory=dict)
    """Facts of the steps that are done and hold, by key."""
    failed: dict[str, Failure] = field(default_factory=dict)
    """Steps that failed, until an operator asks to go on."""
    ours: list[str] = field(default_factory=list)
    """Commits of the live Space that were saved or made, the last one at the end."""
    saved: dict[str, str] = field(default_factory=dict)
    """Facts of the last tree that was saved."""
    told: set[str] = field(default_factory=set)
    """Alarms that were raised."""
    archives: set[str] = field(default_factory=set)
    """Places that an archive was made at."""
    provided: dict[str, set[str]] = field(default_factory=dict)
    """Names of the variables and secrets that the live Space was to get for the new board."""
    part: HubPart | None = None
    """What the plan in force says of the Hub; None before the start."""
    last: int = 0

    def learn(self, entries: Iterable[Entry]) -> None:
        """Take further entries in."""
        for entry in entries:
            self.last = entry.seq
            match entry.record:
                case StepBegun(step=key, about=about):
                    self.open[key] = Open(entry.seq, entry.at, about)
                    for kind in ("variables", "secrets") if key == PROVIDE else ():
                        self.provided.setdefault(kind, set()).update(about[kind].split())
                case StepEnded():
                    self._ended(entry.record, entry.at)
                case Commanded(verb=verb) if verb in _TRIES_AGAIN:
                    self.failed.clear()
                case PlanChanged(accepted=True, plan=text) if text:
                    self.part = parse_plan(text).hub
                case Noted(topic="alarm", text=text):
                    self.told.add(text)

    def _ended(self, ended: StepEnded, at: float) -> None:
        key, facts = ended.step, ended.facts
        self.open.pop(key, None)
        if "at_name" in facts:
            self.ours.append(facts["at_name"])
        if ended.error:
            self.failed[key] = Failure(ended.error, at)
            return
        self.failed.pop(key, None)
        if key in TREE_STEPS:
            self.done.pop(SHARE, None)
        if key in (BACK, "guide"):  # the old board is there again, as it was
            self.provided.clear()
            self.done.pop(PROVIDE, None)
        if key == BACK:
            self.done.clear()
            return
        self.done[key] = facts
        if key == "save":
            self.saved = facts
        if key == "archive":
            self.archives.add(facts.get("place", ""))


class StepJournal:
    """Reads steps from the ledger and writes them into it."""

    def __init__(self, entries: Callable[[int], Iterable[Entry]], write: Write) -> None:
        """`entries` gives those after a number."""
        self._entries, self._write = entries, write
        self._known = Known()

    def known(self) -> Known:
        """What the ledger says now. Raises LedgerError."""
        self._known.learn(self._entries(self._known.last))
        return self._known

    def begin(self, key: str, title: str, about: dict[str, str], token: int) -> Open:
        """Write down that a step is about to be made."""
        entry = self._write(StepBegun(step=key, title=title, about=about), token)
        return Open(entry.seq, entry.at, about)

    def end(
        self, key: str, begun: Open, token: int, *, facts: dict[str, str], error: str = ""
    ) -> None:
        """Write down what became of it."""
        record = StepEnded(intent=begun.seq, step=key, facts=facts, error=error)
        self._write(record, token)

    def alarm(self, text: str, token: int) -> None:
        """Tell people something once."""
        if text not in self.known().told:
            self._write(Noted(topic="alarm", text=text), token)
