"""One update: what it publishes, what it holds, what it records, and who may let it pass."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from frontrunner.base.atomic import locked
from frontrunner.base.config import Settings, load_settings
from frontrunner.base.errors import RefreshError, SourceError, UnknownNameError, UsageError
from frontrunner.base.home import Home
from frontrunner.base.snapshot_settings import SnapshotSettings
from frontrunner.base.store_settings import StoreSettings
from frontrunner.ops import events, pipeline
from frontrunner.ops.backup import back_up, restore
from frontrunner.refresh import run as run_module
from frontrunner.refresh.changes import Before, BoardState
from frontrunner.refresh.record import Run, read_state
from frontrunner.refresh.run import accept, refresh
from frontrunner.remote.bucket import Bucket
from frontrunner.remote.model import Pointer
from frontrunner.remote.push import read_pointer
from frontrunner.results.read import Progress
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from tests.factories import write
from tests.listener import Listener
from tests.refresh.boards import scores, settings_of, source
from tests.results.git_folder import git

Logged = TypeVar("Logged")


def updated(settings: Settings) -> Run:
    return refresh(settings, Listener()).run


def logged(settings: Settings, kind: type[Logged]) -> list[Logged]:
    """The events of a kind that the home has."""
    return [one for one in events.read_events(Home(settings.home)) if isinstance(one, kind)]


def held_home(folder: Path) -> tuple[Settings, Run]:
    """A board whose update is held: 7 of 12 models are gone from its source."""
    settings = settings_of(folder, source(folder / "all", scores()))
    assert updated(settings).outcome == "published"
    fewer = settings_of(folder, source(folder / "fewer", scores(5)))
    return fewer, updated(fewer)


def test_the_first_update_publishes_and_the_next_finds_nothing_new(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, source(tmp_path / "all", scores()))
    first = updated(settings)
    store = Store(settings.home)
    assert (first.outcome, first.snapshot, first.previous) == (
        "published",
        store.current_id(),
        None,
    )
    second = updated(settings)
    assert (second.outcome, second.snapshot, second.previous) == (
        "unchanged",
        *[first.snapshot] * 2,
    )
    state = read_state(Home(settings.home))
    assert (state.last, state.good_at, state.failures) == (second, second.at, 0)


def test_every_run_is_one_line_of_json(tmp_path: Path) -> None:
    settings, held = held_home(tmp_path)
    lines = Home(settings.home).refresh_runs.read_bytes().splitlines()
    runs = [msgspec.json.decode(line, type=Run) for line in lines]
    assert [run.outcome for run in runs] == ["published", "held"]
    assert runs[1] == held


def test_an_update_says_what_it_changed(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, source(tmp_path / "all", scores(10)))
    updated(settings)
    after = scores(12) | {"org/m00": 0.52}
    del after["org/m01"]
    run = updated(settings_of(tmp_path, source(tmp_path / "more", after), guards={"scores": 50}))
    assert run.outcome == "published"
    assert (run.models_added, run.models_gone) == (2, 1)
    assert (run.scores_added, run.scores_gone, run.scores_changed) == (2, 1, 1)


def test_a_guard_holds_an_update_and_the_board_stays(tmp_path: Path) -> None:
    settings, held = held_home(tmp_path)
    assert held.outcome == "held"
    assert Store(settings.home).current_id() == held.previous != held.snapshot
    assert [one.guard for one in held.breaches] == ["models"]
    assert held.reason.startswith("7 models would vanish (org/m05, org/m06, org/m07 and 4 more)")
    state = read_state(Home(settings.home))
    assert state.waiting
    assert state.waiting.snapshot == held.snapshot
    assert (state.failures, state.good_at is not None) == (1, True)
    assert [one.reason for one in logged(settings, events.Held)] == [held.reason]


def test_what_is_held_stays_held_until_it_is_accepted(tmp_path: Path) -> None:
    settings, held = held_home(tmp_path)
    assert updated(settings).outcome == "held"
    assert held.snapshot
    waiting = accept(settings, held.snapshot[:6], "Ada", "They asked us to.", Listener())
    assert Store(settings.home).current_id() == waiting.snapshot == held.snapshot
    [said] = logged(settings, events.Accepted)
    assert (said.by, said.reason) == ("Ada", "They asked us to.")
    assert said.guards == ("models",)
    assert read_state(Home(settings.home)).waiting is None
    assert updated(settings).outcome == "unchanged"


def test_only_what_is_held_can_be_accepted(tmp_path: Path) -> None:
    settings, held = held_home(tmp_path)
    with pytest.raises(UnknownNameError, match=f"{held.snapshot} is held in .*, not 'abc'"):
        accept(settings, "abc", "Ada", "Why not", Listener())
    with pytest.raises(UnknownNameError):
        accept(settings, "", "Ada", "Why not", Listener())
    assert held.snapshot
    accept(settings, held.snapshot, "Ada", "Fine", Listener())
    with pytest.raises(UnknownNameError, match=r"No snapshot is held in .*cannot be accepted"):
        accept(settings, held.snapshot, "Ada", "Again", Listener())


def test_what_was_judged_against_another_board_cannot_be_accepted(tmp_path: Path) -> None:
    settings, held = held_home(tmp_path)
    assert held.snapshot
    store = Store(settings.home)
    third = settings_of(tmp_path, source(tmp_path / "third", scores(12, 0.51)))
    built = updated(third)
    # As a crash would leave it: the snapshot is published, and the record is the one of before.
    state = read_state(Home(settings.home))
    assert built.outcome == "published"
    assert state.waiting is None
    with pytest.raises(UnknownNameError):
        accept(settings, held.snapshot, "Ada", "Fine", Listener())
    assert store.current_id() == built.snapshot


def test_a_held_snapshot_that_the_home_does_not_have_is_not_accepted(tmp_path: Path) -> None:
    settings, held = held_home(tmp_path)
    assert held.snapshot
    home = Home(settings.home)
    back_up(Store(home.path), tmp_path / "a.tar")
    restored = Home(tmp_path / "restored")
    restore(tmp_path / "a.tar", restored.path)
    again = msgspec.structs.replace(settings, home=restored.path)
    with pytest.raises(
        RefreshError, match=r"is not in .*restored: a backup.* Run: frontrunner ref"
    ):
        accept(again, held.snapshot, "Ada", "Fine", Listener())
    assert '"accepted"' not in restored.events.read_text()


def test_a_snapshot_that_another_command_published_meanwhile(tmp_path: Path) -> None:
    settings, held = held_home(tmp_path)
    assert held.snapshot
    store = Store(settings.home)
    store.publish(held.snapshot)
    assert held.previous
    store.publish(held.previous)
    store.publish(held.snapshot)
    with pytest.raises(RefreshError, match="Another snapshot was published since"):
        accept(settings, held.snapshot, "Ada", "Fine", Listener())


def test_a_source_that_cannot_be_read_fails_the_update_and_the_board_stays(tmp_path: Path) -> None:
    root = source(tmp_path / "all", scores())
    settings = settings_of(tmp_path, root)
    first = updated(settings)
    shutil.rmtree(root)
    ended = refresh(settings, Listener())
    assert isinstance(ended.error, SourceError)
    assert ended.run.outcome == "failed"
    assert str(root) in ended.run.reason
    assert (ended.failures_before, ended.failures) == (0, 1)
    assert Store(settings.home).current_id() == first.snapshot
    assert read_state(Home(settings.home)).good_at == first.at


def test_what_killed_updates_left_is_removed(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, source(tmp_path / "all", scores()))
    left = write(Home(settings.home).refresh, ".writing-0123456789abcdef-state.json", b"{")
    assert updated(settings).outcome == "published"
    assert not left.exists()


def test_a_helper_that_the_system_ended_fails_the_update(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where memory is short: the run is recorded and told, and the next one is tried."""
    settings = settings_of(tmp_path, source(tmp_path / "all", scores()))

    def ended(*_: object, **__: object) -> None:
        raise BrokenExecutor

    with monkeypatch.context() as patched:
        patched.setattr("frontrunner.ops.pipeline.read_sources", ended)
        found = refresh(settings, Listener())
    assert (found.run.outcome, found.failures) == ("failed", 1)
    assert "killed a worker process" in str(found.error)
    assert read_state(Home(settings.home)).last == found.run
    assert updated(settings).outcome == "published"


