"""Tell whether the old board read the run that stands today, from that run's other cells.

A run is what one version of mteb wrote into one folder. Where the old board read it, its cells
are equal to the last digit. Where nearly all of its *other* cells differ, the old board showed
another run (most often one from the author's model card, of which no file is left), and that
explains a difference that is no larger than theirs. The cell in question is never its own
witness, and a cell that several boards repeat counts once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from frontrunner.parity.verdicts import Cell, Verdict

_RUN_NEEDS, _RUN_SHARE = 5, 0.8
_FEW_NEEDS, _FEW_SHARE = 2, 1.0
"""A small run speaks only where all of its other cells agree."""
_FILE_NEEDS, _FILE_SHARE = 20, 0.25
"""One file with many subsets: repeated on other hardware, its coarse scores often stay equal."""
_REACH, _FAR_REACH, _SURE_SHARE = 2.0, 4.0, 0.9
"""How much further than its fellows a cell may lie; more where nearly all of them differ."""


class Rerun(NamedTuple):
    """Why the run that stands is not the one that the old board showed."""

    name: str
    others: int
    differ: int
    furthest: float

    @property
    def within(self) -> float:
        """How far a cell may differ and still be explained."""
        sure = self.differ >= _SURE_SHARE * self.others
        return self.furthest * (_FAR_REACH if sure else _REACH)


_Key = tuple[str, str, str | None]


class _Group(NamedTuple):
    name: str
    moves: dict[_Key, float]
    """Cell -> by how much it differs; 0 where it is equal."""


class Reruns:
    """The runs behind a comparison's cells."""

    def __init__(self, cells: Iterable[Cell], files: Sequence[tuple[str, str | None]]) -> None:
        """`files` has the path and the mteb version of each of the snapshot's files."""
        self._files = files
        self._runs: dict[str, dict[_Key, float]] = defaultdict(dict)
        self._in_file: dict[int, dict[_Key, float]] = defaultdict(dict)
        for cell in cells:
            value = cell.same_split.value
            if cell.file is not None and value is not None:
                equal = cell.same_split.verdict is Verdict.EQUAL
                move = 0.0 if equal else abs(cell.old - value)
                self._runs[self._run(cell.file)][_key(cell)] = move
                self._in_file[cell.file][_key(cell)] = move

    def _run(self, file: int) -> str:
        path, version = self._files[file]
        return f"{path.rpartition('/')[0]} (mteb {version or 'unknown'})"

    def of(self, cell: Cell) -> Rerun | None:
        """What the other cells of a cell's run say; None where they say that it is the same."""
        if cell.file is None:
            return None
        run = _Group(self._run(cell.file), self._runs[self._run(cell.file)])
        file = _Group(self._files[cell.file][0], self._in_file[cell.file])
        return (
            _witness(run, cell, _RUN_NEEDS, _RUN_SHARE)
            or _witness(run, cell, _FEW_NEEDS, _FEW_SHARE)
            or _witness(file, cell, _FILE_NEEDS, _FILE_SHARE)
        )


def _key(cell: Cell) -> _Key:
    return cell.model, cell.task, cell.subset


def _witness(group: _Group, cell: Cell, needs: int, share: float) -> Rerun | None:
    moves = [move for key, move in group.moves.items() if key != _key(cell)]
    differ = sum(move > 0 for move in moves)
    if len(moves) < needs or differ < share * len(moves):
        return None
    return Rerun(group.name, len(moves), differ, max(moves))
