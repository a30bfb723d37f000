"""Where models stand: what the API says."""

from __future__ import annotations

from pathlib import Path

from frontrunner.answers.service import Service
from frontrunner.snapshot.standings import standings
from tests.factories import small_snapshot


def test_ranks_and_means_are_those_of_the_board(tmp_path: Path) -> None:
    snapshot = small_snapshot(tmp_path)
    found = standings(snapshot.table, snapshot.catalog)
    service = Service(snapshot)
    assert {model: one.rank for model, one in found["All"].items()} == service.ranks("All")
    shown = {row.model.name: row.mean_task for row in service.board("All").rows}
    assert {model: one.mean for model, one in found["All"].items()} == shown
