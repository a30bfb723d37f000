"""How much memory it takes to make something."""

from __future__ import annotations

import multiprocessing
import tracemalloc
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection

_LONGEST = 300.0
"""Seconds that making it may take under `tracemalloc`, on a busy machine."""


def memory_of(make: Callable[[], object]) -> tuple[int, int]:
    """Bytes that are kept of what is made, and the peak of bytes while it is made.

    Measured in a copy of this process that has this thread alone: servers and updates of other
    tests may run in further ones, and would be counted too.
    """
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(make, sending))
    with warnings.catch_warnings():
        # What is made needs no lock that another thread could have held at that moment.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    sending.close()
    if not receiving.poll(_LONGEST):
        process.kill()
        raise TimeoutError(f"Nothing was made within {_LONGEST:.0f} s.")
    kept, peak = receiving.recv()
    process.join()
    return kept, peak


def _measure(make: Callable[[], object], sending: Connection) -> None:
    tracemalloc.start()
    made = make()
    sending.send(tracemalloc.get_traced_memory())
    del made
