"""Publishing: atomic, safe against other publishers, and it cleans up after the grace time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from frontrunner.base.errors import SnapshotError, StoreError
from frontrunner.remote.bucket import Bucket
from frontrunner.remote.model import LISTINGS, OBJECTS, POINTER
from frontrunner.remote.plan import Policy
from frontrunner.remote.push import push, read_pointer
from frontrunner.snapshot.store import Store
from tests.factories import small_snapshot
from tests.remote.conftest import POLICY


def published(folder: Path, bonus: float = 0.0) -> Store:
    small_snapshot(folder, bonus)
    return Store(folder / "home")


class Recorded:
    """A bucket that notes what is written, in order."""

    def __init__(self, bucket: Bucket, fail_after: int | None = None) -> None:
        self.inner = bucket
        self.address = bucket.address
        self.read, self.found, self.delete = bucket.read, bucket.found, bucket.delete
        self.written: list[str] = []
        self._fail_after = fail_after

    def write(self, key: str, content: bytes) -> None:
        if self._fail_after is not None and len(self.written) >= self._fail_after:
            raise StoreError("cut off")
        self.written.append(key)
        self.inner.write(key, content)

    def replace(self, key: str, content: bytes, tag: str | None) -> bool:
        self.written.append(key)
        return self.inner.replace(key, content, tag)


def test_the_pointer_is_written_last(bucket: Bucket, tmp_path: Path) -> None:
    recorded = Recorded(bucket)
    push(recorded, published(tmp_path), POLICY)  # type: ignore[arg-type]
    kinds = [key.partition("/")[0] for key in recorded.written]
    assert kinds == sorted(kinds, key=["objects", "listings", POINTER].index)
    assert kinds[-2:] == ["listings", POINTER]


def test_a_push_that_is_cut_off_anywhere_changes_nothing(bucket: Bucket, tmp_path: Path) -> None:
    store = published(tmp_path)
    first = store.current_id()
    push(bucket, store, POLICY)
    published(tmp_path, bonus=0.01)
    for steps in range(8):
        try:
            push(Recorded(bucket, fail_after=steps), store, POLICY)  # type: ignore[arg-type]
        except StoreError:
            pointer, _ = read_pointer(bucket)
            assert pointer is not None
            assert pointer.current.snapshot == first
    push(bucket, store, POLICY)
    pointer, _ = read_pointer(bucket)
    assert pointer is not None
    assert pointer.current.snapshot == store.current_id() != first


def test_pushing_again_uploads_nothing(bucket: Bucket, tmp_path: Path) -> None:
    store = published(tmp_path)
    push(bucket, store, POLICY)
    again = push(bucket, store, POLICY)
    assert (again.uploaded, again.pointed) == (0, False)


def test_a_damaged_snapshot_is_not_copied(bucket: Bucket, tmp_path: Path) -> None:
    store = published(tmp_path)
    (store.current().folder / "score.npy").write_bytes(b"")
    with pytest.raises(SnapshotError, match="was not copied"):
        push(bucket, store, POLICY)
    assert bucket.found("") == {} or set(bucket.found("")) == {"bucket"}


def test_an_earlier_publication_of_another_machine_replaces_nothing(
    bucket: Bucket, tmp_path: Path
) -> None:
    early = published(tmp_path / "early")
    late = published(tmp_path / "late", bonus=0.01)
    push(bucket, late, POLICY)
    with pytest.raises(StoreError, match="was published after"):
        push(bucket, early, POLICY)
    pointer, _ = read_pointer(bucket)
    assert pointer is not None
    assert pointer.current.snapshot == late.current_id()


def test_a_clock_that_was_set_back_does_not_stop_a_publisher(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(bucket, published(tmp_path), POLICY)
    real = time.time
    with monkeypatch.context() as patched:
        patched.setattr("frontrunner.snapshot.store.time.time", lambda: real() - 86400)
        store = published(tmp_path, 0.05)
    assert store.history()[-1].at < store.history()[0].at
    done = push(bucket, store, POLICY)
    assert done.pointed
    pointer, _ = read_pointer(bucket)
    assert pointer is not None
    assert pointer.current.snapshot == store.current_id()


def test_of_two_publishers_at_once_the_later_snapshot_wins(bucket: Bucket, tmp_path: Path) -> None:
    early = published(tmp_path / "early")
    late = published(tmp_path / "late", bonus=0.01)
    if bucket.address.startswith("file://"):
        pytest.skip("a folder has no conditional writes")

    class Interrupted(Recorded):
        """The other one publishes between reading the pointer and writing it."""

        def replace(self, key: str, content: bytes, tag: str | None) -> bool:
            if not self.written.count(POINTER):
                self.written.append(POINTER)
                push(bucket, late, POLICY)
            return self.inner.replace(key, content, tag)

    with pytest.raises(StoreError, match="was published after"):
        push(Interrupted(bucket), early, POLICY)  # type: ignore[arg-type]
    pointer, _ = read_pointer(bucket)
    assert pointer is not None
    assert pointer.current.snapshot == late.current_id()


def test_old_snapshots_go_after_the_grace_time(bucket: Bucket, tmp_path: Path) -> None:
    for number in range(4):
        store = published(tmp_path, bonus=number / 100)
        push(bucket, store, Policy(keep=2, grace=1000.0))
    before = len(bucket.found(OBJECTS))
    assert len(bucket.found(LISTINGS)) == 4
    store = published(tmp_path, bonus=0.05)
    later = time.time() + 5000
    pushed = push(bucket, store, Policy(keep=2, grace=1000.0), clock=lambda: later)
    assert pushed.removed > 0
    assert len(bucket.found(OBJECTS)) < before
    assert len(bucket.found(LISTINGS)) == 2
