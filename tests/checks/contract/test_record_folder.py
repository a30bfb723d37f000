"""Records of boards that no longer run."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.record import (
    File,
    Link,
)
from frontrunner.checks.contract.record_folder import record_folder


def test_what_an_older_board_left_is_a_record(tmp_path: Path) -> None:
    (tmp_path / "urls.json").write_text(
        json.dumps({"pairs": [{"url": "/?task=sts", "heading": "STS"}]})
    )
    (tmp_path / "raw_files.json").write_text(
        json.dumps({"files": [{"path": "config.yaml"}, {"path": "x.jsonl", "columns": ["a"]}]})
    )
    made = record_folder(tmp_path)
    assert made.links == (Link("/?task=sts", "STS"),)
    assert datetime.fromisoformat(made.recorded_at).tzinfo == UTC
    assert made.files == (File("config.yaml"), File("x.jsonl", ("a",)))
    with pytest.raises(ContractError, match="has none of"):
        record_folder(tmp_path / "empty")
    for wrong in ("{", "[]", '{"pairs": [{}]}', "[" * 100_000):
        (tmp_path / "urls.json").write_text(wrong)
        with pytest.raises(ContractError, match="cannot be read"):
            record_folder(tmp_path)


def test_the_repository_of_an_older_board_is_a_record(tmp_path: Path) -> None:
    table = tmp_path / "boards_data/en/data_overall/default.jsonl"
    table.parent.mkdir(parents=True)
    table.write_text('{"Rank": 1, "Model": "a"}\n{"Rank": 2}\n')
    (tmp_path / "config.yaml").touch()
    (tmp_path / "app.py").touch()
    made = record_folder(tmp_path)
    assert made.files == (
        File("boards_data/en/data_overall/default.jsonl", ("Rank", "Model")),
        File("config.yaml"),
    )
