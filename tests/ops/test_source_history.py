"""Commits of files, where the history is at hand."""

from __future__ import annotations

from pathlib import Path

from frontrunner.base.config import load_settings
from frontrunner.ops.source_history import commits_between
from frontrunner.results.ingest import joined
from frontrunner.results.read import Options, read_source
from frontrunner.snapshot.build import Inputs, build_snapshot
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from tests.factories import catalog
from tests.results.repository import commit, started


def built(home: Path, folder: Path) -> Snapshot:
    raw = read_source(folder, catalog(), Options(workers=1))
    return build_snapshot(Store(home), Inputs({}, joined(raw, catalog())))


def test_the_commit_of_each_file_between_two_snapshots(tmp_path: Path) -> None:
    folder, home = started(tmp_path / "r"), tmp_path / "home"
    commit(folder, "2025-01-01", {"org/a": {"T1": 0.5}})
    old = built(home, folder)
    name = commit(folder, "2025-02-01", {"org/a": {"T1": 0.6}})
    new = built(home, folder)
    by_settings = load_settings(home, {}, refresh={"results": (str(folder),)})
    for settings, given in ((by_settings, None), (load_settings(home, {}), folder)):
        found = commits_between(settings, old, new, given)
        assert {path: one.id for path, one in found.items()} == {"org__a/r1/T1.json": name}
    assert commits_between(load_settings(home, {}), old, new) == {}
    assert commits_between(by_settings, new, new) == {}
