"""Ask for the stamps of a folder's files: in another process, while this one does other work.

The parts that the other process has not begun when the stamps are needed are taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from functools import reduce
from typing import NamedTuple

from frontrunner.results.rejects import Reject
from frontrunner.results.sources import Stamps, folder_stamps

_MANY_MODELS = 100
"""From so many folders on, sharing with a second process pays."""
_PARTS = 32


class _Packed(NamedTuple):
    """Stamps in the form that crosses between processes fastest: a hundred thousand paths do."""

    paths: str
    numbers: list[bytes]
    rejects: list[Reject]


def packed_stamps(root: str, models: Sequence[str]) -> _Packed:
    """The stamps below some model folders; for the other process."""
    found = folder_stamps(root, models)
    return _Packed("\0".join(found.paths), [one.tobytes() for one in found.numbers], found.rejects)


def _unpacked(packed: _Packed) -> Stamps:
    found = Stamps.none()
    found.paths.extend(packed.paths.split("\0") if packed.paths else ())
    for column, content in zip(found.numbers, packed.numbers, strict=True):
        column.frombytes(content)
    found.rejects.extend(packed.rejects)
    return found


class Stamping:
    """The stamps of a folder, on their way."""

    def __init__(self, root: str, models: Sequence[str], helper: Executor | None) -> None:
        """Begins at once if there is a `helper`, which is another process."""
        self.root = root
        self.models = list(models)
        # In the order of their files' paths: a folder's name counts with the slash behind it.
        ordered = sorted(models, key=lambda name: f"{name}/")
        size = max(1, -(-len(ordered) // _PARTS))
        self._parts = [ordered[start : start + size] for start in range(0, len(ordered), size)]
        self._theirs: list[Future[_Packed]] = []
        if helper is not None and len(models) >= _MANY_MODELS:
            self._theirs = [helper.submit(packed_stamps, root, part) for part in self._parts]

    def result(self) -> Stamps:
        """All stamps, sorted by path; what the other process has not begun is done here."""
        found = [self._part(number) for number in reversed(range(len(self._parts)))]
        return reduce(Stamps.and_also, reversed(found), Stamps.none())

    def _part(self, number: int) -> Stamps:
        if not self._theirs or self._theirs[number].cancel():
            return folder_stamps(self.root, self._parts[number])
        return _unpacked(self._theirs[number].result())
