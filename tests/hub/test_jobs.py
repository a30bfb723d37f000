"""Jobs that still name what is gone are found, and names like it are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.errors import UsageError
from frontrunner.hub.jobs import (
    Gone,
    near_misses,
    parse_gone,
    read_jobs,
    schedule_of,
    stale_names,
)

DEMO = Gone("board/demo", "the board moved", is_space=True)
DAILY = """name: refresh
on:
  schedule:
    - cron: "30 2 * * *"
  workflow_dispatch:
jobs:
  refresh:
    steps:
      - run: python scripts/refresh.py --wait
        env:
          TOKEN: ${{ secrets.OLD_TOKEN }}
"""
SCRIPT = 'restart("board/demo")\n'


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for path, text in (
        (".github/workflows/daily.yml", DAILY),
        (".github/workflows/test.yaml", "on: push\njobs: {}\n"),
        ("scripts/refresh.py", SCRIPT),
        ("scripts/other.py", SCRIPT),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_a_job_that_restarts_the_demo_by_a_script_is_found(repository: Path) -> None:
    """So it was for two weeks after the reference board had moved."""
    report = stale_names(read_jobs(repository), [DEMO])
    [found] = report.findings
    assert (found.file, found.line, found.name) == ("scripts/refresh.py", 1, "board/demo")
    assert (found.workflow, found.schedule) == (".github/workflows/daily.yml", ("30 2 * * *",))
    assert report.workflows == (".github/workflows/daily.yml", ".github/workflows/test.yaml")


def test_tokens_and_images_that_are_gone(repository: Path) -> None:
    gone = [parse_gone("OLD_TOKEN=revoked"), parse_gone("ghcr.example/org/image")]
    [found] = stale_names(read_jobs(repository), gone).findings
    assert (found.line, found.why) == (11, "revoked")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("space: board/demo", True),
        ("https://hub.example/spaces/board/demo/tree/main", True),
        ("curl https://board-demo.hf.space/health", True),
        ("Board/Demo", True),
        ('"board/demo".', True),
        ("board/demo-2", False),
        ("leader-board/demo", False),
        ("board/demos", False),
        ("board/demo.git.example", False),
    ],
)
def test_where_a_name_counts(line: str, expected: bool) -> None:
    files = {".github/workflows/a.yml": f"# x\n{line}\n"}
    assert bool(stale_names(files, [DEMO]).findings) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DAILY, ("30 2 * * *",)),
        ("on:\n  push:\n", ()),
        ("on: [push]", ()),
        ("'on':\n  schedule:\n  - cron: '0 8 * * *'\n", ("0 8 * * *",)),
        ("on: {schedule: null}", ()),
        ("a: [", ()),
        ("", ()),
    ],
)
def test_when_a_workflow_runs(text: str, expected: tuple[str, ...]) -> None:
    assert schedule_of(text) == expected


def test_files_outside_the_repository_are_not_read(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    (root / ".github/workflows").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("board/demo")
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    text = "run: cat ../secret.txt link.txt /etc/passwd"
    (root / ".github/workflows/a.yml").write_text(text)
    assert set(read_jobs(root)) == {".github/workflows/a.yml"}


def test_a_folder_without_jobs_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no workflow files"):
        read_jobs(tmp_path)


def test_a_name_that_was_misspelled_is_said(repository: Path) -> None:
    files = read_jobs(repository)
    assert near_misses(files, [Gone("OLD_TOKENS"), DEMO]) == {"OLD_TOKENS": "OLD_TOKEN"}
    assert near_misses(files, [Gone("nothing-like-it")]) == {}


def test_what_is_gone_needs_a_name() -> None:
    assert parse_gone("A") == Gone("A")
    with pytest.raises(UsageError):
        parse_gone("=why")
