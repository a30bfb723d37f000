"""What ranking must know of the catalog, laid out for arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from frontrunner.catalog import Catalog


@dataclass(frozen=True)
class Facts:
    """Types and publicness of tasks, and what each model has seen in training."""

    task_type: Mapping[str, str]
    private_tasks: frozenset[str]
    seen_tasks: Mapping[str, frozenset[str] | None]
    """Model -> tasks it was trained on, similar ones included; None where that is not known."""

    @classmethod
    def of(cls, catalog: Catalog) -> Facts:
        """The facts of `catalog`."""
        return cls(
            task_type={task.name: task.type for task in catalog.tasks},
            private_tasks=frozenset(task.name for task in catalog.tasks if not task.public),
            seen_tasks={
                model.name: None if model.seen_tasks is None else frozenset(model.seen_tasks)
                for model in catalog.models
            },
        )

    @cached_property
    def _task_number(self) -> Mapping[str, int]:
        return {name: number for number, name in enumerate(self.task_type)}

    @cached_property
    def _seen_matrix(self) -> tuple[Mapping[str, int], NDArray[np.bool_]]:
        """[models, tasks] Whether a model has seen a task; one row more, for models unknown."""
        rows = {name: number for number, name in enumerate(self.seen_tasks)}
        matrix = np.zeros((len(rows) + 1, len(self._task_number)), dtype=bool)
        for name, seen in self.seen_tasks.items():
            known = [self._task_number[task] for task in seen or () if task in self._task_number]
            matrix[rows[name], known] = True
        return rows, matrix

    def seen(self, models: Sequence[str], tasks: Sequence[str]) -> NDArray[np.bool_]:
        """[models, tasks] Whether a model has seen a task in training, as far as is known."""
        rows, matrix = self._seen_matrix
        picked = [rows.get(model, len(rows)) for model in models]
        columns = [self._task_number[task] for task in tasks]
        return matrix[np.ix_(picked, columns)]

    def zero_shot(self, models: Sequence[str], tasks: Sequence[str]) -> NDArray[np.int64]:
        """[models] Percentage of `tasks` that each model has not seen; -1 where not known.

        Rounded down, as in mteb's `ModelMeta.zero_shot_percentage`.
        """
        if not tasks:
            return np.full(len(models), -1, dtype=np.int64)
        share = self.seen(models, tasks).sum(axis=1) / len(tasks)
        percent: NDArray[np.int64] = (100 - 100 * share).astype(np.int64)
        percent[[self.seen_tasks.get(model) is None for model in models]] = -1
        return percent
