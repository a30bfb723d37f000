"""The past grows with what is published."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.home import Home
from frontrunner.ops.past import keep_past
from frontrunner.snapshot import past
from frontrunner.snapshot.past import Past, has_past, past_version
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


@pytest.mark.parametrize("damage", [False, True])
def test_what_a_killed_update_left_out_is_made_up_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bool
) -> None:
    def killed(_: Home) -> None:
        raise KeyboardInterrupt

    store = Store(tmp_path / "home")
    small_snapshot(tmp_path)
    keep_past(store, print)
    small_snapshot(tmp_path, 0.05)
    with monkeypatch.context() as patch:
        patch.setattr(past, "write_timeline", killed)
        with pytest.raises(KeyboardInterrupt):
            keep_past(store, print)
    assert len(Past(store.at).points()) == 1
    if damage:
        (store.at.timeline / "timeline.index").write_bytes(b"cut")
    keep_past(store, print)
    assert len(Past(store.at).points()) == 2


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    small_snapshot(tmp_path)
    keep_past(store, print)
    version = past_version(store.at)
    left = [store.at.past / ".removing-0-timeline", store.at.past / ".writing-0-timeline"]
    for folder in left:
        folder.mkdir()
    keep_past(store, print)
    assert [folder.exists() for folder in left] == [False, False]
    assert past_version(store.at) == version


def test_a_failure_is_a_warning(tmp_path: Path) -> None:
    warnings: list[Exception] = []
    keep_past(Store(tmp_path / "home"), warnings.append)
    small_snapshot(tmp_path)
    store = Store(tmp_path / "home")
    store.at.past.mkdir()
    store.at.standings.write_bytes(b"a file")
    keep_past(store, warnings.append)
    assert len(warnings) == 2
