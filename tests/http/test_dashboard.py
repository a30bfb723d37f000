"""The Grafana dashboard asks for nothing that a server does not export."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.factories import small_snapshot
from tests.http.followed import Board

FILE = Path(__file__).parents[2] / "examples/grafana-dashboard.json"
_NAME = re.compile(r"\b(?:frontrunner|http|mteb)_[a-z_]+\b")


def test_each_metric_that_it_names_is_exported(tmp_path: Path) -> None:
    small_snapshot(tmp_path)
    board = Board(tmp_path)
    board.look(lambda: board.follower.readiness.ready)
    board.get("/v1/benchmarks")
    text = board.get("/metrics").text
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    histograms = [name for name, kind in kinds.items() if kind == "histogram"]
    exported = {*kinds, *(f"{name}_bucket" for name in histograms)}
    panels = json.loads(FILE.read_text())["panels"]
    asked = [target["expr"] for one in panels for target in one["targets"]]
    names = {name for one in asked for name in _NAME.findall(one)}
    assert len(names) > 7
    assert names <= exported
    labels = {name for one in asked for name in re.findall(r"by \((\w+)\)", one)}
    found = {label for line in text.splitlines() for label in re.findall(r'[{,](\w+)="', line)}
    assert labels - {"reason", "name"} <= found, "the others have no series yet"
