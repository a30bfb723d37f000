"""Rebuild the past: a snapshot of each month (or week) out of the git history of the results.

Only what changed from one month to the next is read, as git stores it; nothing is checked out. Each
snapshot is written aside and named when it is complete, then what the boards showed is remembered,
then it is packed. A run that was killed goes on with the first month that is not remembered.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from datetime import UTC, datetime
from typing import Literal, NamedTuple

import msgspec

from frontrunner.base.atomic import locked
from frontrunner.base.config import Settings
from frontrunner.base.errors import RefreshError, SourceError
from frontrunner.base.home import Home
from frontrunner.catalog import Catalog
from frontrunner.catalog.store import Statistics
from frontrunner.ops import pipeline
from frontrunner.ops.reporting import Reporter
from frontrunner.refresh.run import request_of
from frontrunner.results.chunk import knowledge_of
from frontrunner.results.fetch import LocalSource
from frontrunner.results.git_history import Commit, commits, newest_commit, tree, with_history
from frontrunner.results.git_tree import TreeReader, results_of
from frontrunner.results.ingest import joined
from frontrunner.results.origin import Origin
from frontrunner.results.rejects import Reason, Reject
from frontrunner.results.workers import helpers
from frontrunner.snapshot.build import Inputs, build_snapshot
from frontrunner.snapshot.past import moments, remember, write_timeline
from frontrunner.snapshot.store import Store

Every = Literal["month", "week"]
_NAMED = 3


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """One snapshot of the past: a JSON line of `frontrunner refresh backfill`."""

    day: str
    """When the commit was made, as YYYY-MM-DD."""
    commit: str
    snapshot: str | None = None
    """None if it was rebuilt before, or has no usable result."""
    models: int = 0
    scores: int = 0
    files_read: int = 0
    """Files that were not read for the snapshot before."""
    seconds: float = 0.0
    files_unknown: int = 0
    """Files of models that the catalog does not know."""
    models_unknown: tuple[str, ...] = ()
    """Some of these models."""


def picked(found: list[Commit], every: Every, since: float = 0.0) -> list[Commit]:
    """The last commit of each month or week, from `since` on, oldest first."""
    last = {_period(one.at, every): one for one in found if one.at >= since}
    return list(last.values())


def _period(at: float, every: Every) -> tuple[int, int]:
    moment = datetime.fromtimestamp(at, UTC)
    if every == "month":
        return moment.year, moment.month
    year, week, _ = moment.isocalendar()
    return year, week


class Plan(NamedTuple):
    """What to rebuild."""

    source: str
    """A repository, its URL, or a bundle of one."""
    every: Every = "month"
    since: float = 0.0
    """Seconds since the epoch."""
    again: bool = False
    """Also what was rebuilt before, such as for another catalog."""


def backfill(settings: Settings, plan: Plan, reporter: Reporter) -> Iterator[Rebuilt]:
    """Rebuild what is not remembered yet, oldest first, and make the timeline of all of it.

    Raises SourceError if the history cannot be read, RefreshError if another backfill runs.
    """
    home = Home(settings.home)
    home.past.mkdir(parents=True, exist_ok=True)
    try:
        with locked(home.past / "backfill.lock"):
            yield from _backfill(settings, plan, reporter)
    except BlockingIOError:
        raise RefreshError(f"Another backfill of {home} is under way.") from None


def _backfill(settings: Settings, plan: Plan, reporter: Reporter) -> Iterator[Rebuilt]:
    store, home = pipeline.open_store(settings, reporter), Home(settings.home)
    with reporter.step("Fetching the history"):
        local = with_history(plan.source, home.sources)
    chosen = picked(commits(local.path, newest_commit(local.path)), plan.every, plan.since)
    if not chosen:
        raise SourceError(f"{plan.source} has no commit since then.")
    known = _remembered(home)
    todo = [one for one in chosen if plan.again or (one.id, one.at) not in known]
    for one in chosen:
        if one not in todo:
            yield Rebuilt(day=_day(one.at), commit=one.id)
    request = request_of(settings.refresh, needs_results=False)
    catalog, statistics = pipeline.read_catalog(settings, request, reporter)
    worker = _Worker(settings, store, local, catalog, statistics)
    with helpers(1) as helper, reporter.step("Rebuilding the past") as progress:
        for number, one in enumerate(todo):
            yield worker.rebuild(one, helper)
            progress(number + 1, len(todo))
    with reporter.step("Writing the timeline"):
        if store.current_id() is not None:
            remember(home, store.current())
        write_timeline(home)


class _Worker:
    """Rebuilds one snapshot after another."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        local: LocalSource,
        catalog: Catalog,
        statistics: Statistics,
    ) -> None:
        self._newest = settings.build.revisions == "newest"
        self._store, self._local = store, local
        self._catalog, self._statistics = catalog, statistics
        self._reader = TreeReader(local.path, knowledge_of(catalog))

    def rebuild(self, commit: Commit, helper: Executor) -> Rebuilt:
        """The snapshot of a commit, remembered and packed."""
        began = time.monotonic()
        folder, found = results_of(tree(self._local.path, commit.id))
        name = self._local.repository or self._local.name
        origin = Origin("git", name, commit=commit.id, at=commit.at, folder=folder)
        raw = self._reader.read(found, origin)
        ingested = joined(raw, self._catalog, newest=self._newest)
        unknown = [one for one in ingested.rejects if one.reason is Reason.UNKNOWN_MODEL]
        done = Rebuilt(
            day=_day(commit.at),
            commit=commit.id,
            files_read=self._reader.files_read,
            files_unknown=len(unknown),
            models_unknown=tuple(sorted({_model_of(one) for one in unknown})[:_NAMED]),
        )
        if not ingested.table.rows:
            return done
        inputs = Inputs(self._statistics, ingested)
        with self._store.changing():
            snapshot = build_snapshot(self._store, inputs, helper, of=commit.at)
            remember(self._store.at, snapshot)
            self._store.pack([snapshot.id])
        return msgspec.structs.replace(
            done,
            snapshot=snapshot.id,
            models=len(ingested.table.models),
            scores=ingested.table.rows,
            seconds=round(time.monotonic() - began, 2),
        )


def _model_of(unknown: Reject) -> str:
    """The model that a file of an unknown one names."""
    return re.split(r"[;:]", unknown.detail or unknown.path, maxsplit=1)[0]


def _remembered(home: Home) -> set[tuple[str, float]]:
    return {(commit, one.point.at) for one in moments(home) for commit in one.point.commits}


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
