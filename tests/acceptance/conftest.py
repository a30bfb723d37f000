"""The real data in ../shared, and a snapshot of it."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest
import zstandard

from frontrunner.api.prepare import prepare
from frontrunner.catalog.store import load_catalog
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.build import Inputs, build_snapshot
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store

SHARED = Path(__file__).resolve().parents[3] / "shared"


def shared(name: str) -> Path:
    """A file of the real data. Where there is none the test is skipped, and in CI it fails."""
    path = SHARED / name
    if not path.exists():
        missing = f"the real data is not there: {name} is looked for in ../shared"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return path


@pytest.fixture(scope="session")
def real_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the catalog of mteb-core."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def real_snapshot(real_home: Path) -> Snapshot:
    """A published snapshot of all real results, read from the archive."""
    archive = shared("data/mteb-results.tar.zst")
    catalog, statistics = load_catalog(real_home)
    store = Store(real_home)
    built = build_snapshot(store, Inputs(catalog, statistics, ingest(archive, catalog)))
    store.publish(built.id)
    prepare(built)
    return built


@pytest.fixture(scope="session")
def real_results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real result files, unpacked."""
    archive = shared("data/mteb-results.tar.zst")
    folder = tmp_path_factory.mktemp("real")
    with archive.open("rb") as raw:
        stream = zstandard.ZstdDecompressor(max_window_size=2**31).stream_reader(raw)
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            tar.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="session")
def old_board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The old board's files, unpacked."""
    folder = tmp_path_factory.mktemp("old")
    with shared("data/legacy-boards.tar.zst").open("rb") as raw:
        stream = zstandard.ZstdDecompressor().stream_reader(raw)
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            tar.extractall(folder, filter="data")
    return next(path.parent for path in folder.rglob("config.yaml"))
