"""A server over a board, and Debian's Chromium to look at it.

`FRONTRUNNER_BROWSER_HOME` names another home to look at, such as one with the real results.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from frontrunner.api.app import Application
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from frontrunner.web.site import Site
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


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The board to look at."""
    home = os.environ.get("FRONTRUNNER_BROWSER_HOME")
    if home:
        return Store(Path(home)).current()
    root = tmp_path_factory.mktemp("board")
    return build(root / "home", write_results(root / "results"))


@pytest.fixture(scope="session")
def address(snapshot: Snapshot) -> Iterator[str]:
    """Where the board is served."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    application = Application(snapshot, pages=Site())
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
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
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
