"""The score table on disk, and its Parquet files, value by value."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from frontrunner.results.chunk import RunSettings
from frontrunner.results.ingest import ingest
from frontrunner.results.origins import Origins, Texts
from frontrunner.results.rejects import REMEDY, Reason, Reject
from frontrunner.results.table import Difference, ScoreTable
from frontrunner.snapshot.tables import (
    PARQUET,
    open_table,
    pack_files,
    read_table,
    write_files_parquet,
    write_packed_files,
    write_scores_parquet,
    write_table,
)
from tests.factories import catalog, result, task, write

BOTH = ("eng-Latn", "deu-Latn")
ARRAYS = (
    "task_start", "variant", "cell", "score", "languages", "file", "cell_start", "rows_by_cell",
)  # fmt: skip


@pytest.fixture
def table(tmp_path: Path) -> ScoreTable:
    """Two models, one of them also as an experiment; a score is missing."""
    root = tmp_path / "results"
    scores = {"test": {"de": 0.25, "en": math.nan}}
    write(root, "org__a/r/T1.json", result("T1", scores, languages=BOTH))
    write(root, "org__b/r/T1.json", result("T1", 0.5))
    write(root, "org__b/r/T2.json", result("T2", {"dev": {"default": 1.0}}))
    meta = {"name": "org/b", "revision": "r", "experiment_kwargs": {"k": 1}}
    write(root, "org__b/r/experiments/k1/model_meta.json", meta)
    write(root, "org__b/r/experiments/k1/T1.json", result("T1", 0.75))
    tasks = [task("T1"), task("T2", splits=("dev", "test"))]
    return ingest(root, catalog(tasks), workers=1).table


def opened_small(folder: Path) -> ScoreTable:
    """Opened, with even the smallest array apart."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("frontrunner.snapshot.tables._WORTH_MAPPING", 0)
        return open_table(folder)


READERS = {
    "loaded": read_table,
    "mapped": lambda folder: read_table(folder, mapped=True),
    "opened": open_table,
    "apart": opened_small,
}


def test_what_is_apart_stays_when_its_files_are_damaged(table: ScoreTable, tmp_path: Path) -> None:
    write_table(tmp_path, table)
    found = opened_small(tmp_path)
    for name in ARRAYS:
        (tmp_path / f"{name}.npy").write_bytes(b"")  # a map of the file itself would end us
        assert np.array_equal(getattr(found, name), getattr(table, name), equal_nan=True)
        assert not getattr(found, name).flags.writeable


