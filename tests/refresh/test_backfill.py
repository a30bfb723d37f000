"""The past is rebuilt month by month, and goes on after a kill."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.answers.raw_links import raw_url
from frontrunner.base.atomic import locked
from frontrunner.base.config import Settings, load_settings
from frontrunner.base.errors import RefreshError, SourceError
from frontrunner.base.home import Home
from frontrunner.refresh import backfill as module
from frontrunner.refresh.backfill import Plan, Rebuilt, backfill, picked
from frontrunner.results.fetch import LocalSource
from frontrunner.results.git_history import Commit
from frontrunner.snapshot.moments import resolve
from frontrunner.snapshot.parts import is_packed
from frontrunner.snapshot.past import Past, has_past
from frontrunner.snapshot.store import Store
from tests.listener import Listener
from tests.refresh.boards import CATALOG
from tests.results.repository import commit, run, started

DAY = 86400.0


def settings_of(folder: Path) -> Settings:
    (folder / "catalog.toml").write_text(CATALOG)
    given = {"catalog": (str(folder / "catalog.toml"),), "without_mteb": True}
    return load_settings(folder / "home", {}, refresh=given, build={"readers": 1})


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = started(tmp_path / "r")
    for day, scores in (
        ("2025-01-05", {"org/m00": 0.1}),
        ("2025-01-25", {"org/m00": 0.2}),
        ("2025-02-10", {"org/m01": 0.3}),
        ("2025-04-10", {"org/m02": 0.4}),
    ):
        commit(folder, day, {model: {"T1": score} for model, score in scores.items()})
    return folder


def days(found: list[Rebuilt]) -> list[str]:
    return [one.day for one in found if one.snapshot]


def test_the_last_commit_of_each_month_or_week() -> None:
    found = [Commit(str(day), day * DAY, "") for day in (0, 3, 8, 40)]
    assert [one.id for one in picked(found, "month")] == ["8", "40"]
    assert [one.id for one in picked(found, "week")] == ["3", "8", "40"]
    assert [one.id for one in picked(found, "month", 10 * DAY)] == ["40"]


def test_each_month_is_a_snapshot_of_then(tmp_path: Path, repository: Path) -> None:
    settings = settings_of(tmp_path)
    found = list(backfill(settings, Plan(str(repository)), Listener()))
    assert days(found) == ["2025-01-25", "2025-02-10", "2025-04-10"]
    assert [one.files_read for one in found] == [1, 1, 1]
    assert [one.models for one in found] == [1, 2, 3]
    store = Store(settings.home)
    assert store.current_id() is None
    assert store.ids() == [one.snapshot for one in found]
    assert all(is_packed(store.folder / name) for name in store.ids())
    with store.reading(resolve(store, "2025-03")) as of_then:
        assert of_then.table.models == ("org/m00", "org/m01")
        [origin] = of_then.manifest.provenance.sources
        assert (origin.kind, origin.name, origin.at) == ("git", "r", of_then.moment)
    model = Past(store.at).model("org/m00")
    assert model is not None
    assert [one.rank for one in model.boards["All"]] == [1, 2, 3]


def test_a_file_of_then_has_its_address_at_the_commit_of_then(
    tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "https://github.com/org/results"
    monkeypatch.setattr(module, "with_history", lambda *_: LocalSource(repository, url))
    settings = settings_of(tmp_path)
    first, *_ = list(backfill(settings, Plan(url), Listener()))
    store = Store(settings.home)
    with store.reading(resolve(store, "2025-01")) as of_then:
        sources = of_then.manifest.provenance.sources
    assert raw_url(sources, "org__m00/r1/T1.json") == (
        f"https://raw.githubusercontent.com/org/results/{first.commit}/results/org__m00/r1/T1.json"
    )


@pytest.mark.parametrize("at", ["remember", "build_snapshot", "tree", "write_timeline"])
def test_a_run_that_was_killed_goes_on(
    tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    settings, plan = settings_of(tmp_path), Plan(str(repository))
    real, calls = getattr(module, at), iter(range(1 if at != "write_timeline" else 0))

    def killed(*given: object, **more: object) -> object:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return real(*given, **more)

    with monkeypatch.context() as patched:
        patched.setattr(module, at, killed)
        with pytest.raises(KeyboardInterrupt):
            list(backfill(settings, plan, Listener()))
    assert not has_past(Home(settings.home))
    again = list(backfill(settings, plan, Listener()))
    assert len(days(again)) == (0 if at == "write_timeline" else 2)
    assert len(Past(Home(settings.home)).points()) == 3
    assert len(Store(settings.home).ids()) == 3


def test_a_second_run_reads_nothing_until_there_is_more(tmp_path: Path, repository: Path) -> None:
    settings, plan = settings_of(tmp_path), Plan(str(repository))
    list(backfill(settings, plan, Listener()))
    assert days(list(backfill(settings, plan, Listener()))) == []
    assert len(days(list(backfill(settings, plan._replace(again=True), Listener())))) == 3
    commit(repository, "2025-05-01", {"org/m03": {"T1": 0.5}})
    assert days(list(backfill(settings, plan, Listener()))) == ["2025-05-01"]
    assert len(Store(settings.home).ids()) == 4


def test_a_month_without_a_usable_result_is_passed_over(tmp_path: Path) -> None:
    folder = started(tmp_path / "r")
    commit(folder, "2025-01-05", {"org/unknown": {"T1": 0.1}})
    commit(folder, "2025-02-05", {"org/m00": {"T1": 0.1}})
    found = list(backfill(settings_of(tmp_path), Plan(str(folder)), Listener()))
    assert days(found) == ["2025-02-05"]
    assert [one.files_unknown for one in found] == [1, 1]
    assert found[0].models_unknown == ("org/unknown",)


def test_what_cannot_be_done_is_told(tmp_path: Path, repository: Path) -> None:
    settings = settings_of(tmp_path)
    with pytest.raises(SourceError, match="no commit since"):
        list(backfill(settings, Plan(str(repository), since=4e9), Listener()))
    with (
        locked(Home(settings.home).past / "backfill.lock"),
        pytest.raises(RefreshError, match="Another backfill"),
    ):
        list(backfill(settings, Plan(str(repository)), Listener()))
    assert run(repository, "status", "--porcelain") == ""
