"""Git in a folder, for tests: run a command, commit a score."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.factories import result, write

NOBODY = ("-c", "user.name=n", "-c", "user.email=e@example.org")


def git(folder: Path, *words: str) -> str:
    run = subprocess.run(
        ["git", *NOBODY, *words],  # noqa: S607
        cwd=folder, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return run.stdout.strip()


def repository_in(folder: Path) -> Path:
    """Make the folder a repository with one commit; the folder."""
    folder.mkdir()
    git(folder, "init", "-q")
    commit(folder, 0.5)
    return folder


def commit(folder: Path, score: float) -> str:
    write(folder, "results/org__a/r1/T1.json", result("T1", score))
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "results")
    return git(folder, "rev-parse", "HEAD")
