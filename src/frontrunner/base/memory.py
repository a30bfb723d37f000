"""Give memory back to the system that the C library keeps after it was freed."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache

_ALL = 0


def return_freed_memory() -> bool:
    """Return what is free; whether the C library can. Call it after work on large buffers.

    glibc keeps the holes that large buffers leave between small ones: preparing answers grew a
    process from 90 to 700 MB, of which it used 90.
    """
    trim = _trimmer()
    if trim is None:
        return False
    trim(_ALL)
    return True


@cache
def _trimmer() -> Callable[[int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    return getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
