"""Icons come from hosts that may be slow, wrong or gone; boards do not wait for them."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from frontrunner.catalog import Benchmark
from frontrunner.http import icons
from frontrunner.http.app import Application
from frontrunner.http.icons import Icons
from frontrunner.results.ingest import ingest
from tests.factories import catalog, scope, snapshot_of, task, write_scores
from tests.http.conftest import call

SVG = b"<svg/>"
GOOD = b"HTTP/1.1 200 OK\r\nContent-Type: image/svg+xml\r\nContent-Length: 6\r\n\r\n" + SVG


@contextmanager
def host(answer: bytes, asked: list[bytes] | None = None, wait: float = 0.0) -> Iterator[str]:
    """A host that answers everything alike; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    link, _ = listening.accept()
                except OSError:
                    return
                with link:
                    (asked if asked is not None else []).append(link.recv(4096))
                    time.sleep(wait)
                    link.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/icon.svg"
        listening.shutdown(socket.SHUT_RDWR)


def get(url: str) -> icons.Icon | None:
    return asyncio.run(Icons().get(url))


def test_an_icon_is_fetched_once_however_many_ask() -> None:
    asked: list[bytes] = []

    async def ask(url: str) -> list[icons.Icon | None]:
        one = Icons()
        first = await asyncio.gather(*(one.get(url) for _ in range(5)))
        return [*first, await one.get(url)]

    with host(GOOD, asked, wait=0.1) as url:
        found = asyncio.run(ask(url))
    assert [icon.body for icon in found if icon] == [SVG] * 6
    assert len(asked) == 1


def test_a_plain_text_is_an_svg() -> None:
    with host(GOOD.replace(b"image/svg+xml", b"text/plain")) as url:
        icon = get(url)
    assert icon
    assert (b"content-type", b"image/svg+xml") in icon.headers
    assert any(name == b"content-security-policy" for name, _ in icon.headers)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"hello\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",
        GOOD.replace(b"image/svg+xml", b"text/html"),
        b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + b"x" * (2 * 1024 * 1024 + 1),
    ],
)
def test_what_is_no_icon_is_none(answer: bytes) -> None:
    with host(answer) as url:
        assert get(url) is None


def test_a_failure_is_remembered() -> None:
    asked: list[bytes] = []

    async def twice(url: str) -> None:
        one = Icons()
        assert [await one.get(url), await one.get(url)] == [None, None]

    with host(b"", asked) as url:
        asyncio.run(twice(url))
    assert len(asked) == 1


def test_a_board_does_not_wait_for_hosts_that_are_slow(application: Application) -> None:
    async def board_while_waiting(url: str) -> float:
        waiting = [asyncio.create_task(application._icons.get(f"{url}{n}")) for n in range(40)]
        await asyncio.sleep(0.05)
        started = time.monotonic()
        await asyncio.to_thread(application.served.service.scores, "All", ())
        for one in waiting:
            one.cancel()
        return time.monotonic() - started

    with host(b"", wait=1.0) as url:
        assert asyncio.run(board_while_waiting(url)) < 0.9


def test_the_ways_an_icon_is_asked_for(tmp_path: Path) -> None:
    with host(GOOD) as url:
        scopes = (scope(task("T1")),)
        benchmarks = [
            Benchmark(name=name, display_name=name, scopes=scopes, icon=icon)
            for name, icon in {"B": url, "Gone": "http://127.0.0.1:1/x", "Emoji": "x"}.items()
        ]
        known = catalog(benchmarks=benchmarks)
        results = write_scores(tmp_path / "results", {"org/a": {"T1": 0.5}})
        snapshot = snapshot_of(tmp_path / "home", known, ingest(results, known, workers=1))
        application = Application(snapshot)
        found = call(application, "GET", "/v1/icon/B")
        assert (found.status_code, found.content) == (200, SVG)
        assert "immutable" in found.headers["cache-control"]
        gone = call(application, "GET", "/v1/icon/Gone")
        assert (gone.status_code, gone.json()["detail"]) == (502, "Upstream icon fetch failed")
        emoji = call(application, "GET", "/v1/icon/Emoji")
        assert (emoji.status_code, emoji.json()["detail"]) == (404, "Emoji icon is not a URL")
