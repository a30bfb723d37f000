"""From result files to a published board: fetch, read, build, publish, prepare.

Progress is reported through a `Reporter`, so that the command line, a scheduled update and a test
run the same steps. Each step can be called by itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

from frontrunner.base.config import Settings
from frontrunner.base.errors import (
    FrontrunnerError,
    InterruptedBuildError,
    UnpreparedError,
    UsageError,
)
from frontrunner.base.home import Home
from frontrunner.base.memory import return_freed_memory
from frontrunner.catalog import Catalog
from frontrunner.catalog.store import Statistics, load_catalog
from frontrunner.ops import events
from frontrunner.ops.beside import Beside
from frontrunner.ops.completing import complete, try_to_complete
from frontrunner.ops.icon_fetching import Fetching, wanted
from frontrunner.ops.report import lines_of_scores, lines_of_sources
from frontrunner.ops.reporting import Reporter, log
from frontrunner.results.fetch import LocalSource, fetch
from frontrunner.results.git import is_git
from frontrunner.results.ingest import Ingested
from frontrunner.results.read import Options, Progress
from frontrunner.results.several import read_sources, refuse_unusable
from frontrunner.snapshot.build import Inputs, Meanwhile, build_snapshot, nothing
from frontrunner.snapshot.icons import Icon, keep_icons, read_icons
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.retention import Retention
from frontrunner.snapshot.store import Event, Store
from frontrunner.snapshot.tables import get_ready_for_parquet

_MOST_RENAMED = 3
"""`[[renamed]]` entries that a build prints: the public results need more than twenty."""


Judge = Callable[[], str]
"""Why a snapshot that was just built is not to be published; empty if it is."""


def always() -> str:
    """Publish it."""
    return ""


def never() -> str:
    """Do not publish it."""
    return "the command was run with --no-publish"


class Request(NamedTuple):
    """What to build."""

    results: tuple[str, ...]
    """Folders, archives, git repositories or their URLs; of equal files the last one wins."""
    catalog: tuple[Path, ...] = ()
    """Own catalog.toml files; of equal entries the last one wins."""
    without_mteb: bool = False
    """Use these catalogs alone."""
    judge: Judge = always
    """Asked before the new snapshot becomes current, if another one is."""
    fresh: bool = False
    """Read every file, also those that seem unchanged."""
    meanwhile: Meanwhile = nothing
    """Called with what the snapshot is made from, while a helper writes its files."""
    beside: Beside | None = None
    """Helpers that were started already; they end when the snapshot is written."""


def open_store(settings: Settings, reporter: Reporter) -> Store:
    """The snapshots of the home; `reporter` hears of a wait for another command."""
    return Store(settings.home, say=reporter.say)


def build(settings: Settings, request: Request, reporter: Reporter) -> Snapshot:
    """Read results, rank every board, publish the snapshot, and prepare its answers.

    Readers have the new numbers before the answers are prepared; until then a server makes what
    is asked for. Raises UnpreparedError if they cannot be prepared, FrontrunnerError if any step
    before fails; what is published then stays.
    """
    store = open_store(settings, reporter)
    watched = _Watched(reporter)
    with (
        store.only_build(),
        _failure_logged(store, reporter),
        _interruption_reported(store, watched),
    ):
        return _build(settings, request, store, watched)


def _build(settings: Settings, request: Request, store: Store, reporter: Reporter) -> Snapshot:
    had = _icons_of_current(store)
    snapshot, fetching = _written(settings, request, store, reporter, had)
    return_freed_memory()
    unprepared = try_to_complete(store, snapshot, reporter)
    try:
        keep_icons_of(store, snapshot, {**had, **fetching.result()})
    except FrontrunnerError as error:
        reporter.warn(error)  # the board is published, and served without them
    if unprepared is not None:
        raise unprepared
    return snapshot


def _written(
    settings: Settings,
    request: Request,
    store: Store,
    reporter: Reporter,
    had: Mapping[str, Icon],
) -> tuple[Snapshot, Fetching]:
    """Read and write; what was read is no longer in memory when this returns."""
    with request.beside or Beside.started(settings) as beside:
        # While this process reads the catalog, the other gets ready for its part of the work.
        beside.begin(request.results, fresh=request.fresh)
        helper = beside.helper
        helper.submit(get_ready_for_parquet)
        known, statistics = read_catalog(settings, request, reporter)
        fetching = Fetching(_to_fetch(settings, known, had))
        beside.prepare(request.results, known, fresh=request.fresh)
        local_sources = fetch_sources(settings, request.results, reporter)
        ingested = read_results(
            settings, local_sources, known, reporter, beside, fresh=request.fresh
        )
        for line in lines_of_sources(ingested, most_renamed=_MOST_RENAMED):
            reporter.say(line)
        refuse_unusable(ingested, local_sources)
        for line in lines_of_scores(ingested):
            reporter.say(line)
        inputs = Inputs(statistics, ingested)
        written = write_snapshot(store, inputs, reporter, request.judge, helper, request.meanwhile)
        beside.do_what_is_left()
        return written, fetching


def _icons_of_current(store: Store) -> dict[str, Icon]:
    current = store.current_id()
    return read_icons(store.at.snapshot(current)) if current else {}


def _to_fetch(settings: Settings, catalog: Catalog, had: Mapping[str, Icon]) -> list[str]:
    """The icons that a build fetches: those that no earlier one got."""
    return [url for url in wanted(catalog) if url not in had] if settings.build.icons else []


def keep_icons_of(store: Store, snapshot: Snapshot, found: Mapping[str, Icon]) -> None:
    """Store those of the icons that are of the snapshot's benchmarks, if there are any.

    Raises SnapshotError if they cannot be written, UnknownNameError if the snapshot was removed.
    """
    icons = {url: found[url] for url in wanted(snapshot.catalog) if url in found}
    if icons:
        with store.changing():
            keep_icons(store.open(snapshot.id).folder, icons)


class _Watched:
    """A reporter that knows which step is under way."""

    def __init__(self, reporter: Reporter) -> None:
        self._inner = reporter
        self.now = "Starting"
        self.say = reporter.say
        self.warn = reporter.warn

    def step(self, what: str) -> AbstractContextManager[Progress]:
        """A step begins."""
        self.now = what
        return self._inner.step(what)


@contextmanager
def _interruption_reported(store: Store, watched: _Watched) -> Iterator[None]:
    """Turn Ctrl-C into one line that says what was done and what was not."""
    before = store.current_id()
    try:
        yield
    except KeyboardInterrupt:
        now = store.current_id()
        if now is not None and now != before:
            done = (
                f"Snapshot {now} is published, but not all its answers are prepared. "
                "Run: frontrunner prepare"
            )
        else:
            stays = "no board is published yet" if now is None else f"snapshot {now} stays current"
            done = f"Nothing was published; {stays}."
        what = f"{watched.now[:1].lower()}{watched.now[1:]}"
        raise InterruptedBuildError(f"Interrupted while {what}. {done}") from None


@contextmanager
def _failure_logged(store: Store, reporter: Reporter) -> Iterator[None]:
    try:
        yield
    except UnpreparedError:
        raise  # the snapshot is built
    except FrontrunnerError as error:
        log(store, events.BuildFailed(reason=str(error)), reporter)
        raise


def read_catalog(
    settings: Settings, request: Request, reporter: Reporter
) -> tuple[Catalog, Statistics]:
    """The catalog that the request asks for; raises UsageError if it asks for none."""
    if request.without_mteb and not request.catalog:
        raise UsageError("--without-mteb needs --catalog FILE: there would be no catalog at all.")
    with reporter.step("Reading the catalog"):
        found = load_catalog(settings.home, request.catalog, mteb=not request.without_mteb)
    for notice in found[0].notices:
        reporter.say(f"  {notice}")
    return found


def fetch_sources(
    settings: Settings, sources: Sequence[str], reporter: Reporter
) -> list[LocalSource]:
    """Clone or update the sources that are git repositories. Raises SourceError."""
    folder = Home(settings.home).sources
    if not any(map(is_git, sources)):
        return [fetch(source, folder) for source in sources]
    with reporter.step("Fetching the results"):
        return [fetch(source, folder) for source in sources]


def read_results(
    settings: Settings,
    local_sources: Sequence[LocalSource],
    catalog: Catalog,
    reporter: Reporter,
    beside: Beside | None = None,
    *,
    fresh: bool = False,
) -> Ingested:
    """Read and merge sources. Raises SourceError if one cannot be read or is empty.

    `fresh` reads every file, also those that the cache takes for unchanged.
    """
    with reporter.step("Reading result files") as progress:
        options = Options(
            workers=settings.build.readers or os.cpu_count() or 1,
            progress=progress,
            cache=Home(settings.home).cache,
            fresh=fresh,
            helper=beside.helper if beside else None,
            stampings=beside.stampings if beside else {},
            recalled=beside.recalled if beside else None,
            later=beside.later.append if beside else None,
            known=beside.known if beside else None,
        )
        return read_sources(
            local_sources, catalog, options, newest=settings.build.revisions == "newest"
        )


def write_snapshot(
    store: Store,
    inputs: Inputs,
    reporter: Reporter,
    judge: Judge = always,
    helper: Executor | None = None,
    meanwhile: Meanwhile = nothing,
) -> Snapshot:
    """Build a snapshot, and make it current if `judge` says nothing. Raises SnapshotError."""
    with store.changing():
        with reporter.step("Writing the snapshot"):
            snapshot = build_snapshot(store, inputs, helper, meanwhile)
        counts = snapshot.manifest.provenance.counts
        built = events.Built(
            snapshot=snapshot.id, rows=counts.rows, files_rejected=counts.files_rejected
        )
        log(store, built, reporter)
        held = "" if snapshot.id == store.current_id() else judge()
        if held:
            event = None
            log(store, events.Held(snapshot=snapshot.id, reason=held), reporter)
        else:
            _log_current(store, event := store.publish_fresh(snapshot), reporter)
    state = "Built, not published" if held else "Published" if event else "Published already"
    reporter.say(f"{state}: snapshot {snapshot.id}")
    return snapshot


def _log_current(store: Store, event: Event | None, reporter: Reporter) -> None:
    if event is not None:
        kind = events.RolledBack if event.action == "rollback" else events.Published
        log(store, kind(snapshot=event.snapshot, previous=event.previous), reporter)


def publish(store: Store, name: str, reporter: Reporter) -> Event | None:
    """Make a snapshot current and prepare its answers; None if it is current already.

    Raises UnknownNameError if there is none of that name, SnapshotError if it is damaged,
    UnpreparedError if it is current but its answers cannot be prepared.
    """
    store.require_home()
    with store.changing():
        event = store.publish(name)
        _log_current(store, event, reporter)
        snapshot = store.current()
    complete(store, snapshot, reporter)
    return event


def roll_back(store: Store, reporter: Reporter) -> Event:
    """Make current what was current before, and prepare its answers.

    Raises UnknownNameError if there is nothing to go back to, SnapshotError if it is damaged,
    UnpreparedError if it is current but its answers cannot be prepared.
    """
    store.require_home()
    with store.changing():
        event = store.rollback()
        _log_current(store, event, reporter)
        snapshot = store.current()
    complete(store, snapshot, reporter)
    return event


def prune(
    store: Store,
    keep: int,
    reporter: Reporter,
    rule: Retention | None = None,
    *,
    dry_run: bool = False,
) -> list[str]:
    """As `Store.prune`; what was removed is logged. Raises UnknownNameError if there is no home."""
    store.require_home()
    removed = store.prune(keep, rule, dry_run=dry_run)
    if removed and not dry_run:
        log(store, events.Pruned(snapshots=tuple(removed)), reporter)
    return removed
