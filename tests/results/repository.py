"""A repository of results with a past, made by hand."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.factories import write_scores

NOBODY = ("-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false")


def run(folder: Path, *words: str, day: str = "2025-01-01") -> str:
    """Run git in a folder, at noon of a day."""
    moment = f"{day}T12:00:00Z"
    dates = {"GIT_COMMITTER_DATE": moment, "GIT_AUTHOR_DATE": moment}
    done = subprocess.run(
        ["git", *NOBODY, *words],  # noqa: S607
        cwd=folder, check=True, capture_output=True, text=True, env=os.environ | dates,
    )  # fmt: skip
    return done.stdout.strip()


def started(folder: Path) -> Path:
    """An empty repository."""
    folder.mkdir(parents=True)
    run(folder, "init", "-q", "-b", "main")
    return folder


def commit(folder: Path, day: str, scores: Mapping[str, Mapping[str, float]]) -> str:
    """Write scores below `results/`, and commit all that is there."""
    write_scores(folder / "results", scores)
    run(folder, "add", "-A")
    run(folder, "commit", "-q", "-m", f"Results of {day}", day=day)
    return run(folder, "rev-parse", "HEAD")
