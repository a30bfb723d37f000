"""Ask for the stamps of a folder's files: in another process, while this one does other work.

The parts that the other process has not begun when the stamps are needed are taken back. Nothing
here imports NumPy: looking begins before an update has imported what it needs itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from pathlib import Path

from frontrunner.base.atomic import file_stamp
from frontrunner.results.fetch import LocalSource
from frontrunner.results.sources import (
    Stamps,
    folder_stamps,
    list_models,
    parts_of,
    results_root,
)

_MANY_MODELS = 100
"""From so many folders on, sharing with a second process pays."""
_PARTS = 32


class Stamping:
    """The stamps of a folder, on their way."""

    def __init__(
        self, root: str, models: Sequence[str], helper: Executor | None, cache: Path | None = None
    ) -> None:
        """Begins at once if there is a `helper`, which is another process.

        `cache` is the file whose content the stamps are for.
        """
        self.root = root
        self._of = file_stamp(cache) if cache else None
        self.models = list(models)
        # In the order of their files' paths: a folder's name counts with the slash behind it.
        ordered = sorted(models, key=lambda name: f"{name}/")
        size = max(1, -(-len(ordered) // _PARTS))
        self._parts = [ordered[start : start + size] for start in range(0, len(ordered), size)]
        self._theirs: list[Future[Stamps]] = []
        if helper is not None and len(models) >= _MANY_MODELS:
            self._theirs = [helper.submit(folder_stamps, root, part) for part in self._parts]

    def is_for(self, models: Sequence[str], cache: Path) -> bool:
        """Whether the stamps tell what changed since `cache` was written.

        If another build has written it since they were begun, what came meanwhile is in it and not
        in the stamps, and would be taken for removed.
        """
        return (
            self.models == list(models) and self._of is not None and self._of == file_stamp(cache)
        )

    def result(self) -> list[Stamps]:
        """All stamps, part by part, sorted by path; what the other process has not begun is done
        here.
        """
        found = [self._part(number) for number in reversed(range(len(self._parts)))]
        return found[::-1]

    def _part(self, number: int) -> Stamps:
        if not self._theirs or self._theirs[number].cancel():
            return folder_stamps(self.root, self._parts[number])
        return self._theirs[number].result()


def cache_path(folder: Path, source: Path) -> Path:
    """Where what was read from `source` is remembered."""
    name = hashlib.blake2b(str(source.resolve()).encode(), digest_size=8).hexdigest()
    return folder / f"results-{name}.msgpack"


def begin_stamping_all(
    local_sources: Sequence[LocalSource], cache: Path, helper: Executor
) -> dict[str, Stamping]:
    """Begin to look for changes in all sources that were read before; by folder."""
    found: dict[str, Stamping] = {}
    for local in local_sources:
        for name in parts_of(local.path):
            found |= _begin_stamping(local.path / name, cache, helper)
    return found


def _begin_stamping(source: Path, cache: Path, helper: Executor) -> dict[str, Stamping]:
    known = cache_path(cache, source)
    if not source.is_dir() or not known.exists():
        return {}
    root = results_root(source)
    return {str(root): Stamping(str(root), list_models(root)[0], helper, known)}
