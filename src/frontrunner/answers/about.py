"""`/v1/snapshot`: the snapshot being served, and its sources."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from frontrunner.answers import schemas
from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.results.origin import Origin
from frontrunner.results.rejects import Reason
from frontrunner.snapshot.reader import Snapshot

_SHOWN = 1000


def snapshot_info(
    snapshot: Snapshot, boards: int, checked_at: float | None = None
) -> schemas.SnapshotInfo:
    """The provenance of a snapshot, how many of its boards have rows, and the files set aside."""
    provenance = snapshot.manifest.provenance
    counts = msgspec.structs.asdict(provenance.counts)
    by_reason = counts.pop("rejected_by_reason")
    sources = [_source(one) for one in provenance.sources]
    named = ("files_used", "files_rejected", "files_set_aside")
    describing = counts["files_seen"] - sum(counts[name] for name in named)
    return schemas.SnapshotInfo(
        id=snapshot.id,
        built_at=_moment(snapshot.built_at),
        checked_at=None if checked_at is None else _moment(checked_at),
        builder=provenance.builder,
        catalog=provenance.catalog,
        source=sources[0],
        sources=sources,
        counts=schemas.SnapshotCounts(boards=boards, files_describing=describing, **counts),
        rejected_by_reason=by_reason,
        rejected=_rejected(snapshot),
    )


def _source(origin: Origin) -> schemas.SnapshotSource:
    return schemas.SnapshotSource(
        kind=origin.kind,
        name=origin.name,
        commit=origin.commit,
        committed_at=None if origin.at is msgspec.UNSET else _moment(origin.at),
        digest=origin.digest,
    )


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _rejected(snapshot: Snapshot) -> list[schemas.Rejected]:
    import polars as pl  # noqa: PLC0415 -- loaded on the first request

    by_policy = [str(reason) for reason in Reason if reason.by_policy]
    rows = snapshot.frame("rejects").filter(~pl.col("reason").is_in(by_policy)).head(_SHOWN)
    try:
        return [schemas.Rejected(**row) for row in rows.collect().iter_rows(named=True)]
    except (OSError, pl.exceptions.PolarsError) as error:
        raise CorruptSnapshotError(
            f"The rejected files of {snapshot.id} cannot be read: {error}. Run: frontrunner verify"
        ) from error
