"""What changed between two snapshots, and why: for people, for `frontrunner diff` and the pages.

The scores are matched by `difference`. A cause is the nearest one that the two snapshots show: both
list the files that their scores came from, those that they rejected and why, the rule that chose
among files, and the catalog.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

import msgspec
import numpy as np

from frontrunner.results.rejects import Reason
from frontrunner.snapshot.difference import Rows, TableDifference, difference
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.standings import Standing, Standings, standings


class Cause(StrEnum):
    """Why a number changed."""

    NEW_FILE = "new-file"
    CHANGED_FILE = "changed-file"
    REMOVED_FILE = "removed-file"
    REJECTED_FILE = "rejected-file"
    NEW_REVISION = "new-revision"
    NEW_TASK = "new-task"
    REMOVED_TASK = "removed-task"
    RULE = "changed-rule"
    CATALOG = "changed-catalog"


_OF_CATALOG = frozenset({Reason.UNKNOWN_MODEL, Reason.UNKNOWN_TASK, Reason.RETIRED_TASK})
"""Reasons for which a file is rejected although nothing is wrong with it."""


class RunChange(msgspec.Struct, frozen=True, kw_only=True):
    """A model's run on a task, some of whose scores changed, came or went."""

    model: str
    experiment: str
    """Id of the experiment; empty for an ordinary run."""
    task: str
    split: str
    subset: str
    """The split and subset with the largest change."""
    before: float | None
    after: float | None
    """The score there; None if there is none."""
    cells: int
    """How many of its scores changed, came or went."""
    cause: Cause
    file: str
    """The file that is read now; of a run that went, the one that was read."""

    @property
    def by(self) -> float:
        """How far the score moved; infinite if it came or went."""
        if self.before is None or self.after is None:
            return np.inf
        return abs(self.after - self.before)


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A model whose place on a board is another one."""

    model: str
    before: int | None
    after: int | None
    """Its rank; None if it is not there."""
    mean_before: float | None = None
    mean_after: float | None = None

    @property
    def is_own(self) -> bool:
        """Whether it came, went or has another mean: not moved by others alone."""
        return None in (self.before, self.after) or self.mean_before != self.mean_after


class BoardChange(msgspec.Struct, frozen=True, kw_only=True):
    """One board, before and after; each list has the best place first."""

    board: str
    came: tuple[Move, ...]
    went: tuple[Move, ...]
    rose: tuple[Move, ...]
    fell: tuple[Move, ...]
    rescored: tuple[Move, ...] = ()
    """Models with the same rank and another mean."""

    @property
    def total(self) -> int:
        """How many models have another place."""
        return len(self.came) + len(self.went) + len(self.rose) + len(self.fell)

    @property
    def moves(self) -> tuple[Move, ...]:
        """All of them."""
        return (*self.came, *self.went, *self.rose, *self.fell, *self.rescored)


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two snapshots, side by side."""

    models_came: tuple[str, ...]
    models_went: tuple[str, ...]
    boards_came: tuple[str, ...]
    boards_went: tuple[str, ...]
    boards_redefined: tuple[str, ...]
    """Boards whose tasks, splits or subsets are others."""
    boards: tuple[BoardChange, ...]
    """Boards that changed."""
    scores_added: int
    scores_gone: int
    scores_changed: int
    runs: tuple[RunChange, ...]
    """Largest change first; then what came and went, by name."""


def compare(old: Snapshot, new: Snapshot) -> Comparison:
    """Compare two snapshots. Raises CorruptSnapshotError if one cannot be read."""
    found = difference(old.table, new.table)
    before, after = standings(old.table, old.catalog), standings(new.table, new.catalog)
    was = {bench.name: bench.scopes for bench in old.catalog.benchmarks}
    now = {bench.name: bench.scopes for bench in new.catalog.benchmarks}
    return Comparison(
        models_came=found.models_added,
        models_went=found.models_gone,
        boards_came=tuple(sorted(after.keys() - before.keys())),
        boards_went=tuple(sorted(before.keys() - after.keys())),
        boards_redefined=tuple(sorted(n for n in was.keys() & now.keys() if was[n] != now[n])),
        boards=board_changes(before, after),
        scores_added=len(found.added),
        scores_gone=len(found.gone),
        scores_changed=found.changed,
        runs=run_changes(old, new, found),
    )


# --- boards ---------------------------------------------------------------------------------------


