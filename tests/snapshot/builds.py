"""Building small snapshots for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from frontrunner.results.ingest import ingest
from tests.factories import catalog, snapshot_of, write, write_scores


def build(folder: Path, home: str, bonus: float = 0.0, publish: bool = True) -> Any:
    known = catalog()
    scores = {"org/a": {"T1": 0.5 + bonus, "T2": 0.5}, "org/b": {"T1": 0.4}}
    root = write_scores(folder / f"results{bonus}", scores)
    write(root, "org__a/r1/broken.json", b"{")
    return snapshot_of(folder / home, ingest(root, known, workers=1), publish)
