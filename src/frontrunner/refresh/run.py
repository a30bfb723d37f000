"""One update: fetch, build, ask the guards, publish, deploy, and see that readers have it.

It may be killed at any instant: a snapshot is built aside and becomes current in one step, and the
next run begins anew from what is published.
"""

from __future__ import annotations

import time
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import msgspec

from frontrunner.base.atomic import locked, sweep
from frontrunner.base.config import Settings
from frontrunner.base.errors import (
    HELPER_ENDED,
    CorruptSnapshotError,
    FrontrunnerError,
    InterruptedBuildError,
    RefreshError,
    UnknownNameError,
    UnpreparedError,
    UsageError,
)
from frontrunner.base.home import Home
from frontrunner.base.memory import keep_what_is_freed, return_freed_memory
from frontrunner.base.refresh_settings import RefreshSettings
from frontrunner.ops import events, pipeline
from frontrunner.ops.beside import Beside
from frontrunner.ops.completing import try_to_complete
from frontrunner.ops.reporting import Reporter
from frontrunner.ops.store_push import push_published
from frontrunner.refresh.changes import Changes
from frontrunner.refresh.deliver import Delivery, deliver
from frontrunner.refresh.judge import Guards
from frontrunner.refresh.record import (
    Outcome,
    Run,
    State,
    Waiting,
    after_run,
    keep_run,
    read_state,
    write_state,
)
from frontrunner.results.git import is_git
from frontrunner.results.table import MANY_ROWS
from frontrunner.snapshot.freshness import write_checked_at
from frontrunner.snapshot.retention import Retention
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
    delivered: str | None = None
    """The snapshot that readers were seen to have, if they were asked."""


_IN_PLACE: tuple[Outcome, ...] = ("published", "unchanged", "unprepared")
"""Outcomes with which what is published is what the results give."""
_A_LOOK = 0.2
"""Seconds to wait for the lock: `doctor` takes it for an instant to see whether an update runs."""


def request_of(settings: RefreshSettings, *, needs_results: bool = True) -> pipeline.Request:
    """What an update builds. Raises UsageError if the settings name no results but must."""
    results = _several(settings.results)
    if not results and needs_results:
        raise UsageError(
            "No source of results is set. Write the source of the results into "
            'frontrunner.toml: [refresh] results = "PATH or URL", or give --results.'
        )
    catalog = tuple(Path(one) for one in _several(settings.catalog))
    return pipeline.Request(results, catalog, settings.without_mteb)


def _several(given: tuple[str, ...] | str) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) and given else tuple(given)


def refresh(settings: Settings, reporter: Reporter, beside: Beside | None = None) -> Ended:
    """Update the board once, and record how it went. `beside` are helpers started already.

    A failure is part of the answer. Raises UsageError if there is nothing to update from,
    RefreshError if another update is under way, InterruptedBuildError on Ctrl-C.
    """
    request = request_of(settings.refresh)._replace(beside=beside)
    home = Home(settings.home)
    home.refresh.mkdir(parents=True, exist_ok=True)
    try:
        with locked(home.refresh_lock, wait=_A_LOOK):
            sweep(home.refresh)
            before = read_state(home)
            ended = _ended(settings, request, before, reporter)
            after = _kept(home, before, ended, reporter).failures
            _push_freshness(settings, ended.run, reporter)
            return_freed_memory()
            return ended._replace(failures_before=before.failures, failures=after)
    except BlockingIOError:
        raise RefreshError(
            f"Another update of {settings.home} is under way, so this one did nothing."
        ) from None


def _kept(home: Home, before: State, ended: Ended, reporter: Reporter) -> State:
    """Record the run; what it did is done, so that it cannot be recorded is a warning."""
    try:
        return keep_run(home, ended.run, ended.delivered)
    except OSError as error:
        text = f"This update could not be recorded in {home.refresh}: {error.strerror or error}"
        reporter.warn(RefreshError(f"{text}. The status shows the update before it."))
        return after_run(before, ended.run, ended.delivered)


