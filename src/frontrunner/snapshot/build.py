"""Build a snapshot: write every part aside, the manifest last, then move it into place."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import msgspec

from frontrunner import __version__
from frontrunner.base.atomic import add_file, hidden_folder, sync_file
from frontrunner.base.errors import SnapshotError
from frontrunner.catalog import Catalog
from frontrunner.catalog.store import Statistics
from frontrunner.results.ingest import Ingested
from frontrunner.snapshot.answers import JSON, compressed_only, write_pack
from frontrunner.snapshot.manifest import (
    BUILT,
    MANIFEST,
    Built,
    Counts,
    FileEntry,
    Provenance,
    file_digest,
    make_manifest,
)
from frontrunner.snapshot.reader import CATALOG, STATISTICS, Snapshot
from frontrunner.snapshot.row_groups import row_groups
from frontrunner.snapshot.store import Store
from frontrunner.snapshot.tables import (
    PARQUET,
    pack_files,
    write_files_parquet,
    write_origins,
    write_packed_files,
    write_scores_parquet,
    write_table,
)

FILES_AT_ONCE = 200_000
"""From more files on, a helper is given their sources in parts; the public results have half as
many."""


@dataclass(frozen=True)
class Inputs:
    """Everything that a snapshot is made from."""

    statistics: Statistics
    ingested: Ingested

    @property
    def catalog(self) -> Catalog:
        """The catalog that the results were joined with, completed by what they describe."""
        return self.ingested.catalog


Meanwhile = Callable[[Inputs], None]
"""What this process does while a helper writes."""


def nothing(_: Inputs) -> None:
    """Wait for the helper."""


def build_snapshot(
    store: Store,
    inputs: Inputs,
    helper: Executor | None = None,
    meanwhile: Meanwhile = nothing,
    *,
    of: float | None = None,
) -> Snapshot:
    """Write a snapshot into `store`, unpublished and with no answers prepared, and open it.

    `helper` is another process, to write the Parquet files meanwhile; a thread where left out.
    `of` is the moment that it shows, if it is rebuilt later.

    Equal inputs give equal bytes and so the same name; an existing snapshot is kept. Raises
    SnapshotError if it cannot be written; nothing is left behind then.
    """
    try:
        with store.building() as folder:
            with ThreadPoolExecutor(1) as thread:
                _write_parts(folder, inputs, helper or thread, meanwhile, of)
            return store.keep(folder)
    except OSError as error:
        raise SnapshotError(
            f"The snapshot could not be written to {store.folder}: {error.strerror or error}. "
            "The published snapshot did not change. Free disk space and build again."
        ) from error


def _write_parts(
    folder: Path,
    inputs: Inputs,
    helper: Executor,
    meanwhile: Meanwhile,
    of: float | None = None,
) -> None:
    ingested = inputs.ingested
    with hidden_folder(folder.parent, "files") as aside:
        jobs: list[Future[None]] = []
        try:
            # First what needs no table: the helper has had nothing to do for a while.
            jobs += _write_files(folder, ingested, helper, aside)
            with ThreadPoolExecutor(1) as thread:  # the disk and checksums leave this one its core
                here = thread.submit(_written_here, folder, inputs, helper, jobs)
                meanwhile(inputs)
                digests = here.result()  # inside: on Ctrl-C the thread ends before its folder goes
        finally:
            wait(jobs)  # a job that continues after a failure would leave a part behind
        for job in jobs:
            job.result()
    digests |= _digests(folder, PARQUET)
    provenance = Provenance(
        builder=f"frontrunner {__version__}",
        catalog=inputs.catalog.source,
        results=ingested.sources if len(ingested.sources) > 1 else ingested.origin,
        revisions=ingested.revisions,
        counts=counts_of(ingested),
    )
    add_file(folder / BUILT, msgspec.json.encode(Built(time.time(), of)))
    manifest = msgspec.json.encode(make_manifest(provenance, digests))
    add_file(folder / MANIFEST, msgspec.json.format(manifest, indent=2))


def _write_files(
    folder: Path, ingested: Ingested, helper: Executor, aside: Path
) -> Iterator[Future[None]]:
    """Let the helper write what is known of files, many of them in parts: it gets a copy of all
    that it is given at once.
    """
    others = ingested.rejects, ingested.run_settings, ingested.differences
    origins = ingested.origins
    if len(origins.path) <= FILES_AT_ONCE:
        pack_files(aside / "files.msgpack", origins, *others)
        yield helper.submit(write_packed_files, folder, aside / "files.msgpack")
        return
    parts = []
    for group in row_groups(len(origins.path)):
        parts.append(aside / f"{group.start}.arrow")
        yield helper.submit(write_origins, parts[-1], origins.part(group.start, group.stop))
    yield helper.submit(write_files_parquet, folder, parts, *others)


def _written_here(
    folder: Path, inputs: Inputs, helper: Executor, jobs: list[Future[None]]
) -> dict[str, FileEntry]:
    """Write all files but Parquet, and give their checksums; what the helper does with the table is
    added to `jobs`.
    """
    write_table(folder, inputs.ingested.table)
    jobs.append(helper.submit(write_scores_parquet, folder))
    add_file(folder / CATALOG, msgspec.json.encode(inputs.catalog))
    compressed = ((task, compressed_only(JSON, one)) for task, one in inputs.statistics.items())
    write_pack(folder, STATISTICS, compressed)
    written = {path.name for path in folder.iterdir()} - PARQUET
    digests = _digests(folder, written)
    for name in written:  # now, so that little is left to be flushed when the folder gets its name
        sync_file(folder / name)
    return digests


def _digests(folder: Path, names: Iterable[str]) -> dict[str, FileEntry]:
    return {name: file_digest(folder / name) for name in names}


def counts_of(ingested: Ingested) -> Counts:
    """What a snapshot of these results holds."""
    table = ingested.table
    by_policy = sum(reject.reason.by_policy for reject in ingested.rejects)
    return Counts(
        files_seen=ingested.files_seen,
        files_used=ingested.files_used,
        files_rejected=len(ingested.rejects) - by_policy,
        files_set_aside=by_policy,
        rows=table.rows,
        models=len(table.models),
        tasks=len(table.tasks),
        benchmarks=len(ingested.catalog.benchmarks),
        rejected_by_reason=dict(
            sorted(Counter(str(reject.reason) for reject in ingested.rejects).items())
        ),
    )