def test_a_failure_leaves_what_waits_waiting(tmp_path: Path) -> None:
    settings, held = held_home(tmp_path)
    gone = settings_of(tmp_path, tmp_path / "no such folder")
    assert updated(gone).outcome == "failed"
    state = read_state(Home(settings.home))
    assert state.waiting
    assert state.waiting.snapshot == held.snapshot
    assert state.failures == 2


def test_a_published_snapshot_that_cannot_be_read_holds_the_update(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, source(tmp_path / "all", scores()))
    first = updated(settings)
    assert first.snapshot
    table = Home(settings.home).snapshot(first.snapshot) / "score.npy"
    table.write_bytes(table.read_bytes()[:40])
    run = updated(settings_of(tmp_path, source(tmp_path / "more", scores(12, 0.51))))
    assert run.outcome == "held"
    assert run.reason.startswith("The published snapshot cannot be read")


def test_a_damaged_snapshot_is_mended_by_an_update_that_gives_it_again(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, source(tmp_path / "all", scores()))
    first = updated(settings)
    assert first.snapshot
    table = Home(settings.home).snapshot(first.snapshot) / "score.npy"
    whole = table.read_bytes()
    table.write_bytes(whole[:40])
    run = updated(settings)
    assert (run.outcome, run.snapshot, run.reason, run.breaches) == (
        "unchanged", first.snapshot, "", (),
    )  # fmt: skip
    assert table.read_bytes() == whole


