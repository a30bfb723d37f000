"""Boards made with Gradio 3, 4, 5 and 6 behind the gateway, while the share changes 50 times."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

from tests.acceptance.gateway.conftest import VIEW, Move, environment
from tests.acceptance.gateway.protocol import BROWSER, Page

pytestmark = pytest.mark.acceptance
BUCKET = 5000
FIFTIETH = {"cookie": f"frontrunner_bucket={BUCKET}"}
Going = Callable[[], bool]
CLIENTS = {"0.11.0": (3,), "1.14.0": (4, 5, 6), "2.7.2": (4, 5, 6)}
"""The boards that each gradio_client can use at all, asked directly. 0.11 does not know the queue
of Gradio 4.44 and later; 1.14 and 2.7 do not open the WebSocket of Gradio 3."""


def visits(move: Move, going: Going) -> dict[str, int]:
    """Load the page and every asset that it names, as a visitor of one bucket; count the sides."""
    sides: dict[str, int] = {}
    with httpx.Client(base_url=move.url, timeout=20, headers=BROWSER | FIFTIETH) as client:
        while going():
            view = client.get(VIEW)  # the new board redirects old links to its own pages
            allowed = (200,) if view.headers["x-frontrunner-side"] == "old" else (200, 301)
            assert view.status_code in allowed, view.text[:300]
            page = client.get("/")
            assert page.status_code == 200, page.text[:300]
            side = page.headers["x-frontrunner-side"]
            sides[side] = sides.get(side, 0) + 1
            for asset in assets(page):
                found = client.get(asset, headers={"accept": "*/*"})
                assert found.status_code == 200, asset
                assert found.headers["x-frontrunner-side"] == side, asset
    return sides


def assets(page: httpx.Response) -> list[str]:
    """The scripts and styles of this address that a page names."""
    named = re.findall(
        r'<(?:script|link)[^>]*?(?:src|href)="([^"]+\.(?:js|css))(?:\?[^"]*)?"', page.text
    )
    urls = [urljoin(str(page.url), one) for one in named]
    return [one for one in urls if one.startswith(str(page.url.copy_with(path="/", query=None)))][
        :8
    ]


def jobs(page: Page, going: Going) -> int:
    """Search, and count visits in the state that the board keeps for this page."""
    search, count = page.function("search"), page.function("count")
    done = 0
    while going() or not done:
        [cells] = page.job(search, "e5")[-1]["output"]["data"]
        assert "e5" in str(cells).lower()
        done += 1
        assert page.job(count, None)[-1]["output"]["data"][1] == f"visit {done}"
    return done


def streams(page: Page, going: Going) -> int:
    """Follow a job that reports its progress: each report comes when it was made."""
    follow = page.function("follow")
    done = 0
    while going() or not done:
        events = page.job(follow, "words")
        reports = [event for event in events if event["msg"] == "process_generating"]
        assert len(reports) == 5, events
        assert reports[-1]["at"] - reports[0]["at"] > 0.4, "the stream was held back"
        assert events[-1]["output"]["data"] == ["words: step 5 of 5"] or page.version >= 4
        done += 1
    return done


def calls(page: Page, going: Going) -> int:
    """Ask without gradio_client."""
    done = 0
    while going() or not done:
        assert "e5" in str(page.call("search", "e5")).lower()
        done += 1
    return done


def uploads(page: Page, going: Going) -> int:
    """Send a file, get it again, and let the board measure it."""
    size, done = page.function("size"), 0
    while going() or not done:
        content = bytes([done % 256]) * 200_000
        path = page.upload(content)
        assert page.download(path) == content
        assert page.job(size, page.file(path))[-1]["output"]["data"] == ["200000 bytes"]
        done += 1
    return done


def heartbeat(page: Page, going: Going) -> int:
    """Hold one stream open over the whole move."""
    enough = threading.Event()

    def wait() -> None:
        while going():
            enough.wait(0.05)
        enough.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    came = page.heartbeats(enough)
    waiting.join()
    return came


def test_open_pages_go_on_while_the_share_changes(move: Move, version: int) -> None:
    """caddyserver/caddy#6420, #7222: a reload cut WebSockets, which Gradio 3 uses for its queue."""
    work: dict[str, Callable[[Page, Going], int]] = {
        "jobs": jobs, "streams": streams, "uploads": uploads, "calls": calls,
    }  # fmt: skip
    if version >= 4:
        work["heartbeat"] = heartbeat
    pages = {name: Page(version, move.url) for name in work}
    with ThreadPoolExecutor(8) as pool:
        with move.moving() as going:
            running = {name: pool.submit(work[name], pages[name], going) for name in work}
            visited = pool.submit(visits, move, going)
        done = {name: one.result() for name, one in running.items()}
    for page in pages.values():
        page.client.close()
    assert all(count >= 1 for count in done.values()), done
    assert set(visited.result()) == {"old", "new"}
    if version >= 4:
        assert done["heartbeat"] > 10


def test_the_board_builds_its_addresses_from_the_public_one(
    move: Move, version: int, gradio_board: str
) -> None:
    move.share(100)
    with Page(version, move.url) as page:
        root = page.config().get("root")
    # Gradio 3 leaves it empty: its pages ask the address that they came from.
    assert root == ("" if version == 3 else move.url)
    move.share(0)
    html = httpx.get(f"{move.url}/", headers=BROWSER).text
    assert httpx.get(f"{move.url}/", headers=BROWSER).headers["x-frontrunner-side"] == "old"
    assert gradio_board.rpartition(":")[2] not in html


@pytest.mark.parametrize("client", CLIENTS)
def test_programs_with_gradio_client_go_on(
    move: Move, version: int, gradio_board: str, client: str, tmp_path: Path
) -> None:
    file = tmp_path / "results.bin"
    file.write_bytes(b"x" * 200_000)
    python = environment(f".venv-client-{client}", "setup-clients")
    program = Path(__file__).with_name("client_jobs.py")

    def ask(url: str, seconds: float) -> subprocess.CompletedProcess[str]:
        command = [str(python), str(program), url, str(file), str(seconds)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    direct = ask(gradio_board, 0)
    if version not in CLIENTS[client]:
        assert direct.returncode, "this client can use this board: list it in CLIENTS"
        return
    assert direct.returncode == 0, direct.stderr
    with move.moving(pause=0.15):
        behind = ask(move.url, 5)
    assert behind.returncode == 0, behind.stderr
    found: dict[str, Any] = json.loads(behind.stdout)
    assert found["rounds"] >= 2
    assert found["answers"] == json.loads(direct.stdout)["answers"]
    assert found["answers"]["size"] == ["200000 bytes"]
    assert len(found["answers"]["follow"][0]) == 5
