"""A git repository for tests."""

from __future__ import annotations

import subprocess
from pathlib import Path


def git(folder: Path, *words: str) -> str:
    """Run git in a folder; what it prints."""
    names = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    run = subprocess.run(
        ["git", *names, "-C", str(folder), *words],  # noqa: S607
        check=True,
        capture_output=True,
        text=True,
    )
    return run.stdout.strip()


def commit(folder: Path) -> str:
    """Commit all that a folder holds, in a repository made for it; the commit's name."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "Results")
    return git(folder, "rev-parse", "HEAD")
