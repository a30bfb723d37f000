"""How much memory it takes to make something."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import TypeVar

_Made = TypeVar("_Made")


def least_memory(make: Callable[[], _Made]) -> tuple[_Made, int, int]:
    """What is made, its bytes and the peak of bytes, of the leanest of three tries.

    All threads of the process are counted, and those of other tests may be at work.
    """
    found = []
    for _ in range(3):
        tracemalloc.start()
        try:
            made = make()
            found.append((made, *tracemalloc.get_traced_memory()))
        finally:
            tracemalloc.stop()
    return min(found, key=lambda one: one[2])