def board_changes(before: Standings, after: Standings) -> tuple[BoardChange, ...]:
    """The boards of two snapshots that are not the same; most moves first."""
    names = sorted(before.keys() | after.keys())
    found = [board_change(name, before.get(name, {}), after.get(name, {})) for name in names]
    changed = [one for one in found if one.total or one.rescored]
    return tuple(sorted(changed, key=lambda one: -one.total))


def board_change(
    name: str, before: Mapping[str, Standing], after: Mapping[str, Standing]
) -> BoardChange:
    """The difference between two states of a board."""
    moves = [_move(model, before.get(model), after.get(model)) for model in {**before, **after}]
    moves.sort(key=lambda one: (one.after or one.before or 0, one.model))
    stayed = [one for one in moves if one.before is not None and one.after is not None]
    return BoardChange(
        board=name,
        came=tuple(one for one in moves if one.before is None),
        went=tuple(one for one in moves if one.after is None),
        rose=tuple(one for one in stayed if (one.after or 0) < (one.before or 0)),
        fell=tuple(one for one in stayed if (one.after or 0) > (one.before or 0)),
        rescored=tuple(one for one in stayed if one.before == one.after and one.is_own),
    )


def _move(model: str, before: Standing | None, after: Standing | None) -> Move:
    return Move(
        model=model,
        before=before.rank if before else None,
        after=after.rank if after else None,
        mean_before=before.mean if before else None,
        mean_after=after.mean if after else None,
    )


# --- scores ---------------------------------------------------------------------------------------


class _Run(NamedTuple):
    """The rows of one run that are not the same."""

    old: list[int]
    """Rows of the old table: gone, or changed."""
    new: list[int]
    """Rows of the new table: added, or changed."""
    changed: list[tuple[float, int, int]]
    """How far a score moved, and its rows in both."""


def run_changes(old: Snapshot, new: Snapshot, found: TableDifference) -> tuple[RunChange, ...]:
    """Every run with a score that changed, came or went, with its cause."""
    runs = _runs(found)
    if not runs:
        return ()
    causes = Causes(old, new)
    made = [_run_change(key, run, found, causes) for key, run in runs.items()]
    return tuple(
        sorted(made, key=lambda one: (-one.by if one.by < np.inf else 1, one.model, one.task,
                                      one.experiment))
    )  # fmt: skip


def _runs(found: TableDifference) -> dict[tuple[str, str, str], _Run]:
    runs: dict[tuple[str, str, str], _Run] = {}
    is_changed = np.flatnonzero(found.moved_by)
    before, after = found.before[is_changed], found.after[is_changed]
    by = found.moved_by[is_changed].tolist()
    old_keys, new_keys = _keys(found, before, old=True), _keys(found, found.added, old=False)
    for key, one, other, moved in zip(old_keys, before.tolist(), after.tolist(), by, strict=True):
        run = runs.setdefault(key, _Run([], [], []))
        run.old.append(one)
        run.new.append(other)
        run.changed.append((moved, one, other))
    for key, row in zip(new_keys, found.added.tolist(), strict=True):
        runs.setdefault(key, _Run([], [], [])).new.append(row)
    for key, row in zip(_keys(found, found.gone, old=True), found.gone.tolist(), strict=True):
        runs.setdefault(key, _Run([], [], [])).old.append(row)
    return runs


def _keys(found: TableDifference, rows: Rows, *, old: bool) -> Iterable[tuple[str, str, str]]:
    table = found.old if old else found.new
    variants, cells = table.variants, table.cells
    for variant, cell in zip(table.variant[rows].tolist(), table.cell[rows].tolist(), strict=True):
        one = variants[variant]
        yield one.model, one.experiment_id, cells[cell].task


def _run_change(
    key: tuple[str, str, str], run: _Run, found: TableDifference, causes: Causes
) -> RunChange:
    model, experiment, task = key
    before = after = None
    if run.changed:
        _, one, other = max(run.changed, key=lambda some: some[0])
        before, after = float(found.old.score[one]), float(found.new.score[other])
        cell = found.new.cells[found.new.cell[other]]
    elif run.new:
        after = float(found.new.score[run.new[0]])
        cell = found.new.cells[found.new.cell[run.new[0]]]
    else:
        before = float(found.old.score[run.old[0]])
        cell = found.old.cells[found.old.cell[run.old[0]]]
    was = causes.old_path(found, key, run.old)
    now = causes.new_path(found, key, run.new)
    return RunChange(
        model=model,
        experiment=experiment,
        task=task,
        split=cell.split,
        subset=cell.subset,
        before=before,
        after=after,
        cells=len(run.old) + len(run.new) - len(run.changed),
        cause=causes.of(model, task, was, now),
        file=now or was,
    )


