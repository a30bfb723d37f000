"""An update whose disk is full once its snapshot is published: a real one, in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import pytest

from frontrunner.base.config import Settings
from frontrunner.base.errors import UnpreparedError
from frontrunner.base.home import Home
from frontrunner.base.store_settings import StoreSettings
from frontrunner.ops import events
from frontrunner.refresh.record import read_state
from frontrunner.refresh.run import refresh
from frontrunner.remote.bucket import Bucket
from frontrunner.remote.push import read_pointer
from frontrunner.results.read import Progress
from frontrunner.snapshot.freshness import read_checked_at
from frontrunner.snapshot.store import Store
from tests.listener import Listener
from tests.refresh.boards import scores, settings_of, source
from tests.small_disk import small_disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight megabytes."""
    with small_disk(tmp_path / "disk", "8m") as at:
        yield at


class Filler(Listener):
    """Fills the disk when a step begins."""

    def __init__(self, disk: Path, step: str) -> None:
        super().__init__()
        self._file, self._step = disk / "filler", step

    @contextmanager
    def step(self, what: str) -> Iterator[Progress]:
        if what == self._step:
            with suppress(OSError), self._file.open("ab", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
        with super().step(what) as progress:
            yield progress

    def empty(self) -> None:
        self._file.unlink()


def settings_on(disk: Path, beside: Path, score: float) -> Settings:
    """A home on the disk, whose published snapshots are copied to another."""
    folder = source(beside / f"scored-{score}", scores(12, score))
    store = StoreSettings(publish=f"file://{beside / 'bucket'}")
    return msgspec.structs.replace(settings_of(disk, folder), store=store)


def stored_files(settings: Settings) -> int:
    """Files of the current snapshot in the object storage."""
    bucket = Bucket(settings.store.publish)
    pointer, _ = read_pointer(bucket)
    assert pointer is not None
    found = bucket.read(f"listings/{pointer.current.listing}.json")
    assert found is not None
    return found.body.count(b'"sha256"')


def test_what_is_published_before_the_disk_is_full_is_said_to_be(
    disk: Path, tmp_path: Path
) -> None:
    settings = settings_on(disk, tmp_path, 0.5)
    filler = Filler(disk, "Preparing answers")
    ended = refresh(settings, filler)
    store, home = Store(settings.home), Home(settings.home)
    run = ended.run
    assert isinstance(ended.error, UnpreparedError)
    assert (run.outcome, run.snapshot) == ("unprepared", store.current_id())
    assert run.reason == (
        f"Snapshot {run.snapshot} is published. The answers of snapshot {run.snapshot} could not "
        "be prepared: No space left on device. A server makes each answer that is not prepared "
        "when it is requested. Free disk space and run: frontrunner prepare"
    )
    assert (ended.failures_before, ended.failures) == (0, 1)
    assert any("This update could not be recorded in" in one for one in filler.warned)
    assert store.current().prepared is None
    without = stored_files(settings)
    # The next one does the rest.
    filler.empty()
    again = refresh(settings, Listener())
    assert (again.run.outcome, again.run.snapshot, again.error) == ("unchanged", run.snapshot, None)
    assert store.current().prepared is not None
    assert stored_files(settings) > without
    assert read_state(home).last == again.run


def test_an_update_that_is_held_prepares_what_an_earlier_one_could_not(
    disk: Path, tmp_path: Path
) -> None:
    settings = settings_on(disk, tmp_path, 0.5)
    filler = Filler(disk, "Preparing answers")
    published = refresh(settings, filler).run
    filler.empty()
    other = settings_on(disk, tmp_path, 0.9)
    held = refresh(other, Listener()).run
    store = Store(settings.home)
    assert (held.outcome, store.current_id()) == ("held", published.snapshot)
    assert store.current().prepared is not None


def test_a_disk_that_is_full_before_anything_is_published_fails_the_update(
    disk: Path, tmp_path: Path
) -> None:
    settings = settings_on(disk, tmp_path, 0.5)
    published = refresh(settings, Listener()).run
    home = Home(settings.home)
    filler = Filler(disk, "Writing the snapshot")
    failed = refresh(settings_on(disk, tmp_path, 0.51), filler)
    assert (failed.run.outcome, failed.run.snapshot) == ("failed", None)
    assert "No space left on device" in failed.run.reason
    assert Store(settings.home).current_id() == published.snapshot
    assert published.snapshot
    assert read_checked_at(home, published.snapshot) == published.at
    last = [one for one in events.read_events(home) if isinstance(one, events.Unprepared)]
    assert last == []
