"""Small tools for columns of numbers that name entries of a list.

`numpy.unique` sorts; numbers below a known size need no sorting.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

_Value = TypeVar("_Value")


def occurring(
    numbers: NDArray[np.integer[Any]], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers below `size` that occur, sorted, and each number's place among them."""
    used = np.zeros(size, dtype=bool)
    used[numbers] = True
    place = np.cumsum(used) - 1
    return np.flatnonzero(used), place[numbers]


def picked(values: Sequence[_Value], numbers: NDArray[np.integer[Any]]) -> list[_Value]:
    """The entries of a list that `numbers` name."""
    held = np.empty(len(values), dtype=object)
    held[:] = values
    found: list[_Value] = held[numbers].tolist()
    return found
