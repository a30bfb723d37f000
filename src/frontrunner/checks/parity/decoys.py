"""Measure how often the explainer would explain what is false.

A decoy is a cell whose old number was replaced by one that the old board never printed. If the old
board's file of imported results has the old number, it gets the false one as well, because a
mistake there would be in both. Two kinds are measured:

- *equal*: cells that are equal, so any explanation of another number is false for certain;
- *differing*: cells that differ, which have more numbers to be explained with.

Inferences do not explain. The false numbers within their reach are counted apart: that count shows
how little an inference proves.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from frontrunner.checks.parity.compared import Cause, ComparedCell
from frontrunner.checks.parity.explain import Candidate, explain

SMALLEST, LARGEST = 0.05, 10.0
"""Shifts are drawn between these, evenly on a logarithmic scale, up and down."""


class DecoyRate(msgspec.Struct, frozen=True):
    """How often false numbers were explained."""

    kind: str
    decoys: int
    explained: int
    inferred: int
    """Not explained, but within reach of an inference."""
    by_cause: dict[str, int]

    @property
    def rate(self) -> float | None:
        """The share that was explained; None without decoys."""
        return self.explained / self.decoys if self.decoys else None

    @property
    def inferred_rate(self) -> float | None:
        """The share that only an inference reached; None without decoys."""
        return self.inferred / self.decoys if self.decoys else None


def false_number(old: float, step: float, chance: random.Random) -> float:
    """A number that the old board did not print, rounded as it printed."""
    size = math.exp(chance.uniform(math.log(SMALLEST), math.log(LARGEST)))
    return round((old + size * chance.choice((-1, 1))) / step) * step


def decoy_rate(
    kind: str,
    cells: Iterable[ComparedCell],
    candidates: Callable[[ComparedCell], Sequence[Candidate]],
    *,
    each: int,
) -> DecoyRate:
    """Explain `each` false numbers for every cell."""
    chance = random.Random(20250204)  # noqa: S311 -- the same decoys every time
    causes: Counter[tuple[str, bool]] = Counter()
    decoys = 0
    for cell in cells:
        known = candidates(cell)
        for _ in range(each):
            decoys += 1
            false = false_number(cell.old, cell.step, chance)
            why = explain(false, _with_import(known, cell.old, false))
            if why:
                causes[why.cause, why.explains] += 1
    explained = sum(count for (_, explains), count in causes.items() if explains)
    by_cause: Counter[str] = Counter()
    for (cause, _), count in causes.items():
        by_cause[cause] += count
    return DecoyRate(
        kind, decoys, explained, causes.total() - explained, dict(by_cause.most_common())
    )


def _with_import(known: Sequence[Candidate], old: float, false: float) -> Iterator[Candidate]:
    """The candidates, with the false number in the file of imported results as well."""
    for one in known:
        imported = one.why.cause is Cause.IMPORTED and one.meets(old)
        yield one._replace(value=false) if imported else one
