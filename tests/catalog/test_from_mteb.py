"""The registry of mteb-core, as the catalog keeps it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from frontrunner.catalog import Aggregation, Catalog
from frontrunner.catalog.store import Statistics, load_catalog


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Catalog, Statistics]:
    """A home, and what is read into it. In a process of its own: mteb warns when imported."""
    home = tmp_path_factory.mktemp("home")
    words = ("catalog", "--home", str(home))
    subprocess.run([sys.executable, "-m", "frontrunner", *words], check=True, capture_output=True)
    return home, *load_catalog(home)


def test_everything_is_there(loaded: tuple[Path, Catalog, Statistics]) -> None:
    _, catalog, statistics = loaded
    assert catalog.source == "mteb-core 2.26.24"
    assert (len(catalog.benchmarks), len(catalog.tasks)) == (78, 2087)
    assert len(catalog.models) > 900
    assert len(statistics) > 2000
    assert {"Language", "Domain", "Retrieval"} <= {entry.name for entry in catalog.menu}


def test_boards_ask_for_what_theirs_ask_for(loaded: tuple[Path, Catalog, Statistics]) -> None:
    _, catalog, _ = loaded
    english = catalog.benchmark_by_alias["MTEB(eng)"]
    assert english.name == "MTEB(eng, v2)"
    narrowed = {scope.task for scope in english.scopes if not scope.whole}
    assert "MassiveIntentClassification" in narrowed
    assert catalog.benchmark_by_name["RTEB(beta)"].public_only
    assert catalog.benchmark_by_name["MIEB(lite)"].sort_by == ("mean_task_type",)
    assert Aggregation.MEAN_SUBSET in catalog.benchmark_by_name["HUME(v1)"].aggregations
    assert [g.name for g in catalog.benchmark_by_name["LMEB"].groupings] == ["Memory Type"]


def test_models_know_what_they_have_seen(loaded: tuple[Path, Catalog, Statistics]) -> None:
    _, catalog, _ = loaded
    model = catalog.model_by_name["intfloat/e5-base-v2"]
    assert model.seen_tasks
    assert set(model.training_datasets or ()) < set(model.seen_tasks)
    assert model.openness["open weights"]


def test_the_server_never_imports_mteb_nor_what_building_needs() -> None:
    code = (
        "import sys, frontrunner.http.server, frontrunner.cli.serve; "
        "print([m for m in ('mteb', 'polars', 'numpy', 'pandas', 'torch') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout == "[]\n"
