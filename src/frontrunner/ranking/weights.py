"""How much each task and each type of task counts.

A task counts as often as its own weight times that of its type says. Weights are exact: they are
scaled to the smallest whole numbers of the same proportions, so that equal weights are no weights,
and the same weights times ten are the same question to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_ONE = Fraction(1)


@dataclass(frozen=True)
class Weights:
    """Weights by name; what has none weighs 1."""

    tasks: Mapping[str, Fraction] = field(default_factory=dict)
    types: Mapping[str, Fraction] = field(default_factory=dict)

    def of_task(self, task: str, kind: str) -> Fraction:
        """How much a task of a type counts; 0 leaves it out."""
        return self.tasks.get(task, _ONE) * self.types.get(kind, _ONE)

    def over_tasks(self, tasks: Iterable[str], kinds: Mapping[str, str]) -> Floats:
        """[tasks] Whole numbers: how much each counts among all; `kinds` has the type of each."""
        return proportions([self.of_task(task, kinds[task]) for task in tasks])

    def within_type(self, tasks: Iterable[str]) -> Floats:
        """[tasks] Whole numbers: how much each counts among those of its type."""
        return proportions([self.tasks.get(task, _ONE) for task in tasks])

    def over_types(self, kinds: Iterable[str]) -> Floats:
        """[types] Whole numbers: how much the mean of each type counts."""
        return proportions([self.types.get(kind, _ONE) for kind in kinds])


def proportions(weights: Sequence[Fraction]) -> Floats:
    """The smallest whole numbers with the same proportions."""
    common = math.lcm(*(one.denominator for one in weights))
    whole = [int(one * common) for one in weights]
    shared = math.gcd(*whole) or 1
    return np.array([one // shared for one in whole], dtype=np.float64)
