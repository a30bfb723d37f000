"""The starter board of `frontrunner demo`."""

from __future__ import annotations

from pathlib import Path

from frontrunner.base.home import Home
from frontrunner.cli.demo import demo
from frontrunner.snapshot.past import Past
from frontrunner.snapshot.store import Store


def test_the_starter_board_has_a_past_from_its_first_snapshot_on(tmp_path: Path) -> None:
    demo(tmp_path, serving=False)
    past = Past(Home(tmp_path))
    assert [one.snapshot for one in past.points()] == [Store(tmp_path).current_id()]
    assert list(past.boards()) == ["starter"]
