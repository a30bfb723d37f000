"""What a build writes: every part, counted and listed in the manifest."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import msgspec
import pytest
import zstandard

from frontrunner import __version__
from frontrunner.base.json import read_as
from frontrunner.results.fetch import LocalSource
from frontrunner.results.ingest import Ingested, ingest
from frontrunner.results.read import Options
from frontrunner.results.several import read_sources
from frontrunner.results.table import ScoreTable
from frontrunner.snapshot import build as building
from frontrunner.snapshot.build import Inputs, build_snapshot
from frontrunner.snapshot.manifest import Built, file_digest
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from frontrunner.snapshot.tables import PARQUET, write_table
from tests.factories import catalog, result, write

ARRAYS = {
    f"{name}.npy"
    for name in (
        "task_start", "variant", "cell", "score", "languages", "file", "cell_start", "rows_by_cell",
    )
}  # fmt: skip


@pytest.fixture
def ingested(tmp_path: Path) -> Ingested:
    """Four result files are used, one is broken, two are superseded."""
    root = tmp_path / "results"
    write(root, "org__a/r1/broken.json", b"{")
    for revision in ("r1", "r2", "r3"):
        write(root, f"org__a/{revision}/T1.json", result("T1", 0.5))
    write(root, "org__a/r1/T2.json", result("T2", 0.25))
    for name in ("T1", "T2"):
        write(root, f"org__b/r1/{name}.json", result(name, 0.5))
    return ingest(root, catalog(models=["org/a", "org/b", "org/c"]), workers=1)


def built(folder: Path, ingested: Ingested, **statistics: bytes) -> Snapshot:
    return build_snapshot(Store(folder / "home"), Inputs(statistics, ingested))


def test_the_manifest_lists_every_part_but_the_time(ingested: Ingested, tmp_path: Path) -> None:
    began = time.time()
    snapshot = built(tmp_path, ingested)
    parts = {"catalog.json", "statistics.bin", "statistics.index", "table.msgpack"}
    assert set(snapshot.manifest.files) == parts | ARRAYS | PARQUET
    assert {path.name for path in snapshot.folder.iterdir()} == {
        *snapshot.manifest.files, "built.json", "manifest.json",
    }  # fmt: skip
    for name, entry in snapshot.manifest.files.items():
        assert file_digest(snapshot.folder / name) == entry
    at = read_as(snapshot.folder / "built.json", Built).at
    assert began <= at == snapshot.built_at <= time.time()
    lines = (snapshot.folder / "manifest.json").read_bytes().splitlines()
    assert lines[1].startswith(b'  "format": ')  # for people: one fact a line


def test_the_provenance_counts_what_was_read(ingested: Ingested, tmp_path: Path) -> None:
    provenance = built(tmp_path, ingested).manifest.provenance
    assert provenance.builder == f"frontrunner {__version__}"
    assert (provenance.catalog, provenance.revisions) == ("by hand", "mteb")
    assert provenance.results == ingested.origin
    assert msgspec.to_builtins(provenance.counts) == {
        "files_seen": 7, "files_used": 4, "files_rejected": 1, "files_set_aside": 2,
        "rows": 4, "models": 2, "tasks": 2, "benchmarks": 1,
        "rejected_by_reason": {"not-json": 1, "superseded": 2},
    }  # fmt: skip
    assert list(provenance.counts.rejected_by_reason) == ["not-json", "superseded"]


def test_the_provenance_names_all_sources_and_the_rule(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path, f"{name}/org__a/r1/T1.json", result("T1", 0.5))
    local_sources = [LocalSource(tmp_path / "one"), LocalSource(tmp_path / "two")]
    ingested = read_sources(local_sources, catalog(), Options(workers=1), newest=True)
    provenance = built(tmp_path, ingested).manifest.provenance
    assert provenance.results == ingested.sources
    assert [one.name for one in provenance.sources] == ["one", "two"]
    assert provenance.revisions == "newest"


def test_files_that_are_written_in_parts_give_the_same_bytes(
    ingested: Ingested, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(ingested.origins.path) > 1
    whole = built(tmp_path, ingested)
    monkeypatch.setattr(building, "FILES_AT_ONCE", 1)
    parts = built(tmp_path / "other", ingested)
    assert parts.id == whole.id
    assert [one.name for one in parts.folder.parent.iterdir()] == [parts.id]


def test_statistics_are_kept_compressed_and_read_by_task(
    ingested: Ingested, tmp_path: Path
) -> None:
    zstd = zstandard.compress(b'{"test": 1}')
    kept = built(tmp_path, ingested, T1=zstd).statistics.get("T1")
    assert kept is not None
    assert (kept.media_type, kept.identity, kept.zstd) == (
        "application/json", b'{"test": 1}', zstd,
    )  # fmt: skip
    assert (kept.gzip, kept.brotli) == (None, None)


def test_a_build_that_is_interrupted_ends_its_thread_and_leaves_nothing(
    ingested: Ingested, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[Path] = []
    main = threading.get_ident()

    def slowly(folder: Path, table: ScoreTable) -> None:
        time.sleep(0.3)  # until the build waits for nothing but this thread
        signal.pthread_kill(main, signal.SIGINT)
        time.sleep(0.3)
        write_table(folder, table)
        ended.append(folder)

    monkeypatch.setattr(building, "write_table", slowly)
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            built(tmp_path, ingested)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert ended
    assert list((tmp_path / "home" / "snapshots").iterdir()) == []
