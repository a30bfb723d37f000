"""Measure how often the explainer would explain what is false.

A decoy is a cell whose old number was replaced by one that nobody ever printed. Three kinds are
measured, since they ask different questions:

- *equal*: cells that are equal, so that any explanation of another number is false for certain;
- *differing, by number*: cells that differ, explained by numbers found in files alone;
- *differing, by any means*: the same, with the inference from a run's other cells. Where that run
  really is another one the inference holds for any number within its reach, so this rate says how
  much weight rests on it; it is shown and is no gate.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from frontrunner.checks.parity.explain import Candidate, explain
from frontrunner.checks.parity.verdicts import Cause, Cell

SMALLEST, LARGEST = 0.05, 10.0
"""Shifts are drawn between these, evenly on a logarithmic scale, up and down."""


class DecoyRate(msgspec.Struct, frozen=True):
    """How often false numbers were explained."""

    kind: str
    decoys: int
    explained: int
    by_cause: dict[str, int]

    @property
    def rate(self) -> float | None:
        """The share that was explained; None without decoys."""
        return self.explained / self.decoys if self.decoys else None


def false_number(old: float, step: float, chance: random.Random) -> float:
    """A number that the old board did not print, rounded as it printed."""
    size = math.exp(chance.uniform(math.log(SMALLEST), math.log(LARGEST)))
    return round((old + size * chance.choice((-1, 1))) / step) * step


def decoy_rate(
    kind: str,
    cells: Iterable[Cell],
    candidates: Callable[[Cell], Sequence[Candidate]],
    *,
    each: int,
    without: frozenset[Cause] = frozenset(),
) -> DecoyRate:
    """Explain `each` false numbers for every cell, never with the causes in `without`."""
    chance = random.Random(20250204)  # noqa: S311 -- the same decoys every time
    causes: Counter[str] = Counter()
    decoys = 0
    for cell in cells:
        known = [one for one in candidates(cell) if one.why.cause not in without]
        for _ in range(each):
            decoys += 1
            why = explain(false_number(cell.old, cell.step, chance), known)
            if why:
                causes[why.cause] += 1
    return DecoyRate(kind, decoys, causes.total(), dict(causes.most_common()))
