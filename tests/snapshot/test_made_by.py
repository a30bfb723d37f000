"""The stamp of answers changes with whatever decides what they are, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

import frontrunner
from frontrunner.snapshot.made_by import stamp_of, this_program

DECIDE = ("answers", "table.py")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in (
        "answers/boards.py",
        "answers/deep/rank.py",
        "answers/words.toml",
        "table.py",
        "web/a.py",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a = 1")
    return tmp_path


@pytest.mark.parametrize(
    "name", ["answers/boards.py", "answers/deep/rank.py", "answers/words.toml", "table.py"]
)
def test_it_changes_with_the_source(root: Path, name: str) -> None:
    before = stamp_of(root, "1.0", DECIDE)
    assert stamp_of(root, "1.0", DECIDE) == before
    root.joinpath(name).write_text("a = 2")
    assert stamp_of(root, "1.0", DECIDE) != before


def test_it_changes_with_a_new_name(root: Path) -> None:
    before = stamp_of(root, "1.0", DECIDE)
    root.joinpath("answers/boards.py").rename(root / "answers/other.py")
    assert stamp_of(root, "1.0", DECIDE) != before


def test_it_changes_with_the_release_and_not_with_what_decides_nothing(root: Path) -> None:
    before = stamp_of(root, "1.0", DECIDE)
    assert stamp_of(root, "1.1", DECIDE) != before
    root.joinpath("web/a.py").write_text("a = 2")
    assert stamp_of(root, "1.0", DECIDE) == before


def test_without_its_source_the_release_alone_counts(tmp_path: Path) -> None:
    assert stamp_of(tmp_path, "1.0", DECIDE) != stamp_of(tmp_path, "1.1", DECIDE)


def test_this_program_has_the_source_that_it_names() -> None:
    assert this_program().startswith(f"{frontrunner.__version__} ")
    bare = stamp_of(Path("nowhere"), frontrunner.__version__, ())
    assert this_program() != bare
