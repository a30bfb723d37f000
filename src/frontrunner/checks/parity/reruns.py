"""Infer whether the old board read another run than the one that wins today.

The old board had two sources: a file of imported results, and the models' own cards. A number that
was not imported came from a card. Cards were copied into the results as folders of their own. If a
file of another folder wins instead, a run by others replaced the number of the card. Such a run
mostly repeats the card's numbers to the last digit, or nearly all of its cells differ.

So a difference is put down to another run if enough of the *other* numbers from the model's card
differ too, and if it is about as large as theirs. The cell in question is never evidence for
itself, and a cell that several boards repeat counts once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from frontrunner.checks.parity.compared import CellOutcome, ComparedCell
from frontrunner.checks.parity.history import History
from frontrunner.legacy.files.markup import Anchor
from frontrunner.results.join import NO_REVISION

_ENOUGH, _SHARE = 5, 0.4
"""The least number of cells that represent a run, and the share of them that must differ."""
_FAR = 3.0
"""The largest difference, as a multiple of the largest of the model's other cells."""

Imported = Mapping[tuple[Anchor, str], Sequence[float]]
"""Model and column -> numbers in the old board's file of external results."""


class WinningFile(NamedTuple):
    """A result file of the snapshot."""

    path: str
    revision: str
    mteb_version: str | None

    @property
    def run(self) -> str:
        """What one version of mteb wrote into one folder."""
        return f"{self.path.rpartition('/')[0]} (mteb {self.mteb_version or 'unknown'})"


class Rerun(NamedTuple):
    """Evidence that the winning run is not the one that the old board showed."""

    run: str
    others: int
    differ: int
    furthest: float
    within: float
    """How far a cell may differ and still be explained."""


_Key = tuple[str, str, str | None]
_Moves = dict[_Key, float]
"""Cell -> by how much it differs; 0 if it is equal."""


class Reruns:
    """The runs that took the place of numbers from cards."""

    def __init__(
        self, cells: Iterable[ComparedCell], files: Sequence[WinningFile], imported: Imported
    ) -> None:
        """`files` are the snapshot's, by the number that cells have."""
        self._files = files
        self._imported = imported
        self._of_run: dict[str, _Moves] = defaultdict(dict)
        self._of_model: dict[str, _Moves] = defaultdict(dict)
        for cell in cells:
            file = self._instead_of_card(cell)
            if file is not None:
                self._of_run[file.run][_key(cell)] = _move(cell)
                self._of_model[cell.model][_key(cell)] = _move(cell)

    def _instead_of_card(self, cell: ComparedCell) -> WinningFile | None:
        """The file that replaced a card's number; None if the number is not from a card."""
        if cell.file is None or (Anchor(cell.name, cell.link), cell.column) in self._imported:
            return None
        file = self._files[cell.file]
        return None if file.revision in NO_REVISION else file

    def of(self, cell: ComparedCell, history: History | None = None) -> Rerun | None:
        """The evidence of the model's other numbers; None if too few of them differ.

        With the history of the results' folder, the run is named with the commit that brought it.
        """
        file = self._instead_of_card(cell)
        if file is None:
            return None
        of_model = _without(self._of_model[cell.model], cell)
        of_run = _without(self._of_run[file.run], cell)
        # The run itself is the best evidence; if it is too small, all that replaced the card count.
        others = of_run if len(of_run) >= _ENOUGH else of_model
        differ = sum(move > 0 for move in others)
        if not differ or differ < _SHARE * len(others):
            return None
        furthest = max(of_model)
        change = history.brought(file.path) if history else None
        run = f"{file.run}, since commit {change}" if change else file.run
        return Rerun(run, len(others), differ, furthest, _FAR * furthest)


def _key(cell: ComparedCell) -> _Key:
    return cell.model, cell.task, cell.subset


def _move(cell: ComparedCell) -> float:
    value = cell.same_split.value
    differs = cell.same_split.outcome is CellOutcome.DIFFERS and value is not None
    return abs(cell.old - value) if differs and value is not None else 0.0


def _without(moves: _Moves, cell: ComparedCell) -> list[float]:
    return [move for key, move in moves.items() if key != _key(cell)]
