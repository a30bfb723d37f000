"""What ranking must know of the catalog, laid out for arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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

    def zero_shot(self, models: Sequence[str], tasks: Sequence[str]) -> NDArray[np.int64]:
        """[models] Percentage of `tasks` that each model has not seen; -1 where not known.

        Rounded down, as in mteb's `ModelMeta.zero_shot_percentage`.
        """
        names = frozenset(tasks)
        return np.array([self._zero_shot(model, names) for model in models], dtype=np.int64)

    def _zero_shot(self, model: str, tasks: frozenset[str]) -> int:
        seen = self.seen_tasks.get(model)
        if seen is None or not tasks:
            return -1
        return int(100 - 100 * (len(seen & tasks) / len(tasks)))
