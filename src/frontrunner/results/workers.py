"""Processes that help: as many as asked for, and none that outlives the one it helps."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

_ORPHANED = 1
_Result = TypeVar("_Result")


@contextmanager
def helpers(
    count: int, begin: Callable[..., None] | None = None, *given: Any
) -> Iterator[Executor]:
    """A pool of fresh processes, each of which calls `begin` with what is given to it.

    Ctrl-C reaches this process alone; the helpers are then stopped at once. If the block ends by
    another exception, work that has not begun is dropped.
    """
    pool = _Pool(count, get_context("spawn"), _start, (begin, given))
    try:
        yield pool
    except KeyboardInterrupt:
        pool.stop()
        raise
    except BaseException:
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()


class _Pool(ProcessPoolExecutor):
    """Starts its processes with Ctrl-C blocked, so that none of them prints a traceback."""

    def __init__(self, *how: Any) -> None:
        super().__init__(*how)
        self._own: set[BaseProcess] = set()

    def submit(
        self, function: Callable[..., _Result], /, *args: Any, **named: Any
    ) -> Future[_Result]:
        """Start the processes that are missing, and give one of them work."""
        others = set(active_children()) - self._own
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            return super().submit(function, *args, **named)
        finally:
            self._own |= set(active_children()) - others
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def stop(self) -> None:
        """End the processes without waiting for their work."""
        for process in self._own:
            process.terminate()
        self.shutdown(cancel_futures=True)


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
