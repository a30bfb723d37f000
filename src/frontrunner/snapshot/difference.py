"""Which scores two tables share, and which only one of them has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from frontrunner.results.table import CellKey, Floats, ScoreTable

Rows = NDArray[np.int64]
_CELLS = 1 << 31
"""More cells than a table can have."""


@dataclass(frozen=True)
class TableDifference:
    """Two score tables, row against row. Rows without a number take no part."""

    old: ScoreTable
    new: ScoreTable
    gone: Rows
    """Rows of `old` that `new` has no score for."""
    added: Rows
    """Rows of `new` that `old` has no score for."""
    before: Rows
    """Rows of `old` that both have."""
    after: Rows
    """[before] The same scores as rows of `new`."""

    @property
    def scored_before(self) -> int:
        """How many scores the old table has."""
        return len(self.gone) + len(self.before)

    @cached_property
    def lost(self) -> Rows:
        """Rows of `old` that are gone although their model stays."""
        staying = set(self.new.models)
        stays = np.array([model in staying for model in self.old.models], dtype=bool)
        lost: Rows = self.gone[stays[self.old.model_of_variant[self.old.variant[self.gone]]]]
        return lost

    @cached_property
    def moved_by(self) -> Floats:
        """[before] How far each score moved; 0 if it stayed."""
        return np.abs(self.new.score[self.after] - self.old.score[self.before])

    @property
    def changed(self) -> int:
        """How many scores are not the same number."""
        return int(np.count_nonzero(self.moved_by))

    @cached_property
    def models_gone(self) -> tuple[str, ...]:
        """Models with a row in `old` only, sorted."""
        return tuple(sorted(set(self.old.models) - set(self.new.models)))

    @cached_property
    def models_added(self) -> tuple[str, ...]:
        """Models with a row in `new` only, sorted."""
        return tuple(sorted(set(self.new.models) - set(self.old.models)))


class Keys(NamedTuple):
    """The rows of a table by numbers that another table can have too."""

    variants: Mapping[tuple[str, str], int]
    """Model and experiment -> number."""
    cells: Mapping[CellKey, int]
    of_rows: Rows
    """[rows] A number for the variant and the cell of each; -1 without a score."""


def keys_of(table: ScoreTable, like: Keys | None = None) -> Keys:
    """The keys of a table; variants and cells have the numbers that they have in `like`."""
    variants = dict(like.variants) if like else {}
    cells = dict(like.cells) if like else {}
    variant = [
        variants.setdefault((one.model, one.experiment_id), len(variants)) for one in table.variants
    ]
    cell = [cells.setdefault(one, len(cells)) for one in table.cells]
    keys = np.array(variant, dtype=np.int64)[table.variant] * _CELLS
    keys += np.array(cell, dtype=np.int64)[table.cell]
    keys[np.isnan(table.score)] = -1
    return Keys(variants, cells, keys)


def difference(old: ScoreTable, new: ScoreTable, keys: Keys | None = None) -> TableDifference:
    """Match the scores of two tables by model, experiment, task, split and subset.

    A task whose rows have the same keys in the same order in both is matched row by row; only the
    rows of the others are sorted. `keys` are those of `old`, if they are known.
    """
    had = keys or keys_of(old)
    old_keys, new_keys = had.of_rows, keys_of(new, had).of_rows
    alike = _tasks_alike(old, new, old_keys, new_keys)
    before, old_rest = _parted(old, old_keys, alike)
    after, new_rest = _parted(new, new_keys, alike)
    found = _matched(old_keys, new_keys, old_rest, new_rest)
    return TableDifference(
        old=old,
        new=new,
        gone=found.gone,
        added=found.added,
        before=np.concatenate([before, found.before]),
        after=np.concatenate([after, found.after]),
    )


def _tasks_alike(
    old: ScoreTable, new: ScoreTable, old_keys: Rows, new_keys: Rows
) -> frozenset[str]:
    """The tasks whose rows have the same keys in the same order."""
    return frozenset(
        task
        for task in new.tasks
        if np.array_equal(old_keys[old.rows_of_task(task)], new_keys[new.rows_of_task(task)])
    )


def _parted(table: ScoreTable, keys: Rows, tasks: frozenset[str]) -> tuple[Rows, Rows]:
    """The rows of some tasks that have a score, and those of the others; both ascend."""
    marked = np.array([task in tasks for task in table.tasks], dtype=bool)
    of_row = np.repeat(marked, np.diff(table.task_start))
    scored = keys >= 0
    return np.flatnonzero(of_row & scored), np.flatnonzero(~of_row & scored)


class _Matched(NamedTuple):
    gone: Rows
    added: Rows
    before: Rows
    after: Rows


def _matched(old_keys: Rows, new_keys: Rows, old_rows: Rows, new_rows: Rows) -> _Matched:
    """Match some rows of two tables by their keys."""
    old_rows, old_keys, old_turns = _in_turn(old_keys, old_rows)
    new_rows, new_keys, new_turns = _in_turn(new_keys, new_rows)
    most = int(max(old_turns.max(initial=0), new_turns.max(initial=0))) + 1
    old_keys, new_keys = old_keys * most + old_turns, new_keys * most + new_turns
    # A row's place among the other table's sorted keys; one after all of them has none.
    place = np.searchsorted(new_keys, old_keys)
    inside = place < len(new_keys)
    shared = np.zeros(len(old_keys), dtype=bool)
    shared[inside] = new_keys[place[inside]] == old_keys[inside]
    is_known = np.zeros(len(new_keys), dtype=bool)
    is_known[place[shared]] = True
    return _Matched(
        gone=old_rows[~shared],
        added=new_rows[~is_known],
        before=old_rows[shared],
        after=new_rows[place[shared]],
    )


def _in_turn(keys: Rows, rows: Rows) -> tuple[Rows, Rows, Rows]:
    """`rows` sorted by their keys, those keys, and the turn of each among the rows of its key: a
    file may list a cell several times.
    """
    order = np.argsort(keys[rows], kind="stable")
    ordered = keys[rows][order]
    number = np.arange(len(ordered))
    is_first = np.ones(len(ordered), dtype=bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    turns = number - np.maximum.accumulate(np.where(is_first, number, 0))
    return rows[order], ordered, turns
