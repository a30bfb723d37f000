"""Between publishing and the prepared answers a server makes each answer itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontrunner.answers.bodies import Bodies
from frontrunner.answers.filters import ModelFilter, TaskFilter
from frontrunner.answers.prepare import prepare
from frontrunner.answers.service import Service
from frontrunner.base.atomic import remove_folder
from frontrunner.catalog import Catalog
from frontrunner.http.app import Application
from frontrunner.http.follow import Follower
from frontrunner.snapshot import prepared
from frontrunner.snapshot.answers import Answer, Encoded, encode
from frontrunner.snapshot.prepared import ANSWERS, has_answers, keep_answers
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from tests.factories import small_snapshot


def every_prepared(bodies: Bodies, catalog: Catalog) -> Iterator[tuple[str, Encoded]]:
    """Each answer that is kept ready, by its key."""
    yield "benchmarks", bodies.benchmarks(include_hidden=False)
    yield "benchmarks?include_hidden", bodies.benchmarks(include_hidden=True)
    yield "benchmarks/menu", bodies.menu()
    yield "tasks", bodies.tasks(TaskFilter())
    yield "models", bodies.models(ModelFilter())
    for bench in catalog.benchmarks:
        yield f"benchmarks/{bench.name}/scores", bodies.scores(bench.name, ())
        yield f"benchmarks/{bench.name}/per-language", bodies.per_language(bench.name)
    for model in catalog.models:
        yield f"models/{model.name}/scores", bodies.model_scores(model.name)


def assert_equal_on_demand(snapshot: Snapshot, elsewhere: Path) -> None:
    """Compare what is prepared with what a server makes from the same snapshot without it."""
    pack = snapshot.prepared
    assert pack is not None
    elsewhere.mkdir()
    for path in snapshot.folder.iterdir():
        if path.is_file():
            (elsewhere / path.name).symlink_to(path)
    bare = Service(Snapshot(elsewhere))
    assert bare.snapshot.prepared is None
    keys = set(pack.keys()) - {"numbers"}
    for key, made in every_prepared(Bodies(bare), bare.snapshot.catalog):
        kept = pack.get(key)
        assert kept is not None, key
        assert (made.identity, made.tag) == (kept.identity, kept.tag), key
        keys.discard(key)
    assert not keys
    assert Service(bare.snapshot).boards_ranked == Service(snapshot).boards_ranked
    assert bare.numbers == Service(snapshot).numbers


def test_the_first_answer_after_publishing_does_not_rank_every_board(tmp_path: Path) -> None:
    service = Service(Snapshot(small_snapshot(tmp_path).folder, with_answers=False))
    assert service.info().counts.boards == 1
    assert "counted" not in vars(service)


def test_answers_are_equal_prepared_or_not(tmp_path: Path) -> None:
    assert_equal_on_demand(small_snapshot(tmp_path), tmp_path / "bare")


def test_a_server_takes_prepared_answers_up_when_they_come(tmp_path: Path) -> None:
    snapshot = small_snapshot(tmp_path)
    remove_folder(snapshot.folder / ANSWERS)
    reopened = Snapshot(snapshot.folder)
    bodies = Bodies(Service(reopened))
    assert bodies.scores("All").brotli is None
    prepare(reopened)
    assert has_answers(snapshot.folder)
    assert bodies.prepared("benchmarks/All/scores") is not None


def test_answers_of_another_version_are_never_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = small_snapshot(tmp_path)
    fresh = Bodies(Service(Snapshot(snapshot.folder))).scores("All")
    stale = encode(Answer("benchmarks/All/scores", b'"stale"'))
    with monkeypatch.context() as other:
        other.setattr(prepared, "this_program", lambda: "0.0 of before")
        keep_answers(snapshot.folder, [("benchmarks/All/scores", stale)])
        assert Bodies(Service(Snapshot(snapshot.folder))).scores("All").identity == b'"stale"'
    reopened = Snapshot(snapshot.folder)
    bodies = Bodies(Service(reopened))
    assert (bodies.scores("All").identity, bodies.scores("All").tag) == (fresh.identity, fresh.tag)
    assert not Application(reopened).served.prepared
    prepare(reopened)
    assert Bodies(Service(Snapshot(snapshot.folder))).scores("All") == fresh


def test_replies_made_meanwhile_give_way_to_prepared_ones(tmp_path: Path) -> None:
    snapshot = small_snapshot(tmp_path)
    remove_folder(snapshot.folder / ANSWERS)
    store = Store(tmp_path / "home")
    application = Application(store.current())
    before = application.served

    async def followed() -> None:
        following = asyncio.create_task(Follower(application, store).run(every=0.01))
        await asyncio.sleep(0.05)
        assert application.served is before
        prepare(Snapshot(snapshot.folder))
        async with asyncio.timeout(60):
            while application.served is before:
                await asyncio.sleep(0.01)
        after = application.served
        await asyncio.sleep(0.05)
        assert application.served is after  # once is enough
        following.cancel()

    asyncio.run(followed())
    assert application.served.prepared