def test_what_is_held_is_compared_with_what_was_published_meanwhile(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, source(tmp_path / "all", scores()))
    first = updated(settings).snapshot
    assert first
    second = updated(settings_of(tmp_path, source(tmp_path / "all", scores(12, 0.51))))
    store = Store(settings.home)
    assert store.current_id() == second.snapshot != first

    class Publishes(Listener):
        @contextmanager
        def step(self, what: str) -> Iterator[Progress]:
            if what == "Reading result files":
                pipeline.publish(store, str(first), Listener())
            with super().step(what) as progress:
                yield progress

    fewer = settings_of(tmp_path, source(tmp_path / "fewer", scores(5)))
    held = refresh(fewer, Publishes()).run
    assert (held.outcome, held.previous) == ("held", first)
    assert held.snapshot
    accept(settings, held.snapshot, "Ada", "They asked us to.", Listener())
    assert store.current_id() == held.snapshot


def test_two_updates_of_one_home_at_once(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, source(tmp_path / "all", scores()))
    home = Home(settings.home)
    home.refresh.mkdir(parents=True)
    with locked(home.refresh_lock), pytest.raises(RefreshError, match="Another update of"):
        refresh(settings, Listener())
    assert read_state(home).last is None
    assert updated(settings).outcome == "published"


def test_a_look_of_doctor_at_the_lock_stops_no_update(tmp_path: Path) -> None:
    """It takes the lock for an instant: an update that began then said that another one ran."""
    settings = settings_of(tmp_path, source(tmp_path / "all", scores()))
    home = Home(settings.home)
    home.refresh.mkdir(parents=True)
    holder = locked(home.refresh_lock)
    holder.__enter__()
    timer = threading.Timer(0.05, holder.__exit__, (None, None, None))
    timer.start()
    assert updated(settings).outcome == "published"
    timer.join()


def test_without_a_source_there_is_nothing_to_update_from(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "home", {})
    with pytest.raises(UsageError, match=r"\[refresh\] results ="):
        refresh(settings, Listener())
    assert not settings.home.exists()


@pytest.mark.parametrize(("every", "left"), [("0s", 2), ("7d", 4)])
def test_old_snapshots_are_removed(tmp_path: Path, every: str, left: int) -> None:
    none = SnapshotSettings(every=every, weekly="0s", monthly="0s")
    for number in range(4):
        folder = source(tmp_path / str(number), scores(12, 0.5 + number / 1000))
        settings = settings_of(tmp_path, folder)
        kept = msgspec.structs.replace(settings.build, keep=2)
        settings = msgspec.structs.replace(settings, build=kept, snapshots=none)
        assert updated(settings).outcome == "published"
    assert len(Store(settings.home).ids()) == left


