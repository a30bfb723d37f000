"""The stamp of prepared answers: which program made them.

The release says little while a program is developed, so the stamp is also of every file of its
source that decides what the answers are. Another stamp may mean other answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import frontrunner

_DECIDE = (
    "answers", "catalog", "ranking", "snapshot", "results/table.py", "base/intervals.py",
    "base/json.py",
)  # fmt: skip
"""Packages and modules of this program that decide what prepared answers are."""


@cache
def this_program() -> str:
    """The stamp of this program; of its release alone where its source is not installed."""
    return stamp_of(Path(frontrunner.__file__).parent, frontrunner.__version__, _DECIDE)


def stamp_of(root: Path, release: str, decide: Iterable[str]) -> str:
    """The stamp of a release whose source is in `root`: it changes with any file of `decide`."""
    digest = hashlib.sha256(release.encode())
    for path in _sources(root, decide):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{release} {digest.hexdigest()[:16]}"


def _sources(root: Path, decide: Iterable[str]) -> Iterator[Path]:
    for name in decide:
        path = root / name
        found = (path.rglob(kind) for kind in ("*.py", "*.toml")) if path.is_dir() else ([path],)
        yield from filter(Path.is_file, sorted(chain.from_iterable(found)))
