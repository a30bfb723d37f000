"""The folder that somebody probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.results import nearest
from frontrunner.results.nearest import nearest_results
from tests.factories import write


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("docs", "results"),
        ("docs/deep", "results"),
        (".", "results/x"),
        ("README.json", "results/x"),
    ],
)
def test_it_is_looked_for_below_and_above(tmp_path: Path, given: str, found: str) -> None:
    target = "results/x" if found == "results/x" else "results"
    write(tmp_path, f"{target}/org__a/r1/T1.json", {})
    write(tmp_path, "docs/deep/x.txt", b"")
    write(tmp_path, "README.json", {})
    assert nearest_results(tmp_path / given) == tmp_path / target


def test_a_folder_that_looks_right_needs_no_hint(tmp_path: Path) -> None:
    write(tmp_path, "a/org__a/r1/T1.json", {})
    write(tmp_path, "b/results/org__a/r1/T1.json", {})
    assert nearest_results(tmp_path / "a") is None
    assert nearest_results(tmp_path / "b") is None


def test_the_search_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "_MOST_FOLDERS", 2)
    monkeypatch.setattr(nearest, "_UP", 0)
    write(tmp_path, "z/results/org__a/r1/T1.json", {})
    write(tmp_path, "a/x.txt", b"")
    assert nearest_results(tmp_path) is None
