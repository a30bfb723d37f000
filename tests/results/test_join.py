"""Which file stands for a model's score on a task."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from frontrunner.catalog import Model, Renamed
from frontrunner.results.ingest import Ingested, ingest, joined
from frontrunner.results.read import Options, read_source
from frontrunner.results.rejects import Reason
from tests.factories import catalog, result, task, write
from tests.results.origin_lists import lists_of, texts_of

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
        (("other", "1.0"), ("another", "9" * 500)),
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


RUNS = {
    "org__a/1a/T1.json": result("T1", {"test": {"de": 0.7, "en": 0.5, "fr": 0.1}}, version="2.3.0"),
    "org__a/9f/T1.json": result("T1", {"test": {"de": 0.8, "en": 0.5}}, version="2.3.0"),
}


def newest(root: Path) -> Ingested:
    return joined(read_source(root, KNOWN, Options(workers=1)), KNOWN, newest=True)


def dated(content: dict[str, Any], date: Any) -> dict[str, Any]:
    return content | {"date": date}


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (dated(result("T1", 0.1), "2026-01-01"), dated(result("T1", 0.9), "2026-03-01")),
        (dated(result("T1", 0.1), 1.7e9), dated(result("T1", 0.9), 1.8e9)),
        (dated(result("T1", 0.1, "9.0"), "2026-01-01"), dated(result("T1", 0.9, "2.0"), 1.8e9)),
        (result("T1", 0.1), dated(result("T1", 0.9, None), 1.8e9)),
        (result("T1", 0.1, "9.0"), dated(result("T1", 0.9, "2.0"), 0.5)),
        (result("T1", 0.1, "2.9.0"), result("T1", 0.9, "2.10.0")),
        (result("T1", 0.1, None), result("T1", 0.9, "1.0.0")),
        (dated(result("T1", float("nan")), 1.8e9), result("T1", 0.9)),
    ],
)
@pytest.mark.parametrize("revisions", [("1a", "9f"), ("main", "9f"), ("9f", "main")])
def test_the_newest_run_wins_if_the_setting_says_so(
    tmp_path: Path, older: dict[str, Any], newer: dict[str, Any], revisions: tuple[str, str]
) -> None:
    for revision, content in zip(revisions, (older, newer), strict=True):
        write(tmp_path, f"org__a/{revision}/T1.json", content)
    ingested = newest(tmp_path)
    assert ingested.table.score.tolist() == [0.9]
    assert ingested.revisions == "newest"


def test_if_nothing_tells_runs_apart_mtebs_rules_do(tmp_path: Path) -> None:
    for revision, score in (("9f", 0.1), ("main", 0.9)):
        write(tmp_path, f"org__a/{revision}/T1.json", result("T1", score))
    assert newest(tmp_path).table.score.tolist() == [0.9]


def test_scores_that_differ_between_runs_are_named(tmp_path: Path) -> None:
    ingested = read(tmp_path, RUNS)
    assert ingested.table.score.tolist() == [0.7, 0.5, 0.1]
    paths = ("org__a/9f/T1.json", "org__a/1a/T1.json")
    [only] = ingested.differences
    assert only == ("org/a", "", "T1", "test", "de", paths[0], 0.8, paths[1], 0.7)


def test_parts_that_are_lost_with_a_superseded_file_are_named(tmp_path: Path) -> None:
    files = {path.replace("9f", "main"): content for path, content in RUNS.items()}
    found = [(one.subset, one.score, one.winner_score) for one in read(tmp_path, files).differences]
    assert found == [("de", 0.7, 0.8), ("fr", 0.1, None)]


def test_a_missing_score_of_a_superseded_file_is_no_difference(tmp_path: Path) -> None:
    files = {
        "org__a/main/T1.json": result("T1", {"test": {"de": float("nan"), "en": 0.5}}),
        "org__a/other/T1.json": result("T1", {"test": {"de": 0.25, "en": float("nan")}}),
    }
    [one] = read(tmp_path, files).differences
    assert (one.subset, one.score, one.winner_score) == ("de", 0.25, None)


def test_a_file_without_a_number_is_one_line_and_is_not_used(tmp_path: Path) -> None:
    files = {
        "org__a/main/T1.json": result("T1", float("nan")),
        "org__a/other/T1.json": result("T1", float("nan")),
        "org__a/main/T2.json": result("T2", 0.5),
    }
    ingested = read(tmp_path, files)
    assert [(one.path, str(one.reason)) for one in ingested.rejects] == [
        ("org__a/main/T1.json", "no-number"),
        ("org__a/other/T1.json", "no-number"),
    ]
    assert ingested.files_used == 1
    # mteb's leaderboard has such a row too: it shows that the model was run on the task.
    assert ingested.table.rows == 2


@pytest.mark.parametrize(
    ("current", "found", "other"),
    [("1", "1", False), ("2", "1", True), (None, "1", None), ("2", None, None), ("2", "", None)],
)
def test_another_revision_of_the_data_is_marked(
    tmp_path: Path, current: str | None, found: str | None, other: bool | None
) -> None:
    known = catalog([task("T1", revision=current)])
    write(tmp_path, "org__a/main/T1.json", result("T1", 0.5) | {"dataset_revision": found})
    assert lists_of(ingest(tmp_path, known, workers=1).origins)["other_data"] == [other]


def test_different_tasks_come_from_different_revisions(tmp_path: Path) -> None:
    files = {
        "org__a/main/T1.json": result("T1", 0.1),
        "org__a/external/T2.json": result("T2", 0.2),
    }
    ingested = read(tmp_path, files)
    assert sorted(ingested.table.score.tolist()) == [0.1, 0.2]
    assert texts_of(ingested.origins.revision) == ["external", "main"]


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
    assert lists_of(one.origins) == lists_of(two.origins)
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


def test_what_two_runs_say_of_one_experiment_does_not_depend_on_which_was_read_first(
    tmp_path: Path,
) -> None:
    root, cache = tmp_path / "results", tmp_path / "cache"
    for folder, value in (("z", 1), ("a", "1")):  # both are called k_1
        meta = {"name": "org/a", "revision": "main", "experiment_kwargs": {"k": value}}
        write(root, f"org__a/main/experiments/{folder}/model_meta.json", meta)
        write(root, f"org__a/main/experiments/{folder}/T1.json", result("T1", 0.5))
        found = ingest(root, KNOWN, workers=1, cache=cache).table.variants
    assert found == ingest(root, KNOWN, workers=1).table.variants
    assert [one.experiment for one in found] == [{"k": 1}]
