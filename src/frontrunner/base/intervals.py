"""Intervals of a mean over few numbers. Plain Python: pages use it without NumPy."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

FEWEST = 8
"""Fewer tasks than this say too little about other tasks: no band and no interval is given."""
LEVEL = 0.95
_Z = 1.959963984540054
"""The normal distribution's quantile for `LEVEL`, two-sided."""


class Interval(NamedTuple):
    """Where a mean lies, with the certainty of `LEVEL`."""

    low: float
    high: float


def student(count: int) -> float:
    """Student's quantile for `LEVEL` with `count` - 1 degrees of freedom, for 8 numbers or more.

    Abramowitz and Stegun, 26.7.5: within 0.0005 from 7 degrees of freedom on.
    """
    z, n = _Z, count - 1
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(sum(term / n**power for power, term in enumerate(terms)))


def interval(numbers: Sequence[float]) -> Interval | None:
    """The interval of the mean of `numbers`; None if they are fewer than `FEWEST`."""
    if len(numbers) < FEWEST:
        return None
    mean = statistics.fmean(numbers)
    reach = student(len(numbers)) * statistics.stdev(numbers) / math.sqrt(len(numbers))
    return Interval(mean - reach, mean + reach)
