"""What the first narrowed board needs is made before it is asked for, and kept while it may be."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from frontrunner.answers import boards
from frontrunner.answers.service import Service
from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.http.app import Application
from frontrunner.http.warming import Warming
from frontrunner.snapshot.reader import Snapshot
from tests.factories import small_snapshot
from tests.http.conftest import call


@pytest.fixture
def application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Application:
    """An application whose boards count as large."""
    monkeypatch.setattr(boards, "_LARGE", 1)
    return Application(small_snapshot(tmp_path))


def warmed(
    application: Application, until: Callable[[Warming], bool], checked: bool = True
) -> None:
    """Keep it ready until `until` holds."""

    async def following() -> None:
        warming = Warming(application, lambda: checked)
        running = asyncio.create_task(warming.run())
        async with asyncio.timeout(60):
            while not until(warming):
                await asyncio.sleep(0.01)
        assert not running.done()
        running.cancel()

    asyncio.run(following())


def test_a_reader_finds_everything_made(application: Application) -> None:
    warmed(application, lambda one: one.done)
    service = application.served.service
    made = service.boards
    bench = service.find_benchmark("All")
    assert {"catalog", "table", "facts"} <= service.snapshot.__dict__.keys()
    assert made._fixed.keys() == made._seen.keys() == {"All"}
    assert made._halves.keys() == set(range(len(made.table.variants)))
    assert made.table._sets_known[1] == {scope.task for scope in bench.scopes}


def test_nothing_is_made_before_the_snapshot_was_checked(application: Application) -> None:
    looks = iter(range(60))
    warmed(application, lambda _: next(looks, None) is None, checked=False)
    assert "boards" not in application.served.service.__dict__


def test_requests_go_first(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = iter([True] * 60)
    monkeypatch.setattr(Application, "idle", property(lambda _: next(busy, False) is False))
    warmed(application, lambda one: one.done)
    assert next(busy, None) is None


def test_another_snapshot_is_made_ready_in_turn(application: Application, tmp_path: Path) -> None:
    warmed(application, lambda one: one.done)
    other = Snapshot(small_snapshot(tmp_path / "other", 0.05).folder)
    application.use(other)
    assert "table" not in other.__dict__
    warmed(application, lambda one: one.done)
    assert "table" in other.__dict__


@pytest.mark.parametrize("path", ["/v1/models/nobody/none", "/v1/rank?tasks=None", "/none"])
def test_an_old_snapshot_leaves_memory_whatever_was_refused(
    application: Application, tmp_path: Path, path: str
) -> None:
    gc.collect()
    gc.disable()
    try:
        warmed(application, lambda one: one.done)
        assert call(application, "GET", path).status_code == 404
        old = weakref.ref(application.served.service.snapshot)
        application.use(small_snapshot(tmp_path / "other", 0.05))
        warmed(application, lambda one: one.done and old() is None)
    finally:
        gc.enable()


def test_a_busy_server_does_not_keep_what_is_replaced(
    application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Application, "idle", False)
    old = weakref.ref(application.served)
    warming = application.served.service.snapshot.id
    begun: list[str] = []
    real = Service.getting_ready

    def getting_ready(service: Service) -> Iterator[Callable[[], object]]:
        begun.append(service.snapshot.id)
        return real(service)

    monkeypatch.setattr(Service, "getting_ready", getting_ready)
    other = small_snapshot(tmp_path / "other", 0.05)

    def until(_: Warming) -> bool:
        if begun == [warming] and application.served is old():
            application.use(other)
        return begun == [warming, other.id] and old() is None

    warmed(application, until)


def test_what_is_replaced_meanwhile_is_not_made_to_its_end(
    application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = small_snapshot(tmp_path / "other", 0.05)
    taken: list[str] = []

    def steps(service: Service) -> Iterator[Callable[[], object]]:
        for number in range(3):
            taken.append(f"{service.snapshot.id} {number}")
            yield lambda: application.use(other) if service.snapshot is not other else None

    monkeypatch.setattr(Service, "getting_ready", steps)
    first = application.served.service.snapshot.id
    warmed(application, lambda one: one.done)
    of_other = [f"{other.id} {number}" for number in range(3)]
    assert taken == [f"{first} 0", f"{first} 1", *of_other]


def test_a_failure_is_logged_once_and_ends_nothing(
    application: Application,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_: Service) -> Iterator[Callable[[], object]]:
        raise CorruptSnapshotError("The scores cannot be read")
        yield

    with monkeypatch.context() as patched:
        patched.setattr(Service, "getting_ready", fail)
        warmed(application, lambda one: one.done)
    # Of this program alone: a gateway of another test may still speak.
    said = [one.message for one in caplog.records if one.name == "frontrunner.server"]
    assert said == ["Answers could not be made ready: The scores cannot be read"]
    application.use(small_snapshot(tmp_path / "other", 0.05))
    warmed(application, lambda one: one.done)
    assert "boards" in application.served.service.__dict__


def test_what_was_made_stays_when_the_same_snapshot_is_renewed(application: Application) -> None:
    warmed(application, lambda one: one.done)
    before = application.served
    application.renew(with_answers=False, checked_at=1_900_000_000.0)
    now = application.served
    assert now is not before
    assert now.service.boards is before.service.boards
    assert now.service.snapshot.table is before.service.snapshot.table
    assert (before.prepared, now.prepared) == (True, False)
    assert now.service.checked_at == 1_900_000_000.0
