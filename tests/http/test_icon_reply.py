"""Icons are sent as the build stored them; the server asks no other site."""

from __future__ import annotations

from pathlib import Path

from frontrunner.catalog import Benchmark
from frontrunner.http.app import Application
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.icons import Icon, keep_icons
from tests.factories import catalog, scope, snapshot_of, task, write_scores
from tests.http.conftest import call
from tests.net.hosts import host, ok

SVG = b"<svg/>"


def test_the_ways_an_icon_is_asked_for(tmp_path: Path) -> None:
    asked: list[bytes] = []
    with host(ok(SVG), asked) as url:
        scopes = (scope(task("T1")),)
        benchmarks = [
            Benchmark(name=name, display_name=name, scopes=scopes, icon=icon)
            for name, icon in {"B": "http://a/icon", "Gone": url, "Emoji": "x"}.items()
        ]
        known = catalog(benchmarks=benchmarks)
        results = write_scores(tmp_path / "results", {"org/a": {"T1": 0.5}})
        snapshot = snapshot_of(tmp_path / "home", ingest(results, known, workers=1))
        application = Application(snapshot)
        assert call(application, "GET", "/v1/icon/B").status_code == 404  # none are there yet
        keep_icons(snapshot.folder, {"http://a/icon": Icon("image/svg+xml", SVG)})
        found = call(application, "GET", "/v1/icon/B")
        assert (found.status_code, found.content) == (200, SVG)
        assert found.headers["content-type"] == "image/svg+xml"
        assert "sandbox" in found.headers["content-security-policy"]
        gone = call(application, "GET", "/v1/icon/Gone")
        assert (gone.status_code, gone.json()["detail"]) == (
            404,
            "The build could not get the icon of Gone",
        )
        emoji = call(application, "GET", "/v1/icon/Emoji")
        assert (emoji.status_code, emoji.json()["detail"]) == (404, "Emoji icon is not a URL")
    assert asked == []


def test_damaged_icons_are_no_icons(tmp_path: Path) -> None:
    known = catalog(
        benchmarks=[
            Benchmark(name="B", display_name="B", scopes=(scope(task("T1")),), icon="http://a/")
        ]
    )
    results = write_scores(tmp_path / "results", {"org/a": {"T1": 0.5}})
    snapshot = snapshot_of(tmp_path / "home", ingest(results, known, workers=1))
    keep_icons(snapshot.folder, {"http://a/": Icon("image/svg+xml", SVG)})
    (snapshot.folder / "icons/icons.index").write_bytes(b"\xff")
    assert call(Application(snapshot), "GET", "/v1/icon/B").status_code == 404