def test_without_a_place_for_a_copy_it_is_read_into_memory(
    table: ScoreTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_table(tmp_path, table)

    def refuse(*_: object) -> None:
        raise OSError("read-only")

    monkeypatch.setattr("frontrunner.snapshot.tables.private_copy", refuse)
    found = opened_small(tmp_path)
    assert all(np.array_equal(getattr(found, n), getattr(table, n), equal_nan=True) for n in ARRAYS)


@pytest.mark.parametrize("how", READERS)
def test_a_table_is_read_as_it_was_written(table: ScoreTable, tmp_path: Path, how: str) -> None:
    write_table(tmp_path, table)
    found = READERS[how](tmp_path)
    for name in ARRAYS:
        ours, theirs = getattr(found, name), getattr(table, name)
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype
        assert type(ours) is np.ndarray
        with pytest.raises(ValueError, match="read-only"):
            ours[:] = 0
    assert found.variants == table.variants
    assert [one.experiment for one in found.variants] == [None, None, {"k": 1}]
    assert (found.tasks, found.cells) == (("T1", "T2"), table.cells)
    assert found.cells[0].task == "T1"
    assert found.language_sets == table.language_sets == (("eng-Latn",), BOTH)


def test_scores_as_parquet(table: ScoreTable, tmp_path: Path) -> None:
    write_table(tmp_path, table)
    write_scores_parquet(tmp_path)
    frame = pl.read_parquet(tmp_path / "scores.parquet")
    assert frame.columns == [
        "model", "experiment", "task", "split", "subset", "languages", "score", "file",
    ]  # fmt: skip
    codes = "eng-Latn,deu-Latn"
    assert [row[:7] for row in frame.rows()] == [
        ("org/a", "", "T1", "test", "de", codes, 0.25),
        ("org/a", "", "T1", "test", "en", codes, None),
        ("org/b", "", "T1", "test", "default", "eng-Latn", 0.5),
        ("org/b", "k_1", "T1", "test", "default", "eng-Latn", 0.75),
        ("org/b", "", "T2", "dev", "default", "eng-Latn", 1.0),
    ]
    assert frame["file"].to_list() == table.file.tolist()
    assert frame.schema["model"] == pl.Enum(["org/a", "org/b"])
    assert frame.schema["split"] == pl.Enum(["test", "dev"])
    assert frame.schema["score"] == pl.Float64
    assert frame.schema["file"] == pl.Int32


def test_many_scores_give_the_same_parquet(
    table: ScoreTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_table(tmp_path, table)
    write_scores_parquet(tmp_path)
    whole = (tmp_path / "scores.parquet").read_bytes()
    monkeypatch.setattr("frontrunner.snapshot.tables.MANY_ROWS", 0)
    write_scores_parquet(tmp_path)
    assert (tmp_path / "scores.parquet").read_bytes() == whole


def texts(*numbers: int) -> Texts:
    return Texts(["r", None, "2.0.0", "d", "s"], np.array(numbers, np.int32))


ORIGINS = Origins(
    ["a/r/T1.json", "b", "c"],
    texts(0, 4, 0),
    texts(2, 1, 1),
    texts(1, 3, 3),
    np.array([1, -1, 0], np.int8),
    np.array([1.5, math.nan, math.nan]),
)
NONE = Origins([], texts(), texts(), texts(), np.array([], np.int8), np.array([]))
REJECTS = [Reject("x.json", Reason.NOT_JSON, "empty"), Reject("y", Reason.SYMLINK)]
SETTINGS = [RunSettings("a/r", "T1", "{}"), RunSettings("a/r", "T2", '{"x": 1}')]
DIFFERENCES = [
    Difference("a", "", "T1", "test", "de", "f1", 0.5, "f2", 0.25),
    Difference("a", "k_1", "T1", "test", "en", "f1", 0.75, "f2", None),
]
TEXT = pl.String


def read(folder: Path, name: str) -> tuple[list[tuple[object, ...]], dict[str, object]]:
    frame = pl.read_parquet(folder / f"{name}.parquet")
    return frame.rows(), dict(frame.schema)


@pytest.mark.parametrize("sent", [False, True])
def test_files_rejects_settings_and_differences_as_parquet(tmp_path: Path, sent: bool) -> None:
    if sent:
        pack_files(tmp_path / "aside", ORIGINS, REJECTS, SETTINGS, DIFFERENCES)
        write_packed_files(tmp_path, tmp_path / "aside")
        (tmp_path / "aside").unlink()
    else:
        write_files_parquet(tmp_path, ORIGINS, REJECTS, SETTINGS, DIFFERENCES)
    assert {path.name for path in tmp_path.iterdir()} == PARQUET - {"scores.parquet"}
    assert read(tmp_path, "files")[0] == [
        ("a/r/T1.json", "r", "2.0.0", None, True, 1.5),
        ("b", "s", None, "d", None, None),
        ("c", "r", None, "d", False, None),
    ]
    assert read(tmp_path, "rejects")[0] == [
        ("x.json", "not-json", "empty", REMEDY[Reason.NOT_JSON]),
        ("y", "symlink", "", REMEDY[Reason.SYMLINK]),
    ]
    assert read(tmp_path, "run_settings")[0] == SETTINGS
    assert read(tmp_path, "differences")[0] == DIFFERENCES


@pytest.mark.parametrize("empty", [True, False])
def test_columns_have_their_types_also_without_rows(tmp_path: Path, empty: bool) -> None:
    if empty:
        write_files_parquet(tmp_path, NONE, [], [], [])
    else:
        write_files_parquet(tmp_path, ORIGINS, REJECTS, SETTINGS, DIFFERENCES)
    types = {name: read(tmp_path, name)[1] for name in ("files", "rejects", "run_settings")}
    assert types == {
        "files": {
            "path": TEXT, "revision": TEXT, "mteb_version": TEXT, "dataset_revision": TEXT,
            "other_data": pl.Boolean, "evaluation_time": pl.Float64,
        },
        "rejects": {"path": TEXT, "reason": TEXT, "detail": TEXT, "remedy": TEXT},
        "run_settings": {"folder": TEXT, "task": TEXT, "settings": TEXT},
    }  # fmt: skip
    assert read(tmp_path, "differences")[1] == {
        "model": TEXT, "experiment": TEXT, "task": TEXT, "split": TEXT, "subset": TEXT,
        "file": TEXT, "score": pl.Float64, "winner": TEXT, "winner_score": pl.Float64,
    }  # fmt: skip
