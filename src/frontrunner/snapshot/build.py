"""Build a snapshot: write every part aside, the manifest last, then move it into place."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec

from frontrunner import __version__
from frontrunner.catalog import Catalog
from frontrunner.catalog.store import Statistics
from frontrunner.errors import SnapshotError
from frontrunner.results.ingest import Ingested
from frontrunner.snapshot.answers import Encoded, write_pack
from frontrunner.snapshot.manifest import (
    BUILT,
    MANIFEST,
    Built,
    Counts,
    Provenance,
    file_digest,
    make_manifest,
)
from frontrunner.snapshot.reader import CATALOG, Snapshot
from frontrunner.snapshot.store import Store
from frontrunner.snapshot.tables import write_parquet, write_table


@dataclass(frozen=True)
class Inputs:
    """Everything that a snapshot is made from."""

    catalog: Catalog
    statistics: Statistics
    ingested: Ingested


class Prepared(NamedTuple):
    """The prepared answers, and how many benchmarks came out with a ranked row."""

    answers: Iterable[tuple[str, Encoded]]
    boards: int


Prepare = Callable[[Inputs, Path], Prepared]
"""Makes the answers of a snapshot. It is given the folder with the catalog and the table already
in it. It comes from outside, since what an answer looks like is not known here.
"""


def build_snapshot(store: Store, inputs: Inputs, prepare: Prepare) -> Snapshot:
    """Write a snapshot into `store`, unpublished, and open it.

    Equal inputs give equal bytes and so the same name; what is there already is kept. Raises
    SnapshotError where it cannot be written; nothing is left behind then.
    """
    try:
        with store.building() as folder:
            _write_parts(folder, inputs, prepare)
            return store.keep(folder)
    except OSError as error:
        raise SnapshotError(
            f"The snapshot could not be written to {store.folder}: {error.strerror or error}. "
            "What was published stays as it is; make room and build again."
        ) from error


def _write_parts(folder: Path, inputs: Inputs, prepare: Prepare) -> None:
    ingested = inputs.ingested
    (folder / CATALOG).write_bytes(msgspec.json.encode(inputs.catalog))
    write_table(folder, ingested.table)
    prepared = prepare(inputs, folder)
    write_pack(folder, prepared.answers)
    write_parquet(folder, ingested.table, ingested.origins, ingested.rejects, ingested.run_settings)
    files = {path.name: file_digest(path) for path in folder.iterdir()}
    provenance = Provenance(
        builder=f"frontrunner {__version__}",
        catalog=inputs.catalog.source,
        results=ingested.origin,
        counts=_counts(inputs, prepared.boards),
    )
    (folder / BUILT).write_bytes(msgspec.json.encode(Built(time.time())))
    manifest = msgspec.json.encode(make_manifest(provenance, files))
    (folder / MANIFEST).write_bytes(msgspec.json.format(manifest, indent=2))


def _counts(inputs: Inputs, boards: int) -> Counts:
    ingested, table = inputs.ingested, inputs.ingested.table
    by_policy = sum(reject.reason.by_policy for reject in ingested.rejects)
    return Counts(
        files_seen=ingested.files_seen,
        files_used=len(ingested.origins.path),
        files_rejected=len(ingested.rejects) - by_policy,
        files_set_aside=by_policy,
        rows=table.rows,
        models=len(table.models),
        tasks=len(table.tasks),
        benchmarks=len(inputs.catalog.benchmarks),
        boards=boards,
        rejected_by_reason=dict(
            sorted(Counter(str(reject.reason) for reject in ingested.rejects).items())
        ),
    )
