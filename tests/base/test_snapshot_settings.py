"""What is kept of the past."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.config import load_settings
from frontrunner.base.errors import UsageError


def test_a_time_that_is_none_names_its_setting(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^--weekly must be a duration"):
        load_settings(tmp_path, {}, snapshots={"weekly": "a year"})


def test_the_file_sets_it(tmp_path: Path) -> None:
    (tmp_path / "frontrunner.toml").write_text('[snapshots]\nevery = "2d"\n')
    assert load_settings(tmp_path, {}).snapshots.every == "2d"
