"""From a source to joined score rows."""

from __future__ import annotations

import os
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from frontrunner.catalog import Catalog
from frontrunner.results.chunk import RunSettings
from frontrunner.results.join import join
from frontrunner.results.origin import Origin
from frontrunner.results.read import Options, Progress, RawResults, read_source
from frontrunner.results.rejects import Reject
from frontrunner.results.table import Origins, ScoreTable


@dataclass(frozen=True)
class Ingested:
    """What a source holds: rows, and every file that gives none."""

    table: ScoreTable
    origins: Origins
    """The files that stand; rows refer to them by number."""
    rejects: list[Reject]
    """Sorted by path."""
    run_settings: list[RunSettings]
    """Sorted by folder and task."""
    files_seen: int
    origin: Origin


def ingest(
    source: Path,
    catalog: Catalog,
    *,
    workers: int = 0,
    progress: Progress | None = None,
    cache: Path | None = None,
    beside: Executor | None = None,
) -> Ingested:
    """Read a folder or archive and join the revisions in it; see `Options` for what may be given.

    Raises SourceError where `source` cannot be read at all; a file that cannot be used is a
    `Reject`.
    """
    options = Options(workers or os.cpu_count() or 1, progress, cache, beside)
    raw = read_source(source, catalog, options)
    return joined(raw, catalog)


def joined(raw: RawResults, catalog: Catalog) -> Ingested:
    """Join what was read."""
    outcome = join(raw.files, raw.identities, catalog)
    return Ingested(
        table=outcome.table,
        origins=outcome.origins,
        rejects=sorted(raw.rejects + outcome.rejects),
        run_settings=sorted(raw.settings),
        files_seen=raw.seen,
        origin=raw.origin,
    )
