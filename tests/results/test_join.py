"""Which file stands for a model's score on a task."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from frontrunner.catalog import Model, Renamed
from frontrunner.results.ingest import Ingested, ingest
from frontrunner.results.rejects import Reason
from tests.factories import catalog, result, write

KNOWN = catalog(models=[Model(name="org/a", revision="main")])


def read(root: Path, files: dict[str, Any], workers: int = 1) -> Ingested:
    for path, content in files.items():
        write(root, path, content)
    return ingest(root, KNOWN, workers=workers)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (("main", None), ("other", "9.9.9")),
        (("other", "0.1"), ("another", None)),
        (("other", "1.0"), ("no_revision_available", "1.0")),
        (("other", "1.0"), ("external", "2.0")),
        (("other", "1.10.0"), ("another", "1.9.0")),
        (("a", "1.0"), ("b", "1.0")),
        (("other", "1.0"), ("another", "1.0-2.0.x")),
        (("other", "1.0"), ("another", "9" * 5000)),
    ],
)
def test_preferences(
    tmp_path: Path, better: tuple[str, str | None], worse: tuple[str, str | None]
) -> None:
    files = {
        f"org__a/{revision}/T1.json": result("T1", score, version=version)
        for (revision, version), score in ((better, 0.9), (worse, 0.1))
    }
    ingested = read(tmp_path, files)
    assert ingested.table.score.tolist() == [0.9]
    [reject] = ingested.rejects
    assert reject.reason is Reason.SUPERSEDED
    assert reject.path == f"org__a/{worse[0]}/T1.json"
    assert reject.detail == f"org__a/{better[0]}/T1.json"


def test_different_tasks_come_from_different_revisions(tmp_path: Path) -> None:
    files = {
        "org__a/main/T1.json": result("T1", 0.1),
        "org__a/external/T2.json": result("T2", 0.2),
    }
    ingested = read(tmp_path, files)
    assert sorted(ingested.table.score.tolist()) == [0.1, 0.2]
    assert ingested.origins.revision == ["external", "main"]


def meta(**more: Any) -> dict[str, Any]:
    return {"name": "org/a", "revision": "main"} | more


def test_experiments_are_variants_of_their_own(tmp_path: Path) -> None:
    folder = "org__a/main/experiments/dim_64"
    files = {
        "org__a/main/T1.json": result("T1", 0.9),
        f"{folder}/T1.json": result("T1", 0.8),
        f"{folder}/model_meta.json": meta(experiment_kwargs={"dim": 64}, embed_dim=64),
    }
    table = read(tmp_path, files).table
    assert [variant.experiment for variant in table.variants] == [
        None,
        {"dim": 64, "embed_dim": 64},
    ]
    assert table.score[table.variant == 0].tolist() == [0.9]


def test_an_experiment_that_changes_nothing_is_an_ordinary_run(tmp_path: Path) -> None:
    folder = "org__a/main/experiments/empty"
    files = {
        "org__a/main/T1.json": result("T1", 0.9),
        f"{folder}/T1.json": result("T1", 0.7),
        f"{folder}/model_meta.json": meta(experiment_kwargs={"model_kwargs": {}}),
    }
    table = read(tmp_path, files).table
    assert len(table.variants) == 1
    assert sorted(table.score.tolist()) == [0.7, 0.9]


def test_an_experiment_without_meta_is_set_aside(tmp_path: Path) -> None:
    [reject] = read(tmp_path, {"org__a/main/experiments/x/T1.json": result("T1", 1)}).rejects
    assert reject.reason is Reason.NO_MODEL_META


def test_a_meta_with_infinity_is_read_and_a_broken_one_is_told(tmp_path: Path) -> None:
    files = {
        "org__a/main/T1.json": result("T1", 0.5),
        "org__a/main/model_meta.json": meta(max_tokens=float("inf")),
        "org__a/other/model_meta.json": b"{",
    }
    ingested = read(tmp_path, files)
    assert [reject.reason for reject in ingested.rejects] == [Reason.BAD_MODEL_META]
    assert ingested.table.rows == 1


def test_workers_do_not_change_the_outcome(tmp_path: Path) -> None:
    known = catalog(models=[f"org/m{n}" for n in range(8)])
    for n in range(8):
        for revision in ("r1", "r2"):
            path = f"org__m{n}/{revision}/T1.json"
            write(tmp_path, path, result("T1", {"test": {"en": n / 10, "de": 0.5}}))
    one, two = (ingest(tmp_path, known, workers=workers) for workers in (1, 2))
    assert one.rejects == two.rejects
    assert one.origins == two.origins
    for column in ("variant", "cell", "score", "languages", "file", "rows_by_cell"):
        assert getattr(one.table, column).tolist() == getattr(two.table, column).tolist()
    assert one.table.cells == two.table.cells


RENAMED = catalog(
    models=[Model(name="new/a", revision="main")],
    renamed=(Renamed(name="old/a", model="new/a", reason="The organisation was bought."),),
)


def test_results_under_a_former_name_count_as_the_models(tmp_path: Path) -> None:
    write(tmp_path, "old__a/1/T1.json", result("T1", 0.4))
    write(tmp_path, "old__a/2/model_meta.json", {"name": "old/a", "revision": "2"})
    write(tmp_path, "old__a/2/T2.json", result("T2", 0.5))
    ingested = ingest(tmp_path, RENAMED, workers=1)
    assert [one.model for one in ingested.table.variants] == ["new/a"]
    assert sorted(ingested.table.score.tolist()) == [0.4, 0.5]
    assert ingested.origins.path == ["old__a/1/T1.json", "old__a/2/T2.json"]
    assert ingested.rejects == []


def test_results_under_the_name_of_today_stand_before_those_of_a_former_one(tmp_path: Path) -> None:
    write(tmp_path, "old__a/main/T1.json", result("T1", 0.4, version="9.9.9"))
    write(tmp_path, "new__a/external/T1.json", result("T1", 0.5, version=None))
    ingested = ingest(tmp_path, RENAMED, workers=1)
    assert ingested.table.score.tolist() == [0.5]
    [reject] = ingested.rejects
    assert (reject.path, reject.reason) == ("old__a/main/T1.json", Reason.SUPERSEDED)


def test_no_former_name_counts_unless_a_catalog_says_so(tmp_path: Path) -> None:
    write(tmp_path, "old__a/main/T1.json", result("T1", 0.4))
    ingested = ingest(tmp_path, KNOWN, workers=1)
    assert [reject.reason for reject in ingested.rejects] == [Reason.UNKNOWN_MODEL]