def _push_freshness(settings: Settings, run: Run, reporter: Reporter) -> None:
    """Tell the object storage, too, until when the board is up to date."""
    if run.outcome in _IN_PLACE:
        try:
            push_published(settings, pipeline.open_store(settings, reporter), reporter)
        except FrontrunnerError as error:
            reporter.warn(error)


def _ended(
    settings: Settings, request: pipeline.Request, state: State, reporter: Reporter
) -> Ended:
    store = pipeline.open_store(settings, reporter)
    guards = Guards(store, settings.refresh)
    began, ticked = time.time(), time.monotonic()
    built = _built(settings, request, store, guards, reporter)
    if built.outcome not in _IN_PLACE:
        _complete_current(store, reporter)
    delivery = _delivered(settings, store, built.outcome, state, reporter)
    outcome, reason, error = _with_delivery(built, delivery)
    if outcome in _IN_PLACE:
        _prune(store, settings, reporter)
    run = Run(
        at=began,
        seconds=round(time.monotonic() - ticked, 3),
        outcome=outcome,
        snapshot=built.snapshot,
        previous=guards.against,
        reason=reason,
        breaches=guards.found,
        commit=delivery.commit,
        live_after=delivery.live_after,
        **_counts(guards.changes),
    )
    delivered = delivery.snapshot if delivery.live_after is not None else None
    return Ended(run, error, delivered=delivered)


def _has_few_rows(store: Store) -> bool:
    try:
        return store.current().manifest.provenance.counts.rows < MANY_ROWS
    except (UnknownNameError, CorruptSnapshotError):
        return False


class _Built(NamedTuple):
    """How the first part of an update ended, before what is published is brought to readers."""

    outcome: Outcome
    reason: str = ""
    error: Exception | None = None
    snapshot: str | None = None


def _built(
    settings: Settings,
    request: pipeline.Request,
    store: Store,
    guards: Guards,
    reporter: Reporter,
) -> _Built:
    """Build, ask the guards, publish, and copy to the object storage."""
    built = _Built("failed")
    has_few_rows = _has_few_rows(store)
    if has_few_rows:
        keep_what_is_freed()
    try:
        guarded = request._replace(judge=guards.judge, meanwhile=guards.look)
        with ThreadPoolExecutor(1) as thread:
            guards.begin(thread, rank=has_few_rows and any(map(is_git, request.results)))
            built = _judged(settings, guarded, guards, reporter)
        if built.outcome in _IN_PLACE:
            push_published(settings, store, reporter)
    except InterruptedBuildError:
        raise
    except (FrontrunnerError, OSError) as failure:
        reason = f"{built.reason} {failure}".strip()
        return built._replace(outcome="failed", reason=reason, error=failure)
    except BrokenExecutor:
        return _Built("failed", HELPER_ENDED, FrontrunnerError(HELPER_ENDED))
    return built


def _judged(
    settings: Settings,
    guarded: pipeline.Request,
    guards: Guards,
    reporter: Reporter,
) -> _Built:
    """Build, and publish what the guards let pass."""
    unprepared: UnpreparedError | None = None
    try:
        snapshot = pipeline.build(settings, guarded, reporter).id
    except UnpreparedError as error:
        snapshot, unprepared = error.snapshot, error
    guards.keep_boards(snapshot)
    if guards.found:
        if unprepared is not None:
            reporter.warn(unprepared)
        return _Built("held", guards.reason, snapshot=snapshot)
    if unprepared is not None:
        reason = f"Snapshot {snapshot} is published. {unprepared}"
        return _Built("unprepared", reason, unprepared, snapshot)
    return _Built("unchanged" if snapshot == guards.against else "published", snapshot=snapshot)


def _complete_current(store: Store, reporter: Reporter) -> None:
    """Prepare what is published, if an earlier update could not: this one publishes nothing."""
    try:
        current = store.current()
        unprepared = None if current.prepared else try_to_complete(store, current, reporter)
    except (UnknownNameError, CorruptSnapshotError):
        return  # nothing is published, or what is cannot be read, which the guards say
    if unprepared is not None:
        reporter.warn(unprepared)


