"""One update: fetch, build, ask the guards, publish, and see that readers have it.

It may be killed at any instant: a snapshot is built aside and becomes current in one step, and the
next run begins anew from what is published.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import msgspec

from frontrunner.base.atomic import locked
from frontrunner.base.config import Settings
from frontrunner.base.durations import seconds
from frontrunner.base.errors import (
    CorruptSnapshotError,
    FrontrunnerError,
    InterruptedBuildError,
    RefreshError,
    UnknownNameError,
    UsageError,
)
from frontrunner.base.home import Home
from frontrunner.base.refresh_settings import RefreshSettings
from frontrunner.ops import events, pipeline
from frontrunner.refresh.changes import Changes, measure
from frontrunner.refresh.guards import Breach, breaches
from frontrunner.refresh.live import UnseenError, wait_until_shown
from frontrunner.refresh.record import Outcome, Run, Waiting, keep_run, read_state, write_state
from frontrunner.snapshot.freshness import write_checked_at
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store


class Ended(NamedTuple):
    """How an update ended."""

    run: Run
    error: Exception | None = None
    """What stopped it, if it failed."""
    failures_before: int = 0
    """Runs in a row before this one that were not good."""
    failures: int = 0
    """The same with this one."""


class Guards:
    """Judges a new snapshot against the published one, and keeps what it found."""

    def __init__(self, store: Store, settings: RefreshSettings) -> None:
        self._store = store
        self._limits = settings.guards
        self.changes: Changes | None = None
        """None if nothing was published before, or if it cannot be read."""
        self.found: tuple[Breach, ...] = ()

    def judge(self, snapshot: Snapshot) -> str:
        """Why the snapshot is held, in a sentence for each guard; empty if it may pass."""
        if self._store.current_id() is None:
            return ""
        try:
            self.changes = measure(self._store.current(), snapshot)
        except CorruptSnapshotError as error:
            self.found = (Breach("current", _unreadable(error)),)
        else:
            self.found = breaches(self.changes, self._limits)
        return in_words(self.found)


def _unreadable(error: CorruptSnapshotError) -> str:
    return (
        f"The published snapshot cannot be read, so the new one cannot be compared with it: {error}"
    )


def in_words(found: tuple[Breach, ...]) -> str:
    """All that the guards say."""
    return " ".join(one.sentence for one in found)


def request_of(settings: RefreshSettings) -> pipeline.Request:
    """What an update builds. Raises UsageError if the settings name no results."""
    results = _several(settings.results)
    if not results:
        raise UsageError(
            "There is nothing to update from. Write the source of the results into "
            'frontrunner.toml: [refresh] results = "PATH or URL", or give --results.'
        )
    catalog = tuple(Path(one) for one in _several(settings.catalog))
    return pipeline.Request(results, catalog, settings.without_mteb)


def _several(given: tuple[str, ...] | str) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) and given else tuple(given)


def refresh(settings: Settings, reporter: pipeline.Reporter) -> Ended:
    """Update the board once, and record how it went.

    A failure is part of the answer. Raises UsageError if there is nothing to update from,
    RefreshError if another update is under way, InterruptedBuildError on Ctrl-C.
    """
    request = request_of(settings.refresh)
    home = Home(settings.home)
    home.refresh.mkdir(parents=True, exist_ok=True)
    try:
        with locked(home.refresh_lock):
            before = read_state(home).failures
            ended = _ended(settings, request, reporter)
            after = keep_run(home, ended.run).failures
            return ended._replace(failures_before=before, failures=after)
    except BlockingIOError:
        raise RefreshError(
            f"Another update of {settings.home} is under way, so this one did nothing."
        ) from None


def _ended(settings: Settings, request: pipeline.Request, reporter: pipeline.Reporter) -> Ended:
    store = pipeline.open_store(settings, reporter)
    guards = Guards(store, settings.refresh)
    began, ticked = time.time(), time.monotonic()
    previous = store.current_id()
    snapshot: str | None = None
    live_after = None
    error: Exception | None = None
    outcome: Outcome
    try:
        snapshot = pipeline.build(settings, request._replace(judge=guards.judge), reporter).id
        outcome, reason = _outcome(snapshot, previous, guards)
        if outcome != "held":
            live_after = _live(settings.refresh, snapshot, reporter)
            pipeline.prune(store, settings.build.keep, reporter)
    except InterruptedBuildError:
        raise
    except UnseenError as unseen:
        outcome, reason, error = "unseen", str(unseen), unseen
    except (FrontrunnerError, OSError) as failure:
        outcome, reason, error = "failed", str(failure), failure
    run = Run(
        at=began,
        seconds=round(time.monotonic() - ticked, 3),
        outcome=outcome,
        snapshot=snapshot,
        previous=previous,
        reason=reason,
        breaches=guards.found,
        live_after=live_after,
        **_counts(guards.changes),
    )
    return Ended(run, error)


def _outcome(snapshot: str, previous: str | None, guards: Guards) -> tuple[Outcome, str]:
    if guards.found:
        return "held", in_words(guards.found)
    return ("unchanged" if snapshot == previous else "published"), ""


def _live(settings: RefreshSettings, snapshot: str, reporter: pipeline.Reporter) -> float | None:
    """Wait for the live board, if there is one to ask. Raises UnseenError."""
    if not settings.live:
        return None
    with reporter.step(f"Waiting until {settings.live} shows it"):
        return round(wait_until_shown(settings.live, snapshot, seconds(settings.live_within)), 3)


def _counts(changes: Changes | None) -> dict[str, int]:
    if changes is None:
        return {}
    scores = changes.scores
    return {
        "models_added": len(scores.models_added),
        "models_gone": len(scores.models_gone),
        "scores_added": len(scores.added),
        "scores_gone": len(scores.gone),
        "scores_changed": scores.changed,
    }


def accept(
    settings: Settings, name: str, by: str, reason: str, reporter: pipeline.Reporter
) -> Waiting:
    """Publish the snapshot that the guards hold, and log who accepted it and why.

    Raises UnknownNameError if no snapshot of that name is held, RefreshError if another one was
    published since it was judged, SnapshotError if it is damaged.
    """
    store, home = pipeline.open_store(settings, reporter), Home(settings.home)
    with store.changing():
        waiting = read_state(home).waiting
        if waiting is None or not name or not waiting.snapshot.startswith(name):
            held = f"{waiting.snapshot} is" if waiting else "nothing is"
            raise UnknownNameError(
                f"{held} held in {settings.home}, not {name!r}. frontrunner refresh status shows "
                "what waits and why."
            )
        if waiting.against != store.current_id():
            raise RefreshError(
                f"Another snapshot was published since {waiting.snapshot} was held. Run: "
                "frontrunner refresh"
            )
        accepted = events.Accepted(
            snapshot=waiting.snapshot,
            by=by,
            reason=reason,
            guards=tuple(one.guard for one in waiting.breaches),
        )
        # Before it is done: nothing that a person let pass is published without a name.
        events.record(home, accepted)
        pipeline.publish(store, waiting.snapshot, reporter)
        state = read_state(home)
        state = msgspec.structs.replace(state, waiting=None, failures=0, good_at=waiting.at)
        write_state(home, state)
        write_checked_at(home, waiting.snapshot, waiting.at)
    return waiting
