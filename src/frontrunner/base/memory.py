"""Give memory back to the system that the C library keeps after it was freed."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Mapping
from functools import cache

_ALL = 0
_ARENAS, _MAPPED_FROM, _TAKEN_AT_ONCE, _KEPT_AT_TOP = -8, -3, -2, -1
"""M_ARENA_MAX, M_MMAP_THRESHOLD, M_TOP_PAD and M_TRIM_THRESHOLD of glibc's malloc.h."""


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


def keep_little_freed() -> bool:
    """Keep little of what is freed from now on; whether the C library can. For processes that
    serve for weeks: call it before threads start.

    glibc gives each thread an arena of its own, and keeps buffers of up to 32 MB in them: a server
    of ten times the public results kept 100 MB. Buffers of more than 2 MB, which are those of large
    boards, now come from the system and go back to it; smaller ones are as quick as before.
    """
    return _choose({_ARENAS: 1, _MAPPED_FROM: 2 << 20, _KEPT_AT_TOP: 4 << 20})


def keep_what_is_freed() -> bool:
    """Keep what is freed for the next buffer of any thread, until `return_freed_memory`.

    Whether the C library can. For work on many buffers of a few MB; call it before threads start.

    Fresh memory is filled with zeros by the system, page by page: to rank all boards took a quarter
    longer.
    """
    large = {_MAPPED_FROM: 32 << 20, _TAKEN_AT_ONCE: 16 << 20, _KEPT_AT_TOP: 1 << 30}
    return _choose({_ARENAS: 1} | large)


def _choose(options: Mapping[int, int]) -> bool:
    choose = _chooser()
    if choose is None:
        return False
    chosen = [choose(one, value) for one, value in options.items()]
    return all(chosen)


@cache
def _chooser() -> Callable[[int, int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    return getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none


@cache
def _trimmer() -> Callable[[int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    return getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
