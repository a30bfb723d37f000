"""A log of requests, a clock and the collector that reads them, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from frontrunner.gateway.logs import RequestLine
from frontrunner.gateway.render import Place
from frontrunner.gateway.shadow.tally import RouteTally, Tally, write_tally
from frontrunner.takeover.evidence.collect import Analysis, Collector
from tests.takeover.evidence.lines import BEGIN, at_once, encoded


class World:
    """A log that grows, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.place = Place(folder / "gateway")
        self.place.folder.mkdir()
        self.file = folder / "takeover" / "evidence.json"
        self.now = BEGIN

    def start(self, **options: Any) -> Collector:
        """A controller that was started, or started again."""
        given: dict[str, Any] = {"clock": lambda: self.now, "elapsed": at_once} | options
        return Collector(self.place, self.file, **given)

    def begun(self, share: int = 5000, **options: Any) -> Collector:
        """A controller that has begun to count."""
        collector = self.start(**options)
        collector.follow(self.analysis(share))
        collector.look()
        return collector

    def analysis(self, share: int = 5000, **changed: Any) -> Analysis:
        return Analysis(**({"begun": BEGIN, "share": share} | changed))

    def log(self, *lines: RequestLine) -> None:
        with self.place.requests.open("ab") as file:
            file.write(encoded(*lines))

    def shadows(self, since: float = 5.0, until: float | None = None, **routes: RouteTally) -> None:
        tally = Tally(since=since, counted_until=until, routes=routes, errors=2, dropped=7)
        write_tally(self.place.folder / "shadow.json", tally)
