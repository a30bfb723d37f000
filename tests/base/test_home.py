"""Every path of a home."""

from __future__ import annotations

import os
from pathlib import Path

from frontrunner.base.home import Home

PATHS = [name for name, one in vars(Home).items() if isinstance(one, property)]


def test_paths_are_inside_and_differ(tmp_path: Path) -> None:
    home = Home(tmp_path)
    found = [getattr(home, name) for name in PATHS if name != "published"]
    assert len(set(found)) == len(found) > 5
    assert all(path.is_relative_to(tmp_path) for path in found)
    assert os.fspath(home) == str(home) == str(tmp_path)


def test_the_published_snapshot_is_what_the_link_names(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.published is None
    home.current.symlink_to("snapshots/abc")
    assert home.published == "abc"


def test_the_home_of_a_snapshot(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert Home.of_snapshot(home.snapshot("abc")) == home
