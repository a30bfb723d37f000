"""The facts of the catalog that ranking needs, laid out for arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from frontrunner.catalog import Catalog
from frontrunner.results.table import ScoreTable


@dataclass(frozen=True)
class Facts:
    """Types and visibility of tasks, and the training data of models."""

    task_type: Mapping[str, str]
    private_tasks: frozenset[str]
    seen_tasks: Mapping[str, frozenset[str] | None]
    """Model -> tasks it was trained on, including similar ones; None if unknown."""

    @classmethod
    def of(cls, catalog: Catalog) -> Facts:
        """The facts of `catalog`."""
        every = dict.fromkeys(model.seen_tasks for model in catalog.models)
        # Many models have seen the same tasks: their sets are one.
        sets = {tasks: None if tasks is None else frozenset(tasks) for tasks in every}
        return cls(
            task_type={task.name: task.type for task in catalog.tasks},
            private_tasks=frozenset(task.name for task in catalog.tasks if not task.public),
            seen_tasks={model.name: sets[model.seen_tasks] for model in catalog.models},
        )

    @cached_property
    def _task_number(self) -> Mapping[str, int]:
        return {name: number for number, name in enumerate(self.task_type)}

    @cached_property
    def _row_of_model(self) -> Mapping[str, int]:
        return {name: number for number, name in enumerate(self.seen_tasks)}

    @cached_property
    def _known(self) -> NDArray[np.bool_]:
        """[models] Whether a model's training data is known; one more row for unknown models."""
        return np.array([*(seen is not None for seen in self.seen_tasks.values()), False])

    @cached_property
    def _seen_bits(self) -> NDArray[np.uint8]:
        """[models, tasks / 8] Whether a model has seen a task, as bits; one more row for unknown
        models. As bytes they would be a tenth of the memory of a server with many models.
        """
        return _seen_bits(self.seen_tasks, self._task_number)

    def _rows(self, models: Sequence[str]) -> list[int]:
        unknown = len(self.seen_tasks)
        return [self._row_of_model.get(model, unknown) for model in models]

    def _seen(self, rows: NDArray[np.int64], tasks: Sequence[str]) -> NDArray[np.bool_]:
        columns = np.array([self._task_number[task] for task in tasks], dtype=np.int64)
        whole = self._seen_bits[rows[:, np.newaxis], columns >> 3]
        bit: NDArray[np.uint8] = np.uint8(128) >> (columns & 7).astype(np.uint8)
        seen: NDArray[np.bool_] = (whole & bit) != 0
        return seen

    def seen(self, models: Sequence[str], tasks: Sequence[str]) -> NDArray[np.bool_]:
        """[models, tasks] Whether a model has seen a task in training, as far as is known."""
        return self._seen(np.array(self._rows(models), dtype=np.int64), tasks)

    def zero_shot(self, models: Sequence[str], tasks: Sequence[str]) -> NDArray[np.int64]:
        """[models] Percentage of `tasks` that each model has not seen; -1 if unknown.

        Rounded down, as in mteb's `ModelMeta.zero_shot_percentage`.
        """
        return self._zero_shot(np.array(self._rows(models), dtype=np.int64), tasks)

    def zero_shot_of(
        self, table: ScoreTable, variants: NDArray[np.int64], tasks: Sequence[str]
    ) -> NDArray[np.int64]:
        """[variants] The same for variants of a table."""
        known = self._rows_of_table
        if not known or known[0][0] is not table:
            rows = np.array(self._rows([v.model for v in table.variants]), dtype=np.int64)
            known[:] = [(table, rows)]
        return self._zero_shot(known[0][1][variants], tasks)

    @cached_property
    def _rows_of_table(self) -> list[tuple[ScoreTable, NDArray[np.int64]]]:
        """The table that was asked about last, and the row of each of its variants."""
        return []

    def _zero_shot(self, rows: NDArray[np.int64], tasks: Sequence[str]) -> NDArray[np.int64]:
        if not tasks:
            return np.full(len(rows), -1, dtype=np.int64)
        share = np.count_nonzero(self._seen(rows, tasks), axis=1) / len(tasks)
        percent: NDArray[np.int64] = (100 - 100 * share).astype(np.int64)
        percent[~self._known[rows]] = -1
        return percent


def _seen_bits(
    seen_tasks: Mapping[str, frozenset[str] | None], number: Mapping[str, int]
) -> NDArray[np.uint8]:
    """[models + 1, tasks / 8] Whether a model has seen a task; the last row is of the unknown."""
    bits = np.zeros((len(seen_tasks) + 1, -(-len(number) // 8)), dtype=np.uint8)
    for row, seen in enumerate(seen_tasks.values()):
        own = np.zeros(len(number), dtype=bool)
        own[[number[task] for task in seen or () if task in number]] = True
        bits[row] = np.packbits(own)
    return bits
