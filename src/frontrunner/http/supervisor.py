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
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

log = logging.getLogger("frontrunner.server")
_AFTER_GRACE = 5
"""Seconds after the grace time until workers that have not stopped are killed."""
_SHORT_LIFE = 5.0
"""Seconds; a worker that dies sooner is not replaced at once."""
_PAUSE = 1.0
_STOPS = {signal.SIGTERM, signal.SIGINT}
_SIGNALS = {*_STOPS, signal.SIGALRM, signal.SIGCHLD}


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
        # Signals are taken one at a time where this process waits, never in between: a worker that
        # has just ended or just begun cannot be missed, nor its number be another process's.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        handler = signal.signal(signal.SIGCHLD, _keep_pending)
        try:
            for number in range(self._workers):
                self._start(number, watched, kept_open, before)
            while self._alive:
                self._take(signal.sigwait(_SIGNALS))
                for number, ended_soon in self._ended():
                    if ended_soon:
                        _pause()
                    if not signal.sigpending() & _STOPS:
                        self._start(number, watched, kept_open, before)
        finally:
            signal.alarm(0)
            while signal.sigpending() & _SIGNALS:
                signal.sigwait(_SIGNALS)
            signal.signal(signal.SIGCHLD, handler)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            os.close(watched)
            os.close(kept_open)

    def _start(
        self, number: int, watched: int, kept_open: int, mask: set[int | signal.Signals]
    ) -> None:
        pid = os.fork()
        if pid:
            self._alive[pid] = number, time.monotonic()
        else:
            self._be_worker(number, watched, kept_open, mask)

    def _be_worker(
        self, number: int, watched: int, kept_open: int, mask: set[int | signal.Signals]
    ) -> NoReturn:
        code = 1
        try:
            os.close(kept_open)
            for one in _SIGNALS:
                signal.signal(one, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            self._run(number, watched)
            code = 0
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else 1
        finally:
            if code and sys.exc_info()[0]:
                log.error("worker %d failed", number, exc_info=True)
            # Without the clean-up that belongs to the parent.
            logging.shutdown()
            os._exit(code)

    def _take(self, number: int) -> None:
        """Do what a signal asks for."""
        if number == signal.SIGALRM:
            self._send(signal.SIGKILL)
        elif number != signal.SIGCHLD:
            self._stopping = True
            signal.alarm(self._grace + _AFTER_GRACE)
            self._send(number)
            self._stop_listening()

    def _ended(self) -> Iterator[tuple[int, bool]]:
        """The workers to replace, and whether each lived a short time."""
        for pid in list(self._alive):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            number, began = self._alive.pop(pid)
            if not self._stopping:
                log.error("worker %d ended (%s) and is replaced", number, _how(status))
                yield number, time.monotonic() - began < _SHORT_LIFE

    def _send(self, number: int) -> None:
        for pid in self._alive:
            os.kill(pid, number)


def _keep_pending(_: int, __: FrameType | None) -> None:
    """Some systems drop a blocked SIGCHLD that has no handler."""


def _pause() -> None:
    """Wait a moment; no longer if the workers are to stop."""
    until = time.monotonic() + _PAUSE
    while time.monotonic() < until and not signal.sigpending() & _STOPS:
        time.sleep(_PAUSE / 20)


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}" if code < 0 else f"exit code {code}"
