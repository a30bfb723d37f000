"""What belongs to a snapshot, pinned while it is copied."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

from frontrunner.ops.past import keep_past
from frontrunner.remote.contents import listing_of, open_contents
from frontrunner.snapshot.store import Store
from tests.factories import small_snapshot


def test_hidden_files_and_other_snapshots_do_not_belong(tmp_path: Path) -> None:
    other = small_snapshot(tmp_path).id
    snapshot = small_snapshot(tmp_path, 0.01)
    (snapshot.folder / ".writing-x").mkdir()
    (snapshot.folder / ".writing-x/part").write_bytes(b"x")
    with ExitStack() as stack:
        opened = open_contents(Store(tmp_path / "home").at, snapshot.id, stack)
        paths = [one.path for one in listing_of(snapshot.id, opened).files]
    assert f"snapshots/{snapshot.id}/manifest.json" in paths
    assert f"snapshots/{snapshot.id}/answers/answers.bin" in paths
    assert not [path for path in paths if other in path or "/." in path]


def test_what_was_opened_stays_the_same_when_its_folder_is_replaced(tmp_path: Path) -> None:
    snapshot = small_snapshot(tmp_path)
    with ExitStack() as stack:
        opened = open_contents(Store(tmp_path / "home").at, snapshot.id, stack)
        [one] = [one for one in opened if one.ref.path.endswith("answers.bin")]
        shutil.rmtree(snapshot.folder / "answers")
        assert len(one.file.read()) == one.ref.bytes


def test_the_past_belongs_to_a_snapshot(tmp_path: Path) -> None:
    snapshot, store = small_snapshot(tmp_path), Store(tmp_path / "home")
    keep_past(store, print)
    with ExitStack() as stack:
        opened = open_contents(store.at, snapshot.id, stack)
    paths = {one.ref.path for one in opened}
    assert {"past/timeline/timeline.index", "past/timeline/timeline.bin"} <= paths
    assert not [path for path in paths if "standings" in path or path.endswith(".lock")]
