"""Verdicts by route, with examples: what the comparer has seen, kept in one file."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.gateway.shadow.canon import Answer
from frontrunner.gateway.shadow.compare import Difference, Outcome
from frontrunner.gateway.shadow.path_templates import counted_as

TALLY = "shadow.json"
"""The file of counts in the gateway's folder."""
_EXAMPLES = 20
"""Examples kept for a route; the latest."""
_ALL_EXAMPLES = 400
"""Examples kept for all routes: the file is written and read every few seconds."""
_SHOWN = 2000
"""Characters of a body in an example."""
_DIFFERENCES = 20
_LONGEST_TEXT = 300
"""Characters of a difference in an example: a board may answer with a title of megabytes."""


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One request whose answers differ, both answers side by side."""

    at: float
    """Seconds since the epoch."""
    path: str
    differences: list[str]
    old: str
    new: str


class RouteTally(msgspec.Struct, kw_only=True):
    """The counts of one route template."""

    same: int = 0
    noisy: int = 0
    ignored: int = 0
    old_failed: int = 0
    """The old board answered 500 or more, or nothing, and the new one did better."""
    different: int = 0
    examples: list[Example] = []


class Tally(msgspec.Struct, kw_only=True):
    """All counts since the comparer began on an empty file."""

    since: float = 0.0
    counted_until: float | None = None
    """All shadows that were taken before this time are in the counts; None if that is not known."""
    routes: dict[str, RouteTally] = {}
    rules: dict[str, int] = {}
    """How often each rule ignored something."""
    errors: int = 0
    """Requests that could not be compared, because the new board gave no answer in time, or both
    failed."""
    dropped: int = 0
    """Requests that came faster than they can be compared."""
    crashed: int = 0
    """Requests on which the comparison itself failed. They are not counted as the same."""

    def add(self, route: str, outcome: Outcome) -> RouteTally:
        """Count one verdict; the tally of its route."""
        one = self.routes.setdefault(counted_as(route, self.routes), RouteTally())
        setattr(one, outcome, getattr(one, outcome) + 1)
        return one

    def keep_example(
        self, route: RouteTally, path: str, found: Sequence[Difference], old: Answer, new: Answer
    ) -> None:
        """Keep a request as an example of one of the routes; the oldest gives way."""
        texts = [_text(one) for one in found[:_DIFFERENCES]]
        example = Example(
            at=time.time(), path=path[:500], differences=texts, old=_shown(old), new=_shown(new)
        )
        route.examples = [*route.examples[-_EXAMPLES + 1 :], example]
        if sum(len(one.examples) for one in self.routes.values()) > _ALL_EXAMPLES:
            del max(self.routes.values(), key=lambda one: len(one.examples)).examples[0]

    def totals(self) -> dict[str, int]:
        """Counts over all routes."""
        names = ("same", "noisy", "ignored", "old_failed", "different")
        return {name: sum(getattr(one, name) for one in self.routes.values()) for name in names}


def _text(one: Difference) -> str:
    text = f"{one.kind} {one.where}: {one.text}".strip()[:_LONGEST_TEXT]
    return text.encode("utf-8", "replace").decode()  # JSON may name half of a surrogate pair


def _shown(answer: Answer) -> str:
    text = answer.body[: 4 * _SHOWN].decode("utf-8", "replace")[:_SHOWN]
    return f"{answer.status} {answer.kind}\n{text}"


def read_tally(path: Path) -> Tally:
    """The tally in a file; an empty one if there is none or it cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Tally)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Tally(since=time.time())


def write_tally(path: Path, tally: Tally) -> None:
    """Replace the tally in a file. Raises OSError if it cannot be written."""
    write_file(path, msgspec.json.encode(tally), follow=False)
