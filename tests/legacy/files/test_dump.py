from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from frontrunner.base.errors import FrontrunnerError, LegacyError
from frontrunner.cli import load_commands
from frontrunner.cli.app import app
from frontrunner.legacy.files.dump import read_dump, write_results
from frontrunner.results.ingest import ingest
from tests.factories import catalog, task


def test_names_and_scale_are_brought_to_ours(tmp_path: Path) -> None:
    path = tmp_path / "dump.parquet"
    pl.DataFrame(
        {
            "model": ["a", "b", "c"],
            "task": "T1",
            "split": "test",
            "hf_subset": "default",
            "main_score": [50.0, 70.5, float("nan")],
            "mteb_version": "1.2",
            "extra": 1,
        }
    ).write_parquet(path)
    found = read_dump(path)
    assert set(found.columns) == {
        *("model_name", "task_name", "split", "subset", "score", "mteb_version")
    }
    assert found["score"].to_list() == [0.5, 0.705]


def test_fractions_stay(tmp_path: Path) -> None:
    path = tmp_path / "dump.parquet"
    names = dict.fromkeys(("model_name", "task_name", "split", "subset"), "x")
    pl.DataFrame(names | {"score": [0.5]}).write_parquet(path)
    assert read_dump(path)["score"].to_list() == [0.5]


def test_what_is_no_dump_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dump.parquet"
    path.write_text("no parquet")
    with pytest.raises(LegacyError, match="cannot be read as Parquet"):
        read_dump(path)
    pl.DataFrame({"model": ["a"]}).write_parquet(path)
    with pytest.raises(LegacyError, match="no column task_name"):
        read_dump(path)


EXPERIMENT = {"vector_type": "binary", "model_type": ["dense"], "use_images": None}


def mteb_frame(*rows: tuple[str, str, str, float | None], **more: object) -> pl.DataFrame:
    """Scores as mteb's own writer lays them out: model, task, subset, score."""
    model, names, subset, score = zip(*rows, strict=True)
    return pl.DataFrame(
        {
            "model_name": pl.Series(model, dtype=pl.Categorical),
            "model_revision": ["r1"] * len(rows),
            "task_name": pl.Series(names, dtype=pl.Categorical),
            "split": "test",
            "language": [["eng-Latn"]] * len(rows),
            "subset": subset,
            "score": pl.Series(score, dtype=pl.Float64),
            "experiments": pl.Series(
                [None] * len(rows),
                dtype=pl.Struct(
                    {
                        "vector_type": pl.String,
                        "model_type": pl.List(pl.String),
                        "use_images": pl.Boolean,
                    }
                ),
            ),
            "is_public": True,
            "trained_on": False,
        }
    ).with_columns(**{name: pl.lit(value) for name, value in more.items()})


def test_a_folder_of_benchmarks_counts_each_score_once(tmp_path: Path) -> None:
    row = ("org/a", "T1", "default", 0.5)
    mteb_frame(row, ("org/a", "T2", "default", None)).write_parquet(tmp_path / "B%281%29.parquet")
    mteb_frame(row, ("org/b", "T1", "default", 0.7)).write_parquet(tmp_path / "B2.parquet")
    short = mteb_frame(row).select("model_name", "task_name", "split", "subset", "score")
    short.write_parquet(tmp_path / "_unified.parquet")
    found = read_dump(tmp_path)
    assert sorted(found["score"]) == [0.5, 0.7]
    assert set(found["revision"]) == {"r1"}


def test_a_file_with_all_benchmarks_keeps_what_a_result_repeats(tmp_path: Path) -> None:
    """A result file with the same score twice has it twice, under each benchmark."""
    row = ("org/a", "T1", "default", 0.5)
    path = tmp_path / "benchmark_results.parquet"
    frames = [mteb_frame(row, row, __benchmark__=name) for name in ("B1", "B2")]
    pl.concat(frames).write_parquet(path)
    assert read_dump(path)["score"].to_list() == [0.5, 0.5]


def test_result_files_made_of_a_dump_are_read_as_results(tmp_path: Path) -> None:
    frame = mteb_frame(
        ("org/a (dim=2)", "T1", "eng", 0.5),
        ("org/a (dim=2)", "T1", "deu", 0.25),
        ("org/b", "T1", "eng", 0.7),
        ("../../b", "T1", "eng", 0.7),
        ("org/b", "../T1", "eng", 0.7),
    )
    run = frame[2:3].with_columns(
        experiments=pl.Series([EXPERIMENT], dtype=frame.schema["experiments"]), score=pl.lit(0.1)
    )
    pl.concat([frame, run]).write_parquet(tmp_path / "dump.parquet")
    made = write_results(read_dump(tmp_path / "dump.parquet"), tmp_path / "results")
    assert (made.files, made.scores, made.left) == (3, 4, 2)
    subsets = {"eng": ("eng-Latn",), "deu": ("deu-Latn",)}
    known = catalog([task("T1", subsets=subsets)], models=["org/a (dim=2)", "org/b"])
    ingested = ingest(tmp_path / "results", known, workers=1)
    assert not ingested.rejects
    table = ingested.table
    assert sorted(table.score.tolist()) == [0.1, 0.25, 0.5, 0.7]
    assert [(one.model, one.experiment_id) for one in table.variants] == [
        ("org/a (dim=2)", ""),
        ("org/b", ""),
        ("org/b", "model_type_[dense]__vector_type_binary"),
    ]


def test_the_command_unpacks_into_new_folders_alone(tmp_path: Path) -> None:
    load_commands(["legacy"])
    dump, target = tmp_path / "dump.parquet", tmp_path / "results"
    mteb_frame(("org/a", "T1", "default", 0.5)).write_parquet(dump)
    done = CliRunner().invoke(app, ["legacy", "unpack", str(dump), str(target)])
    assert done.exit_code == 0
    result = json.loads((target / "org__a/r1/T1.json").read_text())
    assert result["scores"]["test"] == [
        {"hf_subset": "default", "languages": ["eng-Latn"], "main_score": 0.5}
    ]
    again = CliRunner().invoke(app, ["legacy", "unpack", str(dump), str(target)])
    assert isinstance(again.exception, FrontrunnerError)


def test_a_folder_without_parquet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LegacyError, match="has no Parquet"):
        read_dump(tmp_path)
