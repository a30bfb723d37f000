from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from frontrunner.catalog import Model
from frontrunner.cli import load_commands
from frontrunner.cli.app import app
from frontrunner.legacy.fresh import fresh_tree
from frontrunner.legacy.tree import read_tree, write_tree
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.reader import Snapshot
from tests.factories import catalog, snapshot_of, task, write_scores
from tests.legacy.factory import row, write_board


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    tasks = [
        task("T1", splits=("test", "dev")),
        task("T2", type="Retrieval"),
        task("T3", subsets={"eng": ("eng-Latn",), "deu": ("deu-Latn",)}),
    ]
    size = Model(name="org/b", parameters=560_000_000, embedding_dim=1024, max_tokens=514.0)
    known = catalog(tasks, models=["org/a", size])
    scores = {
        "org/a": {"T1": {"dev": {"default": 0.9}, "test": {"default": 0.5}}, "T2": 0.25},
        "org/b": {"T1": 0.75, "T2": 0.5, "T3": {"test": {"eng": 0.123456, "deu": 0.9}}},
    }
    results = write_scores(tmp_path / "results", scores)
    return snapshot_of(tmp_path / "home", known, ingest(results, known, workers=1))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    tables = {name: [row("gone", T1=1.0)] for name in ("en", "en/STS", "en/Retrieval", "no/STS")}
    return write_board(tmp_path / "old", tables)


def test_same_columns_fresh_numbers(snapshot: Snapshot, old: Path, tmp_path: Path) -> None:
    tree = fresh_tree(read_tree(old), snapshot)
    overall, sts = tree.table("en", ""), tree.table("en", "STS")
    assert overall is not None
    assert sts is not None
    best = sts.rows[0]
    assert best["Model"] == (
        '<a target="_blank" style="text-decoration: underline" '
        'href="https://huggingface.co/org/b">b</a>'
    )
    assert (best["Rank"], best["T1"], best["T3 (eng)"], best["Average"]) == (1, 75.0, 12.35, 43.67)
    assert best["Memory Usage (GB, fp32)"] == 2.09
    # The test split counts where there is one; a mean over a part is not given.
    assert (sts.rows[1]["T1"], sts.rows[1]["T3 (eng)"], sts.rows[1]["Average"]) == (50.0, "", "")
    assert overall.columns[7:] == (
        "Average (3 datasets)",
        "STS Average (2 datasets)",
        "Retrieval Average (1 datasets)",
    )
    assert overall.rows[0]["Average (3 datasets)"] == 45.78
    # A table of one task has no average.
    assert tree.table("no", "STS").columns[7:] == ("T1",)  # type: ignore[union-attr]
    write_tree(tree, tmp_path / "new")
    assert read_tree(tmp_path / "new") == tree


def test_the_command_writes_into_new_folders_alone(
    snapshot: Snapshot, old: Path, tmp_path: Path
) -> None:
    load_commands(["legacy"])
    home, new = str(tmp_path / "home"), str(tmp_path / "new")
    command = ["legacy", "write", new, "--legacy", str(old), "--home", home]
    dry = CliRunner().invoke(app, [*command, "--dry-run"])
    assert "2 rows" in dry.stdout
    assert not (tmp_path / "new").exists()
    done = CliRunner().invoke(app, [*command, "--snapshot", snapshot.id])
    assert done.exit_code == 0
    assert (tmp_path / "new" / "config.yaml").is_file()
    assert CliRunner().invoke(app, command).exit_code != 0
