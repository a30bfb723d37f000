"""Find the folder near a path that looks like a folder of results, for error messages."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path

_UP, _DOWN = 2, 3
_MOST_FOLDERS = 2_000
"""Folders looked into: a path may have been the root of a disk."""


def nearest_results(path: Path) -> Path | None:
    """The folder nearest to `path` with `<org>__<model>/<revision>/<Task>.json` in it.

    None if there is no such folder, or if `path` itself is one.
    """
    start = path if path.is_dir() else path.parent
    here = start.resolve()
    if _looks_right(here) or _looks_right(here / "results"):
        return None
    for root in (here, *list(here.parents)[:_UP]):
        for folder in _below(root):
            if _looks_right(folder):
                return folder
    return None


def _below(root: Path) -> Iterator[Path]:
    """`root` and the folders in it, the nearest first."""
    pending = deque([(root, 0)])
    for _ in range(_MOST_FOLDERS):
        if not pending:
            return
        folder, depth = pending.popleft()
        yield folder
        if depth < _DOWN:
            pending.extend((one, depth + 1) for one in _folders(folder))


def _folders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if e.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return [folder / name for name in sorted(names) if name != ".git"]


def _looks_right(folder: Path) -> bool:
    """Whether a model's folder with a run and a file is in it."""
    models = [one for one in _folders(folder) if "__" in one.name.strip("_")]
    return any(
        any(child.suffix == ".json" for child in run.iterdir())
        for model in models[:_MOST_FOLDERS]
        for run in _folders(model)
        if os.access(run, os.R_OK | os.X_OK)
    )
