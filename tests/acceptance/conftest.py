"""The real data in ../shared, and a snapshot of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import zstandard

from frontrunner.answers.prepare import prepare
from frontrunner.calls.preparing import prepare_calls
from frontrunner.catalog.store import load_catalog
from frontrunner.legacy.adopted import adopt, read_adopted
from frontrunner.legacy.files.tree import read_tree
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.build import Inputs, build_snapshot
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from tests.ports import free_port

SHARED = Path(__file__).resolve().parents[3] / "shared"
NEEDED_GB = 8
"""Room for the results unpacked, for a repository of them, and for what else the tests write."""


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
    built = build_snapshot(store, Inputs(statistics, ingest(archive, catalog)))
    store.publish(built.id)
    prepare(built)
    return built


def unpacked(name: str, folder: Path) -> Path:
    """An archive of the real data, unpacked into a folder."""
    with shared(name).open("rb") as raw:
        stream = zstandard.ZstdDecompressor(max_window_size=2**31).stream_reader(raw)
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            tar.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="session")
def real_results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real result files, unpacked."""
    folder = tmp_path_factory.mktemp("real")
    free = shutil.disk_usage(folder).free // 10**9
    if free < NEEDED_GB:
        pytest.fail(
            f"these tests need {NEEDED_GB} GB free in {folder}, and {free} GB are: free some"
        )
    return unpacked("data/mteb-results.tar.zst", folder)


@pytest.fixture(scope="session")
def old_board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The old board's files, unpacked."""
    folder = unpacked("data/legacy-boards.tar.zst", tmp_path_factory.mktemp("old"))
    return next(path.parent for path in folder.rglob("config.yaml"))


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was recorded of the old board, unpacked."""
    folder = unpacked("contract/legacy-gradio.tar.zst", tmp_path_factory.mktemp("recorded"))
    return next(path.parent for path in folder.rglob("raw_http.json"))


@pytest.fixture(scope="session")
def url(real_home: Path, real_snapshot: Snapshot, old_board: Path) -> Iterator[str]:
    """A server over the real results that has adopted the old board."""
    adopt(read_tree(old_board), real_home)
    adopted = read_adopted(real_home)
    assert adopted is not None
    prepare_calls(real_home, real_snapshot, adopted)
    port = free_port()
    words = ("serve", "--home", str(real_home), "--port", str(port))
    process = subprocess.Popen([sys.executable, "-m", "frontrunner", *words])
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def wait_for(address: str) -> None:
    for _ in range(200):
        try:
            httpx.get(f"{address}/app_id")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"the server at {address} did not start")
