from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from frontrunner.errors import LegacyError
from frontrunner.legacy.second import read_dump


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
    assert found.columns == ["model_name", "task_name", "split", "subset", "score", "mteb_version"]
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
