"""What a publisher wrote is what a follower serves, byte for byte; and nothing else ever is."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from frontrunner.answers.prepare import prepare
from frontrunner.base.errors import CorruptSnapshotError, StoreError
from frontrunner.base.home import Home
from frontrunner.ops.past import keep_past
from frontrunner.remote.bucket import Bucket
from frontrunner.remote.model import (
    POINTER,
    Listing,
    Pointer,
    checked_listing,
    listing_key,
    object_key,
)
from frontrunner.remote.pull import Puller
from frontrunner.remote.push import push, read_pointer
from frontrunner.snapshot.freshness import read_checked_at, write_checked_at
from frontrunner.snapshot.past import Past, has_past
from frontrunner.snapshot.store import Store
from tests.factories import small_snapshot
from tests.remote.conftest import POLICY


def published(folder: Path, bonus: float = 0.0) -> Store:
    """A home with a published snapshot and its answers."""
    small_snapshot(folder, bonus)
    return Store(folder / "home")


def contents(home: Path) -> dict[str, bytes]:
    """The files of the current snapshot."""
    folder = (home / "current").resolve()
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


class Server:
    """A home that follows."""

    def __init__(self, bucket: Bucket, home: Path) -> None:
        self.store = Store(home)
        self.puller = Puller(bucket, self.store)

    @property
    def serves(self) -> str | None:
        return self.store.current_id()


@pytest.fixture
def publisher(tmp_path: Path) -> Store:
    return published(tmp_path / "publisher")


@pytest.fixture
def server(bucket: Bucket, tmp_path: Path) -> Server:
    return Server(bucket, tmp_path / "server")


def test_an_empty_home_becomes_like_the_publishers(
    bucket: Bucket, publisher: Store, server: Server
) -> None:
    push(bucket, publisher, POLICY)
    pulled = server.puller.pull()
    assert pulled is not None
    assert pulled.snapshot == publisher.current_id() == server.serves
    assert contents(server.store.home) == contents(publisher.home)
    assert server.store.current().prepared is not None


def test_nothing_is_downloaded_again_while_nothing_changes(
    bucket: Bucket, publisher: Store, server: Server
) -> None:
    push(bucket, publisher, POLICY)
    server.puller.pull()
    assert server.puller.pull() is None
    again = Server(bucket, server.store.home).puller.pull()
    assert again is not None
    assert again.downloaded == 0


def test_only_what_differs_is_uploaded_and_downloaded(
    bucket: Bucket, publisher: Store, server: Server, tmp_path: Path
) -> None:
    first = push(bucket, publisher, POLICY)
    server.puller.pull()
    published(tmp_path / "publisher", bonus=0.01)
    second = push(bucket, publisher, POLICY)
    pulled = server.puller.pull()
    assert first.uploaded > second.uploaded > 0
    assert pulled is not None
    assert 0 < pulled.downloaded <= second.uploaded_bytes
    assert contents(server.store.home) == contents(publisher.home)


def test_answers_that_are_prepared_later_follow(
    bucket: Bucket, server: Server, tmp_path: Path
) -> None:
    snapshot = small_snapshot(tmp_path / "publisher")
    publisher = Store(tmp_path / "publisher/home")
    shutil.rmtree(snapshot.folder / "answers")
    push(bucket, publisher, POLICY)
    server.puller.pull()
    assert server.store.current().prepared is None
    prepare(publisher.current())
    push(bucket, publisher, POLICY)
    server.puller.pull()
    assert contents(server.store.home) == contents(publisher.home)


def test_a_rollback_follows(
    bucket: Bucket, publisher: Store, server: Server, tmp_path: Path
) -> None:
    first = publisher.current_id()
    push(bucket, publisher, POLICY)
    server.puller.pull()
    published(tmp_path / "publisher", bonus=0.01)
    push(bucket, publisher, POLICY)
    server.puller.pull()
    publisher.rollback()
    push(bucket, publisher, POLICY)
    server.puller.pull()
    assert server.serves == first


def test_freshness_follows_without_any_other_download(
    bucket: Bucket, publisher: Store, server: Server
) -> None:
    push(bucket, publisher, POLICY)
    server.puller.pull()
    name = str(publisher.current_id())
    publisher.at.refresh.mkdir(exist_ok=True)
    write_checked_at(publisher.at, name, 1e9)
    assert push(bucket, publisher, POLICY).pointed
    pulled = server.puller.pull()
    assert pulled is not None
    assert pulled.downloaded == 0
    assert read_checked_at(server.store.at, name) == 1e9


def test_what_the_old_calls_need_comes_too(
    bucket: Bucket, publisher: Store, server: Server
) -> None:
    at, name = publisher.at, str(publisher.current_id())
    for path in (at.calls_of(name) / "calls.index", at.adopted, at.moved):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(path.name.encode())
    push(bucket, publisher, POLICY)
    server.puller.pull()
    here = server.store.at
    for path in (here.calls_of(name) / "calls.index", here.adopted, here.moved):
        assert path.read_bytes() == path.name.encode()


Spoil = Callable[[Bucket, Listing, str], None]


def _damaged_object(bucket: Bucket, listing: Listing, _: str) -> None:
    one = next(file for file in listing.files if file.path.endswith("score.npy"))
    body = _body(bucket, object_key(one.sha256))
    bucket.write(object_key(one.sha256), bytes([body[0] ^ 1]) + body[1:])


def _half_an_object(bucket: Bucket, listing: Listing, _: str) -> None:
    one = max(listing.files, key=lambda file: file.bytes)
    body = _body(bucket, object_key(one.sha256))
    bucket.write(object_key(one.sha256), body[: len(body) // 2])


def _missing_object(bucket: Bucket, listing: Listing, _: str) -> None:
    new = next(file for file in listing.files if file.path.endswith("score.npy"))
    bucket.delete([object_key(new.sha256)])


def _missing_listing(bucket: Bucket, _: Listing, name: str) -> None:
    bucket.delete([listing_key(name)])


def _changed_listing(bucket: Bucket, _: Listing, name: str) -> None:
    bucket.write(listing_key(name), b"{}")


def _half_a_pointer(bucket: Bucket, _: Listing, __: str) -> None:
    bucket.write(POINTER, _body(bucket, POINTER)[:30])


def _body(bucket: Bucket, key: str) -> bytes:
    found = bucket.read(key)
    assert found is not None
    return found.body


def _listing(bucket: Bucket) -> tuple[Listing, str]:
    pointer, _ = read_pointer(bucket)
    assert pointer is not None
    entry = pointer.current
    return checked_listing(_body(bucket, listing_key(entry.listing)), entry), entry.listing


@pytest.mark.parametrize(
    "spoil",
    [
        _damaged_object,
        _half_an_object,
        _missing_object,
        _missing_listing,
        _changed_listing,
        _half_a_pointer,
    ],
)
def test_what_is_damaged_in_the_store_is_never_made_current(
    bucket: Bucket,
    publisher: Store,
    server: Server,
    tmp_path: Path,
    spoil: Spoil,
) -> None:
    push(bucket, publisher, POLICY)
    server.puller.pull()
    before, was = contents(server.store.home), server.serves
    published(tmp_path / "publisher", bonus=0.01)
    push(bucket, publisher, POLICY)
    listing, name = _listing(bucket)
    spoil(bucket, listing, name)
    for follower in (server, Server(bucket, server.store.home)):
        with pytest.raises((CorruptSnapshotError, StoreError)):
            follower.puller.pull()
        assert follower.serves == was
        assert contents(follower.store.home) == before
    assert [p.name for p in server.store.folder.glob(".*")] == []
    # Publishing again mends what is missing or of another size; a changed object must be removed.
    if spoil is _damaged_object:
        bucket.delete([object_key(file.sha256) for file in listing.files])
    if spoil is _half_a_pointer:
        bucket.delete([POINTER])
    push(bucket, publisher, POLICY)
    server.puller.pull()
    assert server.serves == publisher.current_id()
    assert contents(server.store.home) == contents(publisher.home)


def test_a_home_that_was_damaged_is_mended_at_the_next_start(
    bucket: Bucket, publisher: Store, server: Server
) -> None:
    push(bucket, publisher, POLICY)
    server.puller.pull()
    path = server.store.current().folder / "score.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    Server(bucket, server.store.home).puller.pull()
    assert contents(server.store.home) == contents(publisher.home)


def test_an_empty_store_says_what_to_do(bucket: Bucket, server: Server) -> None:
    with pytest.raises(StoreError, match="frontrunner store push"):
        server.puller.pull()
    assert server.serves is None


def test_only_two_snapshots_are_kept(
    bucket: Bucket, publisher: Store, server: Server, tmp_path: Path
) -> None:
    for number in range(4):
        published(tmp_path / "publisher", bonus=number / 100)
        push(bucket, publisher, POLICY)
        server.puller.pull()
    assert len(server.store.ids()) == 2
    assert len(list(Home(server.store.home).snapshots.iterdir())) == 2


def test_the_pointer_names_what_was_current_before(
    bucket: Bucket, publisher: Store, tmp_path: Path
) -> None:
    first = publisher.current_id()
    push(bucket, publisher, POLICY)
    published(tmp_path / "publisher", bonus=0.01)
    push(bucket, publisher, POLICY)
    pointer, _ = read_pointer(bucket)
    assert isinstance(pointer, Pointer)
    assert [one.snapshot for one in pointer.entries] == [publisher.current_id(), first]


def test_a_server_has_the_past_too(bucket: Bucket, publisher: Store, server: Server) -> None:
    for bonus in (0.01, 0.02):
        keep_past(publisher, print)
        push(bucket, publisher, POLICY)
        server.puller.pull()
        assert Past(server.store.at).points() == Past(publisher.at).points()
        small_snapshot(publisher.home.parent, bonus)
    assert len(Past(server.store.at).points()) == 2


def test_a_past_that_was_damaged_in_the_store_is_not_taken(
    bucket: Bucket, publisher: Store, server: Server
) -> None:
    keep_past(publisher, print)
    push(bucket, publisher, POLICY)
    name = hashlib.sha256((publisher.at.timeline / "timeline.bin").read_bytes()).hexdigest()
    bucket.write(object_key(name), b"something else")
    with pytest.raises(CorruptSnapshotError, match=r"past/timeline/timeline\.bin was not written"):
        server.puller.pull()
    assert not has_past(server.store.at)
