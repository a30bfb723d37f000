"""Icons come from hosts that may be slow, wrong, gone or hostile; no build depends on them."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from frontrunner.catalog import Benchmark
from frontrunner.ops import icon_fetching
from frontrunner.ops.icon_fetching import Fetching, wanted
from frontrunner.ops.pipeline import keep_icons_of
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.icons import Icon, read_icons
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store, whole_damage
from tests.factories import catalog, scope, snapshot_of, task, write_scores
from tests.net.hosts import host, ok, redirect

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


def fetched(*urls: str, seconds: float = 20.0) -> dict[str, Icon]:
    return Fetching(urls, seconds=seconds, private=True).result()


def test_an_icon_is_known_by_its_content_and_not_by_its_label() -> None:
    with host(ok(SVG, "text/plain")) as url, host(ok(b"<html/>", "image/png")) as wrong:
        assert fetched(url, wrong) == {url: Icon("image/svg+xml", SVG)}


def test_redirects_are_followed() -> None:
    with host(ok(SVG)) as url, host(redirect(url)) as first:
        assert set(fetched(first)) == {first}


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 41\r\n\r\n" + SVG,
        ok(b"x" * (icon_fetching.LARGEST + 1)),
        redirect("file:///etc/passwd"),
        ok(b""),
    ],
)
def test_what_is_no_icon_is_left_out(answer: bytes) -> None:
    with host(answer) as url:
        assert fetched(url) == {}


def test_hosts_that_drip_or_hang_take_no_more_than_the_time_of_all() -> None:
    def drip(link: socket.socket) -> None:
        link.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(1000):
            link.sendall(b"x")
            time.sleep(0.02)

    with host(drip) as slow, host(ok(SVG)) as quick:
        urls = [quick, *(f"{slow}/{number}" for number in range(40))]
        assert set(fetched(*urls, seconds=4.0)) == {quick}


def test_addresses_of_this_machine_are_never_asked() -> None:
    asked: list[bytes] = []
    with host(ok(SVG), asked) as url:
        assert Fetching([url, url.replace("127.0.0.1", "localhost")]).result() == {}
    assert asked == []


def boards(folder: Path, *urls: str) -> tuple[Store, Snapshot]:
    scopes = (scope(task("T1")),)
    benchmarks = [
        Benchmark(name=f"B{number}", display_name="B", scopes=scopes, icon=url)
        for number, url in enumerate(urls)
    ]
    known = catalog(benchmarks=benchmarks)
    results = write_scores(folder / "results", {"org/a": {"T1": 0.5}})
    snapshot = snapshot_of(folder / "home", ingest(results, known, workers=1))
    return Store(folder / "home"), snapshot


def test_urls_are_fetched_once_and_emoji_never(tmp_path: Path) -> None:
    _, snapshot = boards(tmp_path, "http://a/1", "HTTPS://a/2", "http://a/1", "😀", "")
    assert wanted(snapshot.catalog) == ["http://a/1", "HTTPS://a/2"]


def test_icons_are_stored_with_the_snapshot_and_leave_its_name_alone(tmp_path: Path) -> None:
    with host(ok(SVG)) as url:
        store, snapshot = boards(tmp_path, url, "http://127.0.0.1:1/gone")
        fetching = Fetching(wanted(snapshot.catalog), private=True)
        keep_icons_of(store, snapshot, fetching.result())
    assert read_icons(snapshot.folder) == {url: Icon("image/svg+xml", SVG)}
    assert whole_damage(store.current()) == []
    keep_icons_of(store, snapshot, {})
    assert set(read_icons(snapshot.folder)) == {url}
