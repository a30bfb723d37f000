from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from frontrunner.base.atomic import add_file
from frontrunner.base.errors import FrontrunnerError, LegacyError
from frontrunner.catalog import Model
from frontrunner.cli import load_commands
from frontrunner.cli.app import app
from frontrunner.legacy.files.fresh import fresh_tree, printed_mean
from frontrunner.legacy.files.tables import Table
from frontrunner.legacy.files.tree import read_tree, write_tree
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
    return snapshot_of(tmp_path / "home", ingest(results, known, workers=1))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    tables = {name: [row("gone", T1=1.0)] for name in ("en", "en/STS", "en/Retrieval", "no/STS")}
    return write_board(tmp_path / "old", tables)


def by_name(table: Table, column: str) -> dict[str, Any]:
    """A column of a table, by the models' printed names."""
    pairs = zip(table.anchors, table.rows, strict=True)
    return {one.name: row[column] for one, row in pairs}


def files(folder: Path) -> dict[str, bytes]:
    """What a folder holds."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


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
    assert (best["Rank"], best["T1"], best["T3 (eng)"], best["Average"]) == (1, 75.0, 12.35, 43.68)
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


def test_averages_are_taken_as_the_old_board_took_them() -> None:
    assert printed_mean([75.0, 12.35]) == 43.68  # of printed numbers, half to even
    assert printed_mean([85.0, 86.01]) == 85.5
    assert printed_mean([1.0, None]) is None
    assert printed_mean([]) is None


def test_a_board_with_an_overall_table_numbers_its_models_once(
    snapshot: Snapshot, old: Path
) -> None:
    tree = fresh_tree(read_tree(old), snapshot)
    numbers = {}
    for kind in ("", "STS", "Retrieval"):
        table = tree.table("en", kind)
        assert table is not None
        numbers[kind] = {
            anchor.name: row["index"] for row, anchor in zip(table.rows, table.anchors, strict=True)
        }
    assert numbers[""] == numbers["STS"] == numbers["Retrieval"] == {"a": 0, "b": 1}


def test_a_score_that_was_run_twice_is_its_mean(tmp_path: Path, old: Path) -> None:
    known = catalog([task("T1")], models=["org/a"])
    results = write_scores(tmp_path / "r", {"org/a": {"T1": 0.5}})
    path = next(results.rglob("T1.json"))
    content = json.loads(path.read_text())
    entry = content["scores"]["test"][0]
    content["scores"]["test"].append(entry | {"main_score": 0.7})
    path.write_text(json.dumps(content))
    made = snapshot_of(tmp_path / "h", ingest(results, known, workers=1))
    table = fresh_tree(read_tree(old), made).table("no", "STS")
    assert table is not None
    assert table.rows[0]["T1"] == 60.0


def test_long_documents_are_never_mixed_with_standard_ones(tmp_path: Path) -> None:
    column = "BrightRetrieval (pony)"
    config = {
        "boards": {
            name: {"has_overall": False, "tasks": {"Retrieval": [column]}}
            for name in ("bright", "bright_long")
        }
    }
    tree = read_tree(write_board(tmp_path / "old", {}, config))
    pony = {"pony": ("eng-Latn",)}
    tasks = [
        task("BrightRetrieval", type="Retrieval", subsets=pony, splits=("standard", "long")),
        task("BrightLongRetrieval", type="Retrieval", subsets=pony, splits=("long",)),
    ]
    known = catalog(tasks, models=["org/a", "org/b", "org/c"])
    scores = {
        "org/a": {"BrightRetrieval": {"standard": {"pony": 0.1}, "long": {"pony": 0.2}}},
        "org/b": {"BrightRetrieval": {"standard": {"pony": 0.3}}},
        "org/c": {"BrightLongRetrieval": {"long": {"pony": 0.4}}},
    }
    results = write_scores(tmp_path / "results", scores)
    made = fresh_tree(tree, snapshot_of(tmp_path / "h", ingest(results, known, workers=1)))
    shown = {
        table.board: {
            one.name: row[column] for one, row in zip(table.anchors, table.rows, strict=True)
        }
        for table in made.tables
    }
    assert shown == {"bright": {"a": 10.0, "b": 30.0}, "bright_long": {"a": 20.0, "c": 40.0}}


def test_documents_are_kept_byte_for_byte(snapshot: Snapshot, old: Path, tmp_path: Path) -> None:
    config = old / "config.yaml"
    config.write_text("# What the board is made of.\n" + config.read_text())
    write_tree(fresh_tree(read_tree(old), snapshot), tmp_path / "new")
    for name in ("config.yaml", "model_meta.yaml", "EXTERNAL_MODEL_RESULTS.json"):
        assert (tmp_path / "new" / name).read_bytes() == (old / name).read_bytes()


def test_after_adopting_the_old_folder_is_not_needed(
    snapshot: Snapshot, old: Path, tmp_path: Path
) -> None:
    load_commands(["legacy"])
    home = ["--home", str(tmp_path / "home")]
    early = CliRunner().invoke(app, ["legacy", "write", str(tmp_path / "x"), *home])
    assert isinstance(early.exception, LegacyError)
    assert "legacy adopt DIR" in str(early.exception)
    assert CliRunner().invoke(app, ["legacy", "adopt", str(old), *home]).exit_code == 0
    with_folder = ["legacy", "write", str(tmp_path / "one"), "--legacy", str(old), *home]
    assert CliRunner().invoke(app, with_folder).exit_code == 0
    shutil.rmtree(old)
    without = CliRunner().invoke(app, ["legacy", "write", str(tmp_path / "two"), *home])
    assert without.exit_code == 0
    one, two = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*.*")
        }
        for name in ("one", "two")
    )
    assert one == two


def test_mistakes_are_said(snapshot: Snapshot, old: Path, tmp_path: Path) -> None:
    load_commands(["legacy"])
    (tmp_path / "file").touch()
    for target, said in (("file", "exists and is not empty"), ("file/below", "cannot be written")):
        command = ["legacy", "write", str(tmp_path / target), "--legacy", str(old)]
        done = CliRunner().invoke(app, [*command, "--home", str(tmp_path / "home")])
        assert isinstance(done.exception, FrontrunnerError), target
        assert said in str(done.exception)


def test_a_write_that_fails_leaves_nothing(
    snapshot: Snapshot, old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = fresh_tree(read_tree(old), snapshot)

    def full(path: Path, content: bytes) -> None:
        if path.name == "model_meta.yaml":
            raise OSError(28, "No space left on device")
        add_file(path, content)

    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr("frontrunner.legacy.files.tree.add_file", full)
    with pytest.raises(LegacyError, match="No space left"):
        write_tree(tree, tmp_path / "new")
    assert sorted(tmp_path.iterdir()) == before


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
