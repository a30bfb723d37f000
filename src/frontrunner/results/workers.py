"""Processes that help: as many as asked for, and none that outlives the one it helps."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from typing import Any

_ORPHANED = 1


def helpers(
    count: int, begin: Callable[..., None] | None = None, *given: Any
) -> ProcessPoolExecutor:
    """A pool of fresh processes, each of which calls `begin` with what is given to it."""
    return ProcessPoolExecutor(count, get_context("spawn"), _start, (begin, given))


def _start(begin: Callable[..., None] | None, given: tuple[Any, ...]) -> None:
    # A helper waits for work on a pipe that it holds open itself, so it would wait for ever if the
    # process that it helps were killed.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        begin(*given)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(_ORPHANED)
