"""Take the pictures of docs/takeover.md: the console and the public page over one scene.

The scene and its clock are those of the tests, so a picture changes only if a page does.
Run it alone: `python -m bench.takeover_pictures`.
"""

from __future__ import annotations

import asyncio
import io
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from tests.takeover.console.scene import NOW, entries
from tests.takeover.console.stage import Served, served_console

from bench.harness import say
from frontrunner.gateway.companion import Companion
from frontrunner.gateway.feedback import Feedback
from frontrunner.gateway.transition import write_transition
from frontrunner.http.listening import listen
from frontrunner.takeover.public import move_of

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
CHROMIUM = os.environ.get("FRONTRUNNER_CHROMIUM", "/usr/bin/chromium")
QUALITY = 80


class Picture(NamedTuple):
    """One picture of the console."""

    name: str
    path: str
    width: int
    height: int
    dark: bool = False


DIFFERENCES = "/differences?route=/v1/benchmarks/*/scores"
PICTURES = (
    Picture("console-overview", "/", 1200, 1100),
    Picture("console-rollback", "/do/rollback", 800, 680),
    Picture("console-differences", DIFFERENCES, 1200, 620),
    Picture("console-ledger", "/ledger", 1200, 700, dark=True),
    Picture("console-phone", "/", 360, 780, dark=True),
)


def main() -> None:
    """Take all pictures."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with served_console(Path(name), lambda: NOW) as served:
            for one in PICTURES:
                _take_console(browser, served, one)
        with served_page(Path(name, "gateway")) as url:
            for language in ("en", "zh"):
                page = _page(browser, 800, 900, dark=False)
                page.goto(f"{url}/transition?lang={language}")
                _keep(page, f"transition-{language}")
        browser.close()


def _take_console(browser: Browser, served: Served, picture: Picture) -> None:
    page = _page(browser, picture.width, picture.height, dark=picture.dark)
    page.goto(f"{served.url}/login")
    page.get_by_label("Token").fill(served.token)
    page.get_by_role("button", name="Log in").click()
    page.goto(served.url + picture.path)
    _keep(page, picture.name)


def _page(browser: Browser, width: int, height: int, *, dark: bool) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
    )
    return context.new_page()


def _keep(page: Page, name: str) -> None:
    image = Image.open(io.BytesIO(page.screenshot()))
    path = FOLDER / f"{name}.webp"
    image.save(path, "WEBP", quality=QUALITY, method=6)
    say(f"{path.name}: {path.stat().st_size:,} bytes")
    page.context.close()


@contextmanager
def served_page(folder: Path) -> Iterator[str]:
    """The public page over the same scene, without Envoy."""
    move = move_of(entries(), NOW)
    if move is not None:
        write_transition(folder, move)
    store = Feedback("", folder)
    [sockets] = listen("127.0.0.1", 0)
    config = uvicorn.Config(Companion(store, folder), log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets)), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    store.close()


if __name__ == "__main__":
    main()
