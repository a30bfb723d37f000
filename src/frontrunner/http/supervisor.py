"""Several server processes under one that starts them, replaces those that die, and stops them.

The parent does nothing but wait, so a fork of it is cheap and safe: it has no threads and no event
loop. Children end when it dies, because the pipe that they watch is closed then.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

log = logging.getLogger("frontrunner.server")
_AFTER_GRACE = 5
"""Seconds after the grace time until workers that have not stopped are killed."""
_SHORT_LIFE = 5.0
"""Seconds; a worker that dies sooner is not replaced at once."""
_PAUSE = 1.0


class Supervisor:
    """Keeps one process running for each worker."""

    def __init__(
        self, workers: int, run: Callable[[int, int], None], stop: Callable[[], None], grace: int
    ) -> None:
        """`run` is the work of a worker, given its number and a pipe that closes with the parent.

        `stop` is called in the parent when the workers are told to stop. `grace` is in seconds.
        """
        self._run = run
        self._stop_listening = stop
        self._workers = workers
        self._grace = grace
        self._alive: dict[int, tuple[int, float]] = {}
        """Process id -> number of the worker, and when it began."""
        self._stopping = False

    def run(self) -> None:
        """Run until SIGTERM or SIGINT; workers then finish their requests in progress."""
        watched, kept_open = os.pipe()
        handlers = {one: signal.signal(one, self._stop) for one in (signal.SIGTERM, signal.SIGINT)}
        handlers[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._kill)
        try:
            for number in range(self._workers):
                self._start(number, watched, kept_open)
            while self._alive:
                self._wait(watched, kept_open)
        finally:
            signal.alarm(0)
            for one, handler in handlers.items():
                signal.signal(one, handler)
            os.close(watched)
            os.close(kept_open)

    def _start(self, number: int, watched: int, kept_open: int) -> None:
        stops = {signal.SIGTERM, signal.SIGINT}
        # A signal between the fork and its entry below would miss the new worker.
        signal.pthread_sigmask(signal.SIG_BLOCK, stops)
        pid = os.fork()
        if pid:
            self._alive[pid] = number, time.monotonic()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, stops)
            return
        self._be_worker(number, watched, kept_open, stops)

    def _be_worker(
        self, number: int, watched: int, kept_open: int, stops: set[signal.Signals]
    ) -> NoReturn:
        code = 1
        try:
            os.close(kept_open)
            for one in (*stops, signal.SIGALRM):
                signal.signal(one, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, stops)
            self._run(number, watched)
            code = 0
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else 1
        finally:
            if code and sys.exc_info()[0]:
                traceback.print_exc()
            # Without the clean-up that belongs to the parent.
            logging.shutdown()
            os._exit(code)

    def _wait(self, watched: int, kept_open: int) -> None:
        pid, status = os.waitpid(-1, 0)
        number, began = self._alive.pop(pid, (-1, 0.0))
        if number < 0 or self._stopping:
            return
        log.error("worker %d ended (%s) and is replaced", number, _how(status))
        if time.monotonic() - began < _SHORT_LIFE:
            time.sleep(_PAUSE)
        if not self._stopping:
            self._start(number, watched, kept_open)

    def _stop(self, number: int, _: FrameType | None) -> None:
        self._stopping = True
        signal.alarm(self._grace + _AFTER_GRACE)
        self._send(number)
        self._stop_listening()

    def _kill(self, _: int, __: FrameType | None) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        for pid in self._alive:
            os.kill(pid, number)


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}" if code < 0 else f"exit code {code}"
