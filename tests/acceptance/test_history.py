"""The past of the real results: months are rebuilt, and a reader finds what happened."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from frontrunner.answers.service import Service
from frontrunner.base.config import Settings, load_settings
from frontrunner.ops.source_history import commits_between
from frontrunner.refresh.backfill import Plan, Rebuilt, backfill
from frontrunner.snapshot.comparison import Cause, compare
from frontrunner.snapshot.moments import resolve
from frontrunner.snapshot.parts import is_packed
from frontrunner.snapshot.store import Store, whole_damage
from tests.acceptance.conftest import shared
from tests.listener import Listener
from tests.web.conftest import Browser

pytestmark = pytest.mark.acceptance
MEGABYTES = 1_000_000


class Home(NamedTuple):
    settings: Settings
    found: list[Rebuilt]
    store: Store
    browser: Browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose past was rebuilt, and whose last month is published."""
    bundle = shared("data/results-history.bundle")
    settings = load_settings(tmp_path_factory.mktemp("past") / "home", {})
    found = list(backfill(settings, Plan(str(bundle)), Listener()))
    store = Store(settings.home)
    store.publish(store.ids()[-1])
    return Home(settings, found, store, Browser(Service(store.current())))


def test_two_years_are_rebuilt_month_by_month(home: Home) -> None:
    months = [one.day[:7] for one in home.found if one.snapshot]
    assert len(months) >= 20
    assert months == sorted(set(months))
    assert (months[0], months[-1]) == ("2024-08", "2026-08")
    assert all(not whole_damage(home.store.open(name)) for name in home.store.ids())
    packed = [name for name in home.store.ids() if is_packed(home.store.folder / name)]
    assert len(packed) == len(months) - 1
    used = sum(path.stat().st_size for path in home.store.at.parts.iterdir())
    assert used < 80 * MEGABYTES


def test_a_second_run_rebuilds_nothing(home: Home) -> None:
    bundle = shared("data/results-history.bundle")
    again = list(backfill(home.settings, Plan(str(bundle)), Listener()))
    # The first month of all has no usable result, and is looked at again.
    assert [one.day for one in again if one.snapshot] == []


def test_the_page_of_any_model_shows_its_past(home: Home) -> None:
    service = home.browser.service
    models = list(service.snapshot.table.models)
    assert len(models) > 200
    for model in models[::20]:
        page = home.browser.text(f"/models/{model}/history")
        assert page.count("<time") >= 2, model
        assert "<svg" in page, model


def test_nvidia_takes_the_lead_on_beir(home: Home) -> None:
    page = home.browser.text("/history/BEIR")
    row = next(part for part in page.split("<tr>") if 'datetime="2024-11-26"' in part)
    assert "NV-Embed-v2" in row.split("2. ")[0]
    row = next(part for part in page.split("<tr>") if 'datetime="2024-10-06"' in part)
    assert "text-embedding-3-large" in row.split("2. ")[0]


def test_everything_is_measured_for_the_present_board(home: Home) -> None:
    page = home.browser.text("/history")
    rows = [part for part in page.split("<tr>") if "<code>" in part]
    before, after = (
        next(row for row in rows if f'"{day}"' in row) for day in ("2024-12-29", "2025-01-30")
    )
    assert "30,513" in before
    assert "110,577" in after
    with (
        home.store.reading(resolve(home.store, "2024-12")) as old,
        home.store.reading(resolve(home.store, "2025-01")) as new,
    ):
        found = compare(old, new)
        commits = commits_between(home.settings, old, new)
    added = [commits[run.file].subject for run in found.runs if run.file in commits]
    assert len(added) > 0.99 * len(found.runs)
    assert added.count("Add results (#83)") > 15_000
    assert {run.cause for run in found.runs} == {
        Cause.NEW_FILE,
        Cause.NEW_REVISION,
        Cause.CHANGED_FILE,
    }
    assert "Linq-Embed-Mistral" in home.browser.text("/history/MTEB(Multilingual, v2)")


def test_a_retriever_wins_in_law(home: Home) -> None:
    page = home.browser.text("/history/MTEB(Law, v1)")
    assert "inf-retriever-v1 is first now." in page
    assert "inf-retriever-v1 is new at rank 1." in page
    model = home.browser.text("/models/infly/inf-retriever-v1/history")
    assert "2025-02-26" in model


def test_the_bundle_is_read_in_place(home: Home) -> None:
    assert [path.name[:8] for path in Path(home.store.at.sources).iterdir()] == ["history-"]
