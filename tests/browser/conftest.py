"""A server over a board, and Debian's Chromium to look at it.

`FRONTRUNNER_BROWSER_HOME` names a home with the real results, to save building one.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from frontrunner.answers.prepare import prepare
from frontrunner.catalog.store import load_catalog
from frontrunner.http.app import Application
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.build import Inputs, build_snapshot
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from frontrunner.web.export import export
from frontrunner.web.site import Site
from tests.acceptance.conftest import shared
from tests.browser.boards import BOARD
from tests.ports import free_port
from tests.web.conftest import build, write_results

playwright = pytest.importorskip("playwright.sync_api")
ROOT = Path(__file__).parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = os.environ.get("FRONTRUNNER_CHROMIUM", "/usr/bin/chromium")
# Without these Chromium asks hosts on the internet for things that no test needs.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BIG = "MTEB(Multilingual, v2)"
"""The biggest of the real boards."""
KINDS = [
    pytest.param("small", id="small"),
    pytest.param("starter", id="starter"),
    pytest.param("real", id="real", marks=pytest.mark.acceptance),
]


@pytest.fixture(scope="session", params=KINDS)
def snapshot(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The board to look at: a small one with hostile names, the starter, and the real results."""
    root = tmp_path_factory.mktemp("board")
    if request.param == "small":
        return build(root / "home", write_results(root / "results"))
    if request.param == "starter":
        return _starter(root)
    home = os.environ.get("FRONTRUNNER_BROWSER_HOME")
    return Store(Path(home)).current() if home else _real(root)


def _starter(home: Path) -> Snapshot:
    with as_file(files("frontrunner.starter")) as folder:
        catalog, statistics = load_catalog(home, [folder / "catalog.toml"], mteb=False)
        found = ingest(folder / "results", catalog, workers=1)
    return _published(home, Inputs(statistics, found))


def _real(home: Path) -> Snapshot:
    archive = shared("data/mteb-results.tar.zst")
    catalog, statistics = load_catalog(home)
    return _published(home, Inputs(statistics, ingest(archive, catalog)))


def _published(home: Path, inputs: Inputs) -> Snapshot:
    store = Store(home)
    snapshot = build_snapshot(store, inputs)
    store.publish(snapshot.id)
    prepare(snapshot)
    return snapshot


@pytest.fixture(scope="session")
def address(snapshot: Snapshot) -> Iterator[str]:
    """Where the board is served."""
    with served(Application(snapshot, pages=Site(development=True))) as found:
        yield found


@contextmanager
def served(application: Application) -> Iterator[str]:
    """The address of an application while the block runs."""
    port = free_port()
    config = uvicorn.Config(application, port=port, log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(5)


@pytest.fixture(scope="session")
def copy_address(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a copy of the board is served by a plain file server, below a folder of its host."""
    root = tmp_path_factory.mktemp("copy")
    export(snapshot, root / "team" / "board")
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    server = subprocess.Popen(
        [*command, "--directory", str(root)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not _listens(port):
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}/team/board"
    server.terminate()
    server.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium; run: make setup-browser")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A fresh desktop page that fails its test when it logs an error."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))

    def listen(message: Any) -> None:
        if message.type == "error":
            errors.append(str(message.text))

    opened.on("console", listen)
    yield opened
    context.close()
    assert not errors


@pytest.fixture
def board(page: Any, address: str) -> Any:
    """The board, ready."""
    page.goto(address + BOARD)
    page.wait_for_selector("#tools:not([hidden])")
    return page
