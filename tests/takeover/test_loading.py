"""A plan is read with the files of its ignore rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.config import load_settings
from frontrunner.base.errors import TakeoverError
from frontrunner.takeover.loading import load_plan
from frontrunner.takeover.plan import plan_hash


def test_an_edited_rule_is_an_edited_plan(tmp_path: Path) -> None:
    rules = tmp_path / "gateway" / "shadow.toml"
    before = plan_hash(load_plan(load_settings(tmp_path, {})))
    rules.parent.mkdir()
    rules.write_text("# nothing")
    after = plan_hash(load_plan(load_settings(tmp_path, {})))
    rules.write_text("# nothing more")
    assert len({before, after, plan_hash(load_plan(load_settings(tmp_path, {})))}) == 3


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {}, takeover={"ignore": (str(tmp_path / "rules.toml"),)})
    with pytest.raises(TakeoverError, match=r"rules\.toml has ignore rules and cannot be read"):
        load_plan(settings)
