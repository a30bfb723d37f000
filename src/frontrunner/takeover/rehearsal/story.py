"""The report of a rehearsal as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from frontrunner.takeover.records import Decided, Entry, Reading
from frontrunner.takeover.rehearsal.book import Book, Failure
from frontrunner.takeover.rehearsal.conductor import Conductor, Trial
from frontrunner.takeover.rehearsal.crew import Crew
from frontrunner.takeover.rehearsal.findings import Finding
from frontrunner.takeover.rehearsal.throng import Throng

_MOST_FAILURES = 100


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One second."""

    at: float
    """Seconds since the beginning."""
    requests: int
    old: int
    new: int
    failed: int
    on_new: int
    """Users whose last answer was the new board's; -1 if nothing was counted."""
    share: int
    """Of 10,000; -1 if Envoy was not asked."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision of the controller, with its evidence."""

    entry: int
    at: float
    """Seconds since the beginning, as seen from outside."""
    before: str
    after: str
    why: str
    cause: str
    actor: str
    """Who gave the command that it answers; empty if evidence, a gate or a deadline decided."""
    readings: tuple[Reading, ...]


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """How long answers took, in seconds; percentiles are up to a quarter too long."""

    side: str
    answers: int
    p50: float
    p99: float


class WayBackTold(msgspec.Struct, frozen=True, kw_only=True):
    """One rollback, seen from outside."""

    entry: int
    at: float
    percent: float
    """Share of the users that were on the new board."""
    seconds: float
    why: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a rehearsal found."""

    held: bool
    started: float
    """Seconds since the epoch."""
    seconds: float
    requests: int
    per_second: float
    users: int
    repeated: int
    fallbacks: int
    controller_kills: int
    envoy_kills: int
    findings: list[Finding]
    results: dict[str, int]
    kinds: dict[str, int]
    sides: dict[str, int]
    causes: dict[str, int]
    """Failures of every sort, by what failed and why."""
    failures: list[Failure]
    changes: dict[str, int]
    """Changes of a user's board."""
    times: list[Times]
    trials: list[Trial]
    ways_back: list[WayBackTold]
    decisions: list[Decision]
    moments: list[Moment]


def told(
    start: float,
    end: float,
    conductor: Conductor,
    crew: Crew,
    throng: Throng,
    findings: list[Finding],
) -> Report:
    """Put together what everybody noted. Times of trials become seconds since the beginning."""
    book, seen = throng.book, throng.seen
    traffic = [at for at, one in book.seconds.items() if one.requests]
    first, last = min(traffic, default=0), max(traffic, default=0)
    return Report(
        held=all(one.held for one in findings),
        started=start,
        seconds=round(end - start, 1),
        requests=book.requests,
        per_second=round(book.requests / max(last - first, 1), 1),
        users=len(seen.side_of),
        repeated=book.repeated,
        fallbacks=sum(map(len, seen.fallbacks.times.values())),
        controller_kills=crew.kills,
        envoy_kills=len(conductor.harms.envoy_kills),
        findings=findings,
        results=_plain(book.results),
        kinds=_plain(book.kinds),
        sides={name or "the gateway": count for name, count in _plain(book.sides).items()},
        causes=_plain(book.causes),
        failures=book.failures[:_MOST_FAILURES],
        changes=_plain(seen.changes),
        times=[_times(book, side) for side in ("old", "new")],
        trials=[_since(one, start) for one in conductor.trials],
        ways_back=[
            WayBackTold(
                entry=one.entry, at=round(one.at - start, 2), percent=one.share / 100,
                seconds=round(one.seconds, 3), why=one.why,
            )
            for one in conductor.ways_back
        ],
        decisions=_decisions(crew, start),
        moments=_moments(book, start),
    )  # fmt: skip


def _plain(counts: Mapping[Any, int]) -> dict[str, int]:
    return {str(name): count for name, count in sorted(counts.items(), key=lambda one: -one[1])}


def _times(book: Book, side: str) -> Times:
    answers = sum(book.times.get(side, {}).values())
    p50, p99 = (round(book.percentile(side, percent), 4) for percent in (50, 99))
    return Times(side=side, answers=answers, p50=p50, p99=p99)


def _since(trial: Trial, start: float) -> Trial:
    return msgspec.structs.replace(
        trial, start=round(trial.start - start, 2), end=round(trial.end - start, 2)
    )


def _decisions(crew: Crew, start: float) -> list[Decision]:
    story = crew.story
    actors = {one.seq: one.actor for one in story.entries}
    return [
        _decision(entry, entry.record, seen_at - start, actors)
        for entry, seen_at in zip(story.entries, story.seen_at, strict=True)
        if isinstance(entry.record, Decided)
    ]


def _decision(entry: Entry, record: Decided, at: float, actors: dict[int, str]) -> Decision:
    return Decision(
        entry=entry.seq,
        at=round(at, 2),
        before=str(record.before),
        after=str(record.after),
        why=record.why,
        cause=record.cause,
        actor=actors.get(record.command or 0, ""),
        readings=record.readings,
    )


def _moments(book: Book, start: float) -> list[Moment]:
    return [
        Moment(
            at=max(at - int(start), 0), requests=one.requests, old=one.old, new=one.new,
            failed=one.failed, on_new=one.on_new, share=one.share,
        )
        for at, one in sorted(book.seconds.items())
    ]  # fmt: skip
