"""The past grows with what is published."""

from __future__ import annotations

from pathlib import Path

from frontrunner.ops.past import keep_past
from frontrunner.snapshot.past import Past, has_past
from frontrunner.snapshot.store import Store
from tests.factories import small_snapshot


def test_each_published_snapshot_is_remembered_once(tmp_path: Path) -> None:
    warnings: list[Exception] = []
    for bonus in (0.0, 0.05, 0.05):
        small_snapshot(tmp_path, bonus)
        keep_past(Store(tmp_path / "home"), warnings.append)
    assert len(Past(Store(tmp_path / "home").at).points()) == 2
    assert warnings == []


def test_a_timeline_that_is_gone_is_made_again(tmp_path: Path) -> None:
    small_snapshot(tmp_path)
    store = Store(tmp_path / "home")
    keep_past(store, print)
    (store.at.timeline / "timeline.index").unlink()
    keep_past(store, print)
    assert has_past(store.at)


def test_a_failure_is_a_warning(tmp_path: Path) -> None:
    warnings: list[Exception] = []
    keep_past(Store(tmp_path / "home"), warnings.append)
    small_snapshot(tmp_path)
    store = Store(tmp_path / "home")
    store.at.past.mkdir()
    store.at.standings.write_bytes(b"a file")
    keep_past(store, warnings.append)
    assert len(warnings) == 2
