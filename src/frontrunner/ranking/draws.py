"""Tasks drawn again, with replacement: how often each task counts in each draw.

The draws depend on the number of tasks alone, so every board with as many tasks uses the same ones.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from frontrunner.ranking.gather import Floats

DRAWS = 1000
SEED = 20251126
FEWEST = 8
"""Fewer tasks than this say too little about other tasks: no band and no interval is given."""
LEVEL = 0.95
_Z = 1.959963984540054
"""The normal distribution's quantile for `LEVEL`, two-sided."""
_CACHED = 4


@lru_cache(_CACHED)
def draws(tasks: int) -> Floats:
    """[draws, tasks] How often each task counts; every draw has one task fewer than there are.

    A draw of n - 1 tasks makes the spread of a mean over the draws that of the usual unbiased
    estimate; draws of n tasks would be too narrow by the square root of (n - 1) / n.
    """
    # Only the raw bits of a bit generator are the same in all versions of NumPy.
    raw = np.random.PCG64(SEED).random_raw(DRAWS * (tasks - 1))
    drawn = ((raw >> np.uint64(32)) * np.uint64(tasks)) >> np.uint64(32)
    draw = np.repeat(np.arange(DRAWS), tasks - 1)
    place = draw * tasks + drawn.astype(np.int64)
    counts = np.bincount(place, minlength=DRAWS * tasks).reshape(DRAWS, tasks)
    weights: Floats = counts.astype(np.float64)
    weights.setflags(write=False)
    return weights


def student(tasks: int) -> float:
    """Student's quantile for `LEVEL` with `tasks` - 1 degrees of freedom, for 8 tasks or more.

    Abramowitz and Stegun, 26.7.5: within 0.0005 from 7 degrees of freedom on.
    """
    z, n = _Z, tasks - 1
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(sum(term / n**power for power, term in enumerate(terms)))
