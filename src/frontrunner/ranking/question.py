"""What to rank, and by which policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from frontrunner.catalog import Aggregation, Benchmark, CustomGrouping, Scope
from frontrunner.ranking.weights import Weights


class Policy(StrEnum):
    """How means treat missing tasks."""

    STRICT = "strict"
    """A mean needs every task; a model that misses one has no mean. The default of mteb."""
    LENIENT = "lenient"
    """A mean is taken over the tasks that a model has; its coverage says how many."""
    SHOWN_LENIENT = "shown-lenient"
    """Rows are ordered and ranked by strict means, and the means that are shown are lenient.

    The rule of mteb's service for boards narrowed to languages. The means over tasks, over types
    and of each type are taken over all tasks that are shown, those that do not count included;
    means of groups and of public and private tasks stay strict.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which scores to rank, which means to take, and how to order the rows."""

    scopes: tuple[Scope, ...]
    languages: frozenset[str] | None = None
    """Codes; only subsets in one of them count. None means all."""
    aggregations: frozenset[Aggregation] = frozenset(
        {Aggregation.MEAN_TASK, Aggregation.MEAN_TASK_TYPE, Aggregation.TASK_TYPES}
    )
    groupings: tuple[CustomGrouping, ...] = ()
    sort_by: tuple[str, ...] = ()
    """Means that order and number the rows; empty means by Borda rank."""
    public_only: bool = False
    """Private tasks are shown but do not count."""
    policy: Policy = Policy.STRICT
    models: frozenset[str] | None = None
    """Only these models take part, as if no others existed. None means all."""

    files: NDArray[np.bool_] | None = field(default=None, compare=False)
    """[files] Only the scores of these files take part. None means all."""

    weights: Weights | None = None
    """How much tasks and types count; None means all alike. Set by `weigh`."""

    def weigh(self, weights: Weights, kinds: Mapping[str, str]) -> Question:
        """The same question with weights: tasks that weigh nothing are left out of it.

        `kinds` has the type of each task. Groups of tasks have no weights, so they are left out.
        """
        kept = (one for one in self.scopes if weights.of_task(one.task, kinds[one.task]))
        return replace(self, scopes=tuple(kept), groupings=(), weights=weights)

    def only_files(self, files: NDArray[np.bool_]) -> Question:
        """The same question of the scores of some files."""
        return replace(self, files=files)

    @classmethod
    def of(
        cls,
        benchmark: Benchmark,
        languages: Iterable[str] | None = None,
        policy: Policy = Policy.STRICT,
    ) -> Question:
        """The question that a benchmark asks, perhaps narrowed to languages (codes)."""
        return cls(
            scopes=benchmark.scopes,
            languages=None if languages is None else frozenset(languages),
            aggregations=frozenset(benchmark.aggregations),
            groupings=benchmark.groupings,
            sort_by=benchmark.sort_by,
            public_only=benchmark.public_only,
            policy=policy,
        )
