"""The past of a repository of results: its commits, and the files that each of them has."""

from __future__ import annotations

from pathlib import Path

import msgspec

from frontrunner.results.git import OBJECT, ask_git


def commit_time(folder: Path, commit: str | None) -> float | msgspec.UnsetType:
    """When a commit of the repository of `folder` was made, in seconds since the epoch.

    Unset for none, and for a commit with changes, whose time says nothing.
    """
    if commit is None or not OBJECT.fullmatch(commit):
        return msgspec.UNSET
    said = ask_git(folder, "log", "-1", "--format=%ct", commit)
    return float(said) if said and said.strip().isdigit() else msgspec.UNSET
