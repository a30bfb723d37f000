from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.base.errors import LegacyError
from frontrunner.checks.parity.causes import imported_numbers
from frontrunner.checks.parity.matching import Matcher
from frontrunner.legacy.files.tree import read_tree, write_tree
from tests.factories import catalog
from tests.legacy.factory import row, write_board


def test_a_tree_written_is_read_back(tmp_path: Path) -> None:
    tables = {
        "en": [row("a", {"Average (3 datasets)": 2.0})],
        "en/STS": [row("a", T1=1.0)],
        "en/Retrieval": [row("a", T2="")],
        "no/STS": [row("b", T1=3.25)],
    }
    tree = read_tree(write_board(tmp_path / "old", tables))
    assert tree.problems == ()
    write_tree(tree, tmp_path / "new")
    assert read_tree(tmp_path / "new") == tree
    assert (tmp_path / "new/boards_data/no/data_overall/default.txt").read_bytes() == b""
    # The task tables lie there once more, by their number.
    for number, name in enumerate(("en", "en", "no")):
        kind = ("STS", "Retrieval", "STS")[number]
        copy = (tmp_path / f"new/all_data_tasks/{number}/default.jsonl").read_bytes()
        assert (
            copy
            == (tmp_path / f"new/boards_data/{name}/data_tasks/{kind}/default.jsonl").read_bytes()
        )


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    rows = [row("a", T1=1.0), row("a", T1=2.0), row("a", link="https://elsewhere/", T1=2.0)]
    folder = write_board(tmp_path, {"en": [], "en/STS": rows, "no/STS": rows})
    (folder / "model_meta.yaml").write_text("{a: [")
    (folder / "EXTERNAL_MODEL_RESULTS.json").unlink()
    tree = read_tree(folder)
    said = {problem.where: problem.what for problem in tree.problems}
    assert "missing" in said["boards_data/en/data_tasks/Retrieval/default.jsonl"]
    assert "already in row 1" in said["boards_data/en/data_tasks/STS/default.jsonl:2"]
    assert "a copy of" in said["boards_data/no/data_tasks/STS/default.jsonl"]
    assert "not YAML" in said["model_meta.yaml"]
    assert "missing" in said["EXTERNAL_MODEL_RESULTS.json"]
    assert "boards_data/en/data_tasks/STS/default.jsonl:3" not in said  # another link: no repeat


TEXT = st.text("aB.. /\\_0", max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner),
    max_leaves=8,
)


@given(boards=JSON, tasks=JSON, meta=JSON, external=JSON)
def test_any_configuration_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, boards: Any, tasks: Any, meta: Any, external: Any
) -> None:
    folder = write_board(tmp_path_factory.mktemp("old"), {"en/STS": [row("a", T1=1.0)]})
    for name, content in (
        ("config.yaml", {"boards": boards, "tasks": tasks}),
        ("model_meta.yaml", {"model_meta": meta}),
        ("EXTERNAL_MODEL_RESULTS.json", external),
    ):
        (folder / name).write_text(json.dumps(content))
    try:
        tree = read_tree(folder)
    except LegacyError:
        assert not isinstance(boards, dict)
        return
    copy = tmp_path_factory.mktemp("new")
    for path in write_tree(tree, copy):
        assert path.resolve().is_relative_to(copy)
    Matcher(catalog(), tree.model_meta, [])
    imported_numbers(tree.external)


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    wrong = {"../out": {"tasks": {}}, "en": {"tasks": {"../../x": []}}, "no": ["x"]}
    tree = read_tree(write_board(tmp_path, {}, {"boards": wrong, "tasks": []}))
    assert [problem.what for problem in tree.problems][:3] == [
        "boards: '../out' is not a board; left out",
        "boards: the task types of 'en' are not plain names; left out",
        "boards: 'no' is not a board; left out",
    ]
    assert tree.tables == ()


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LegacyError, match="not the folder of a first board"):
        read_tree(tmp_path)