def test_a_live_board_that_does_not_show_it_is_a_run_of_its_own_kind(tmp_path: Path) -> None:
    folder = source(tmp_path / "all", scores())
    settings = settings_of(tmp_path, folder, live="http://127.0.0.1:9", live_within="0s")
    ended = refresh(settings, Listener())
    assert ended.run.outcome == "unseen"
    assert f"Snapshot {ended.run.snapshot} is published, but http://127.0.0.1:9" in ended.run.reason
    assert Store(settings.home).current_id() == ended.run.snapshot


def stored(address: str) -> Pointer:
    pointer, _ = read_pointer(Bucket(address))
    assert pointer is not None
    return pointer


def with_store(settings: Settings, address: str) -> Settings:
    return msgspec.structs.replace(settings, store=StoreSettings(publish=address))


def test_an_update_reaches_the_object_storage_with_how_fresh_it_is(tmp_path: Path) -> None:
    address = f"file://{tmp_path / 'bucket'}"
    settings = with_store(settings_of(tmp_path, source(tmp_path / "all", scores())), address)
    first = updated(settings)
    pointer = stored(address)
    assert (pointer.current.snapshot, pointer.checked_at) == (first.snapshot, first.at)
    second = updated(settings)
    assert (second.outcome, stored(address).checked_at) == ("unchanged", second.at)
    assert stored(address).entries == pointer.entries


def test_what_is_held_is_not_stored_until_it_is_accepted(tmp_path: Path) -> None:
    address = f"file://{tmp_path / 'bucket'}"
    first = updated(with_store(settings_of(tmp_path, source(tmp_path / "all", scores())), address))
    fewer = with_store(settings_of(tmp_path, source(tmp_path / "fewer", scores(5))), address)
    held = updated(fewer)
    assert held.outcome == "held"
    assert stored(address).current.snapshot == first.snapshot
    accept(fewer, str(held.snapshot), "ada", "they retired", Listener())
    assert stored(address).current.snapshot == held.snapshot


def test_a_store_that_is_down_fails_the_update_and_the_board_is_published(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    settings = settings_of(tmp_path, source(tmp_path / "all", scores()))
    run = updated(with_store(settings, f"file://{tmp_path / 'file'}/bucket"))
    assert run.outcome == "failed"
    assert "The store file://" in run.reason
    assert Store(settings.home).current_id() == run.snapshot


@pytest.mark.parametrize("in_git", [False, True])
def test_what_is_published_is_read_ahead_and_ranked_while_git_fetches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_git: bool
) -> None:
    folder = source(tmp_path / "all", scores())
    if in_git:
        git(folder, "init", "-q")
        git(folder, "add", ".")
        git(folder, "commit", "-qm", "results")
        folder /= ".git"
    settings = settings_of(tmp_path, folder)
    known: list[bool] = []

    def noted(snapshot: Snapshot, boards: dict[str, BoardState] | None) -> Before:
        assert threading.current_thread() is not threading.main_thread()
        known.append(boards is not None)
        return of(snapshot, boards)

    of = Before.of
    monkeypatch.setattr(Before, "of", noted)
    outcomes = [updated(settings).outcome for _ in range(3)]
    assert outcomes == ["published", "unchanged", "unchanged"]
    assert known == [False, not in_git]  # boards are first kept by an update that is measured
    monkeypatch.setattr(run_module, "MANY_ROWS", 1)
    updated(settings)
    assert known[2:] == [True]


def test_memory_is_kept_for_what_comes_next_while_there_is_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(tmp_path, source(tmp_path / "all", scores()))
    said: list[str] = []
    for name in ("keep_what_is_freed", "return_freed_memory"):
        monkeypatch.setattr(run_module, name, partial(said.append, name.partition("_")[0]))
    updated(settings)
    assert said == ["return"]  # how many rows come is not known yet
    updated(settings)
    assert said[1:] == ["keep", "return"]
    monkeypatch.setattr(run_module, "MANY_ROWS", 1)
    updated(settings)
    assert said[3:] == ["return"]
