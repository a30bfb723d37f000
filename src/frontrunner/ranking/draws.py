"""Tasks drawn again, with replacement: how often each task counts in each draw.

The draws depend on the number of tasks alone, so every board with as many tasks uses the same ones.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from frontrunner.ranking.gather import Floats

DRAWS = 1000
SEED = 20251126
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
