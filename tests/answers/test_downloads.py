"""Boards as files."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pytest

from frontrunner.answers.downloads import csv_of, inert, parquet_of
from frontrunner.answers.service import Service
from frontrunner.results.ingest import ingest
from tests.factories import catalog, snapshot_of, task, write_scores

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=HYPERLINK(1)"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_is_a_formula_is_not_run(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("value", [-0.5, -1, 0, 1.5, None, "", "a=b", "org/-a", "'=1", " =1"])
def test_numbers_and_other_texts_stay_as_they_are(value: str | float | None) -> None:
    assert inert(value) == value


def test_names_of_tasks_and_models_are_no_formulas(tmp_path: Path) -> None:
    known = catalog([task("=T"), task("T2")], models=["-org/a"])
    scores = write_scores(tmp_path / "results", {"-org/a": {"=T": 0.25, "T2": 0.5}})
    snapshot = snapshot_of(tmp_path / "home", ingest(scores, known, workers=1))
    board = Service(snapshot).board("All")
    head, row = csv.reader(io.StringIO(csv_of(board).decode()))
    named = dict(zip(head, row, strict=True))
    assert (named["model"], named["'=T"], named["T2"]) == ("'-org/a", "0.25", "0.5")
    frame = pl.read_parquet(io.BytesIO(parquet_of(board)))
    assert (frame["model"][0], frame["=T"][0]) == ("-org/a", 0.25)