def _with_delivery(built: _Built, delivery: Delivery) -> tuple[Outcome, str, Exception | None]:
    """How the whole update ended."""
    if delivery.outcome is None:
        return built.outcome, built.reason, built.error
    outcome = delivery.outcome if built.outcome in _IN_PLACE else built.outcome
    return outcome, f"{built.reason} {delivery.error}".strip(), built.error or delivery.error


def _delivered(
    settings: Settings, store: Store, outcome: Outcome, state: State, reporter: Reporter
) -> Delivery:
    """Bring what is published to its readers.

    Also if this update was held or failed, when an earlier one was killed before it deployed.
    """
    current = store.current_id()
    is_behind = bool(settings.refresh.deploy.space) and current != state.delivered
    if current is None or (outcome not in _IN_PLACE and not is_behind):
        return Delivery(current or "")
    return deliver(settings, store, reporter)


def _prune(store: Store, settings: Settings, reporter: Reporter) -> None:
    """Remove old snapshots; that they cannot be removed is a warning."""
    try:
        rule = Retention.of(settings.snapshots)
        pipeline.prune(store, settings.build.keep, reporter, rule)
    except (FrontrunnerError, OSError) as error:
        reporter.warn(error)


def deploy(settings: Settings, reporter: Reporter) -> Delivery:
    """Bring what is published to its readers, outside of an update.

    Raises RefreshError if an update is under way, which does the same, or if nothing is published.
    """
    home, store = Home(settings.home), pipeline.open_store(settings, reporter)
    if store.current_id() is None:
        raise RefreshError(f"Nothing is published in {settings.home}. Run: frontrunner refresh")
    home.refresh.mkdir(parents=True, exist_ok=True)
    try:
        with locked(home.refresh_lock, wait=_A_LOOK):
            found = deliver(settings, store, reporter)
            if found.live_after is not None:
                seen = {"delivered": found.snapshot, "delivered_at": time.time()}
                write_state(home, msgspec.structs.replace(read_state(home), **seen))
            return found
    except BlockingIOError:
        raise RefreshError(
            f"An update of {settings.home} is under way, so nothing was deployed. It deploys what "
            "is published at its end; otherwise run: frontrunner refresh deploy"
        ) from None


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


def accept(settings: Settings, name: str, by: str, reason: str, reporter: Reporter) -> Waiting:
    """Publish the snapshot that the guards hold, and log who accepted it and why.

    Raises UnknownNameError if no snapshot of that name is held or there is no home, RefreshError if
    another one was published since it was judged, SnapshotError if it is damaged.
    """
    store, home = pipeline.open_store(settings, reporter), Home(settings.home)
    store.require_home()
    with store.changing():
        waiting = read_state(home).waiting
        if waiting is None or not name or not waiting.snapshot.startswith(name):
            held = (
                f"{waiting.snapshot} is held in {settings.home}, not {name!r}"
                if waiting
                else f"No snapshot is held in {settings.home}, so {name!r} cannot be accepted"
            )
            raise UnknownNameError(f"{held}. frontrunner refresh status shows what waits and why.")
        obstacle = waiting.obstacle(home)
        if obstacle:
            raise RefreshError(obstacle)
        accepted = events.Accepted(
            snapshot=waiting.snapshot,
            by=by,
            reason=reason,
            guards=tuple(one.guard for one in waiting.breaches),
        )
        # Before it is done: nothing that a person let pass is published without a name.
        events.record(home, accepted)
        try:
            pipeline.publish(store, waiting.snapshot, reporter)
        except UnpreparedError as error:
            reporter.warn(error)
        state = read_state(home)
        state = msgspec.structs.replace(state, waiting=None, failures=0, good_at=waiting.at)
        write_state(home, state)
        write_checked_at(home, waiting.snapshot, waiting.at)
    push_published(settings, store, reporter)
    return waiting
