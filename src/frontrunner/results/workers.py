"""Processes that help: as many as asked for, and none that outlives the one it helps."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar

from frontrunner.base.atomic import add_file, temporary_folder
from frontrunner.base.errors import HelpersError

_ORPHANED = 1
_Result = TypeVar("_Result")


@contextmanager
def helpers(
    count: int, begin: Callable[..., None] | None = None, *given: Any
) -> Iterator[Executor]:
    """A pool of fresh processes, each of which calls `begin` with what is given to it.

    Ctrl-C reaches this process alone; the helpers are then stopped at once. If the block ends by
    another exception, work that has not begun is dropped. Raises HelpersError if the system
    has no room for their locks.
    """
    with _kept(given) as file:
        pool = _new_pool(count, begin, file)
        done = False
        try:
            yield pool
            done = True
        except KeyboardInterrupt:
            pool.stop()
            raise
        finally:
            pool.shutdown(cancel_futures=not done)


@contextmanager
def _kept(given: tuple[Any, ...]) -> Iterator[Path | None]:
    """What processes are given, in a file. Through the pipe that they are started with, anything
    larger than its buffer would wait for ever for a process that died at its start.
    """
    if not given:
        yield None
        return
    with temporary_folder("helpers") as folder:
        add_file(folder / "given", pickle.dumps(given))
        yield folder / "given"


def give_way() -> None:
    """Let other processes go first, such as servers; for helpers whose work is not waited for."""
    if hasattr(os, "nice"):
        os.nice(10)


def _new_pool(count: int, begin: Callable[..., None] | None, given: Path | None) -> _Pool:
    try:
        return _Pool(count, get_context("spawn"), _start, (begin, given))
    except OSError as error:
        # The system's message names no file, and shared memory is small in many containers.
        raise HelpersError(
            f"Worker processes cannot be started: {error.strerror or error}. Their locks are kept "
            "in shared memory: free space in /dev/shm (for Docker, --shm-size) and allow writing "
            "there."
        ) from error


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back until the block ends; processes started in it never get it.

    A process that is interrupted while it starts would print a traceback of its own.
    """
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    held: list[int] = []
    is_main = threading.current_thread() is threading.main_thread()
    # Blocked here, the signal may still arrive through another thread of this process.
    before = (
        signal.signal(signal.SIGINT, lambda number, _: held.append(number)) if is_main else None
    )
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        if is_main:
            signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
    if held and callable(before):
        before(held[0], None)


class _Pool(ProcessPoolExecutor):
    """Starts its processes with Ctrl-C blocked, so that none of them prints a traceback."""

    def __init__(self, *how: Any) -> None:
        super().__init__(*how)
        self._own: set[BaseProcess] = set()

    def submit(
        self, function: Callable[..., _Result], /, *args: Any, **named: Any
    ) -> Future[_Result]:
        """Start the processes that are missing, and give one of them work."""
        with _uninterrupted():
            others = set(active_children()) - self._own
            future = super().submit(function, *args, **named)
            self._own |= set(active_children()) - others
        return future

    def stop(self) -> None:
        """End the processes without waiting for their work."""
        for process in self._own:
            process.terminate()
        self.shutdown(cancel_futures=True)


def _start(begin: Callable[..., None] | None, given: Path | None) -> None:
    # A helper waits for work on a pipe that it holds open itself, so it would wait for ever if the
    # process that it helps were killed.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        # Written by the process that started this one, into a private folder.
        begin(*(pickle.loads(given.read_bytes()) if given else ()))  # noqa: S301


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(_ORPHANED)
