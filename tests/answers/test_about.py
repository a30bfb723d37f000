"""What `/v1/snapshot` says: every file is counted once."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.answers import about
from frontrunner.answers.about import snapshot_info
from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.reader import Snapshot
from tests.factories import catalog, result, snapshot_of, write


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    root = tmp_path / "results"
    write(root, "org__a/r1/T1.json", result("T1", 0.5))
    write(root, "org__a/r2/T1.json", result("T1", 0.4))
    write(root, "org__a/r1/model_meta.json", {"name": "org/a", "revision": "r1"})
    write(root, "org__a/r1/Bad.json", b"{")
    write(root, "org__x/r1/T1.json", result("T1", 0.5))
    return snapshot_of(tmp_path / "home", ingest(root, catalog(), workers=1))


def test_every_file_is_counted_once(snapshot: Snapshot) -> None:
    info = snapshot_info(snapshot, boards=1)
    counts = info.counts
    assert (counts.files_used, counts.files_describing) == (1, 1)
    assert (counts.files_rejected, counts.files_set_aside) == (2, 1)
    assert counts.files_seen == 5
    assert info.rejected_by_reason == {"not-json": 1, "unknown-model": 1, "superseded": 1}
    assert [one.reason for one in info.rejected] == ["not-json", "unknown-model"]
    assert (info.id, counts.boards) == (snapshot.id, 1)
    assert info.source == info.sources[0]
    assert info.built_at.endswith("+00:00")


def test_a_long_list_is_cut(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(about, "_SHOWN", 1)
    assert len(snapshot_info(snapshot, 1).rejected) == 1


def test_a_damaged_table_is_an_error(snapshot: Snapshot) -> None:
    path = snapshot.folder / "rejects.parquet"
    path.chmod(0o644)
    path.write_bytes(b"PAR1")
    with pytest.raises(CorruptSnapshotError, match="frontrunner verify"):
        snapshot_info(snapshot, 1)


@pytest.mark.parametrize(
    ("at", "told"), [(msgspec.UNSET, None), (60.0, "1970-01-01T00:01:00+00:00")]
)
def test_the_time_of_a_commit_is_told_if_it_is_known(
    snapshot: Snapshot, at: float | msgspec.UnsetType, told: str | None
) -> None:
    provenance = snapshot.manifest.provenance
    one = msgspec.structs.replace(provenance.sources[0], at=at)
    snapshot.manifest = msgspec.structs.replace(
        snapshot.manifest, provenance=msgspec.structs.replace(provenance, results=one)
    )
    assert snapshot_info(snapshot, 1).source.committed_at == told
