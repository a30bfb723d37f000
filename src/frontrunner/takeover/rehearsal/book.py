"""The outcome of each request: counted by kind, side and second, each failure by cause. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import msgspec

_KEPT = 500
"""How many failures are kept in full; the counts include all of them."""
_FINEST = 0.0005
"""Seconds: the end of the first class of times; each next one ends a quarter later."""
_GROWTH = 1.25


class Owner(StrEnum):
    """Who decides which board answers a path."""

    BUCKET = "bucket"
    OLD = "old"
    NEW = "new"
    GATEWAY = "gateway"


class Answered(NamedTuple):
    """One request of a user and its outcome."""

    start: float
    """Seconds since the epoch."""
    end: float
    kind: str
    """What was asked for: `page`, `table`, `job` and so on."""
    method: str
    path: str
    owner: Owner
    status: int
    """0 if there was no answer."""
    side: str
    tries: int
    error: str = ""
    choice: str = ""
    """The board that the user had chosen."""
    is_there: bool = True
    """False if the old board need not have the path, because only the new one does."""


class Result(StrEnum):
    """What a request counts as."""

    GOOD = "answered"
    FAILED = "failed"
    LOST = "lost"
    """The old board answered 404 for what only the new one has, such as a style of its page."""
    ONCE = "failed, not repeatable"
    """A request that must not be sent twice."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A request that failed."""

    at: float
    took: float
    result: Result
    kind: str
    request: str
    owner: str
    choice: str
    side: str
    status: int
    cause: str


def result(one: Answered) -> Result:
    """What a request counts as."""
    if not one.error and 200 <= one.status < 400:
        return Result.GOOD
    if not one.error and one.status == 404:
        if one.side == "old" and not one.is_there:
            return Result.LOST
        if one.owner is Owner.GATEWAY:  # no move is planned yet
            return Result.GOOD
    return Result.FAILED if one.method == "GET" else Result.ONCE


def cause(one: Answered) -> str:
    """Why a request failed, without what differs from one request to the next."""
    if one.error:
        return one.error
    return f"{one.status} from {one.side or 'the gateway'}"


@dataclass
class Second:
    """One second of the rehearsal."""

    requests: int = 0
    old: int = 0
    new: int = 0
    failed: int = 0
    on_new: int = -1
    """Users whose last answer was the new board's; -1 if nothing was counted."""
    share: int = -1


@dataclass
class Book:
    """All counts of a rehearsal."""

    requests: int = 0
    repeated: int = 0
    """Times that a request was sent again, because its connection was cut."""
    results: Counter[Result] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    sides: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    seconds: dict[int, Second] = field(default_factory=dict)
    times: dict[str, Counter[int]] = field(default_factory=dict)
    """Side -> class of time -> answers."""
    slowest: float = 0.0

    def add(self, one: Answered) -> Result:
        """Count a request."""
        found = result(one)
        self.requests += 1
        self.repeated += one.tries - 1
        self.results[found] += 1
        self.kinds[one.kind] += 1
        self.sides[one.side] += 1
        second = self.second(one.end)
        second.requests += 1
        second.old += one.side == "old"
        second.new += one.side == "new"
        self._time(one)
        if found is not Result.GOOD:
            self._failed(one, found)
            second.failed += found is Result.FAILED
        return found

    def fail(self, kind: str, what: str, at: float) -> None:
        """Count a failure of a request that was answered well by its status."""
        one = Answered(at, at, kind, "POST", "", Owner.OLD, 0, "", 1, what)
        self.results[Result.ONCE] += 1
        self._failed(one, Result.ONCE)

    def second(self, at: float) -> Second:
        """The counts of the second of a time."""
        return self.seconds.setdefault(int(at), Second())

    def _time(self, one: Answered) -> None:
        took = one.end - one.start
        self.slowest = max(self.slowest, took)
        self.times.setdefault(one.side, Counter())[class_of(took)] += 1

    def _failed(self, one: Answered, found: Result) -> None:
        why = cause(one)
        self.causes[f"{found}: {one.kind}: {why}"] += 1
        if len(self.failures) < _KEPT or found is Result.FAILED:
            failure = Failure(
                at=one.start,
                took=one.end - one.start,
                result=found,
                kind=one.kind,
                request=f"{one.method} {one.path}",
                owner=one.owner,
                choice=one.choice,
                side=one.side,
                status=one.status,
                cause=why,
            )
            self.failures.append(failure)

    def percentile(self, side: str, percent: float) -> float:
        """The time, in seconds, that so many percent of a side's answers took at most.

        It is the end of a class, so up to a quarter too long. 0 without answers.
        """
        counts = self.times.get(side, Counter())
        wanted = counts.total() * percent / 100
        for name in sorted(counts):
            wanted -= counts[name]
            if wanted <= 0:
                return _FINEST * _GROWTH**name
        return 0.0


def class_of(seconds: float) -> int:
    """The class of a time: 0 up to half a millisecond, each next one ends a quarter later."""
    name, end = 0, _FINEST
    while seconds > end:
        name, end = name + 1, end * _GROWTH
    return name