class Causes:
    """Finds why a run is not the same, from the files of both snapshots."""

    def __init__(self, old: Snapshot, new: Snapshot) -> None:
        self._old, self._new = old, new
        self._paths = [_column(one, "files", "path") for one in (old, new)]
        self._revisions = [
            dict(zip(paths, _column(one, "files", "revision"), strict=True))
            for paths, one in zip(self._paths, (old, new), strict=True)
        ]
        self._rejects = [
            dict(zip(_column(one, "rejects", "path"), _column(one, "rejects", "reason"),
                     strict=True))
            for one in (old, new)
        ]  # fmt: skip
        self._files_of: list[dict[tuple[str, str, str], str] | None] = [None, None]

    def old_path(self, found: TableDifference, key: tuple[str, str, str], rows: list[int]) -> str:
        """The file of a run in the old snapshot; empty if it has none."""
        return self._path(0, found, key, rows)

    def new_path(self, found: TableDifference, key: tuple[str, str, str], rows: list[int]) -> str:
        """The file of a run in the new snapshot; empty if it has none."""
        return self._path(1, found, key, rows)

    def _path(
        self, side: int, found: TableDifference, key: tuple[str, str, str], rows: list[int]
    ) -> str:
        table = found.new if side else found.old
        if rows:
            return self._paths[side][int(table.file[rows[0]])]
        # Only some of its scores came or went: the others say which file it was.
        known = self._files_of[side]
        if known is None:
            first = table.rows_by_cell  # any order will do
            known = self._files_of[side] = dict(
                zip(_keys(found, first.astype(np.int64), old=not side),
                    (self._paths[side][n] for n in table.file[first].tolist()), strict=True)
            )  # fmt: skip
        return known.get(key, "")

    def of(self, model: str, task: str, was: str, now: str) -> Cause:
        """Why a run that was read from the file `was` is not the same in `now`."""
        if not was:
            return self._of_new(task, now)
        if not now:
            return self._of_gone(task, was)
        if was == now:
            return Cause.CATALOG if self._is_redefined(task) else Cause.CHANGED_FILE
        if now in self._rejects[0]:  # it was there before, and another one won
            return self._of_other_winner(model, was)
        if self._revisions[0].get(was) != self._revisions[1].get(now):
            return Cause.NEW_REVISION
        return Cause.NEW_FILE

    def _of_new(self, task: str, now: str) -> Cause:
        if task not in self._old.catalog.task_by_name:
            return Cause.NEW_TASK
        reason = self._rejects[0].get(now)
        if reason is None:
            return Cause.NEW_FILE
        return Cause.CATALOG if reason in _OF_CATALOG else Cause.CHANGED_FILE

    def _of_gone(self, task: str, was: str) -> Cause:
        if task not in self._new.catalog.task_by_name:
            return Cause.REMOVED_TASK
        reason = self._rejects[1].get(was)
        if reason is None:
            return Cause.REMOVED_FILE
        return Cause.CATALOG if reason in _OF_CATALOG else Cause.REJECTED_FILE

    def _of_other_winner(self, model: str, was: str) -> Cause:
        rules = {one.manifest.provenance.revisions for one in (self._old, self._new)}
        if len(rules) > 1:
            return Cause.RULE
        entries = [one.catalog.model_by_name.get(model) for one in (self._old, self._new)]
        if len({entry.revision if entry else None for entry in entries}) > 1:
            return Cause.CATALOG
        if was not in self._rejects[1]:
            return Cause.REMOVED_FILE
        return Cause.CHANGED_FILE

    def _is_redefined(self, task: str) -> bool:
        one, other = (some.catalog.task_by_name.get(task) for some in (self._old, self._new))
        return (
            one is not None
            and other is not None
            and (one.main_score, one.subsets) != (other.main_score, other.subsets)
        )


def _column(snapshot: Snapshot, table: str, name: str) -> list[str]:
    found: list[str] = snapshot.frame(table).select(name).collect()[name].to_list()
    return found
