"""Score rows in columns, sorted so that any task is one contiguous run of rows."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
MANY_ROWS = 4_000_000
"""From so many rows on, little memory counts more than little time; the public results have 1.3
million."""


class Variant(NamedTuple):
    """A model as it was run: the ordinary way, or as an experiment with other parameters."""

    model: str
    experiment_id: str
    """Stable text made of the parameters; empty for the ordinary run."""
    experiment: Mapping[str, Any] | None = None


class CellKey(NamedTuple):
    """Where one score of a task belongs."""

    task: str
    split: str
    subset: str


class Difference(NamedTuple):
    """A score of a superseded file that is not the winning file's."""

    model: str
    experiment: str
    """Id of the experiment; empty for an ordinary run."""
    task: str
    split: str
    subset: str
    file: str
    """Path of the superseded file."""
    score: float
    winner: str
    """Path of the winning file."""
    winner_score: float | None
    """None if the winning file has no score here: this part of the result is lost."""


@dataclass(frozen=True)
class ScoreTable:
    """All score rows, sorted by task and variant.

    Rows of one variant keep the order of their file. Sums are taken in that order, so that
    two models with equal scores have equal means to the last bit, and mteb's ties are ours.
    """

    variants: Sequence[Variant]
    """Sorted by model and experiment."""
    tasks: Sequence[str]
    """Sorted by name."""
    cells: Sequence[CellKey]
    """Sorted by task, split and subset."""
    language_sets: Sequence[tuple[str, ...]]
    task_start: NDArray[np.int64]
    """[tasks + 1] The rows of task t are `task_start[t]` up to `task_start[t + 1]`."""
    variant: Ints
    """[rows] Index into `variants`."""
    cell: Ints
    """[rows] Index into `cells`."""
    score: Floats
    """[rows] The main score; NaN where the file says that there is none."""
    languages: Ints
    """[rows] Index into `language_sets`."""
    file: Ints
    """[rows] Index into the list of origins that is kept beside the table."""
    cell_start: NDArray[np.int64]
    """[cells + 1] The rows of cell c are `rows_by_cell[cell_start[c]:cell_start[c + 1]]`."""
    rows_by_cell: Ints
    """[rows] The numbers of all rows, sorted by cell."""

    @property
    def rows(self) -> int:
        """How many score rows there are."""
        return len(self.score)

    @cached_property
    def cells_of_task(self) -> Mapping[str, range]:
        """The run of cells that belongs to each task."""
        runs: dict[str, range] = {}
        start = 0
        for task, own in groupby(map(itemgetter(0), self.cells)):
            stop = start + sum(1 for _ in own)
            runs[task] = range(start, stop)
            start = stop
        return runs

    @cached_property
    def splits_and_subsets(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """[cells] A number for the split of each, and one for its subset."""
        return _numbered([one[1] for one in self.cells]), _numbered([one[2] for one in self.cells])

    @cached_property
    def remembered(self) -> dict[Hashable, list[int]]:
        """The cells of earlier questions, cached by those that ask."""
        return {}

    @cached_property
    def remembered_scopes(
        self,
    ) -> dict[int, tuple[object, NDArray[np.int64], NDArray[np.int64]]]:
        """The same for a whole question, by the `id` of its scopes, which are kept alive here.

        A benchmark's scopes are the same object every time, and quicker known than compared.
        """
        return {}

    def rows_of_task(self, name: str) -> slice:
        """The rows of a task, which lie together; none if it has none."""
        number = self.task_number.get(name)
        if number is None:
            return slice(0)
        return slice(int(self.task_start[number]), int(self.task_start[number + 1]))

    @cached_property
    def sets_of_code(self) -> Mapping[str, list[int]]:
        """The language sets that hold a code."""
        found: dict[str, list[int]] = {}
        for number, codes in enumerate(self.language_sets):
            for code in codes:
                found.setdefault(code, []).append(number)
        return found

    @cached_property
    def _sets_known(self) -> tuple[Ints, set[str]]:
        """What `sets_of_cells` found, and for which tasks."""
        return np.full(len(self.cells), -1, dtype=self.languages.dtype), set()

    def sets_of_cells(self, tasks: Iterable[str]) -> Ints:
        """[cells] The language set of all of a cell's rows; -1 where they have several.

        Only the cells of `tasks`, and of tasks that were asked for before, are filled in.
        """
        sets, known = self._sets_known
        for task in tasks:
            if task not in known:
                rows = self.rows_of_task(task)
                run = self.cells_of_task.get(task, range(0))
                cell, languages = self.cell[rows] - run.start, self.languages[rows]
                own = np.full(len(run), -1, dtype=sets.dtype)
                own[cell] = languages
                own[cell[languages != own[cell]]] = -1
                # At once: another thread may be reading what it found itself.
                sets[run.start : run.stop] = own
                known.add(task)
        return sets

    @cached_property
    def task_number(self) -> Mapping[str, int]:
        """Index into `tasks` by name."""
        return {name: number for number, name in enumerate(self.tasks)}

    @cached_property
    def models(self) -> tuple[str, ...]:
        """The names of all models with a row, sorted."""
        return tuple(dict.fromkeys(variant.model for variant in self.variants))

    @cached_property
    def model_of_variant(self) -> Ints:
        """[variants] Index into `models`."""
        number = {name: index for index, name in enumerate(self.models)}
        return np.array([number[variant.model] for variant in self.variants], dtype=np.int32)


def _numbered(names: Sequence[str]) -> NDArray[np.int64]:
    """[names] A number for each distinct name."""
    known = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array(list(map(known.__getitem__, names)), dtype=np.int64)
