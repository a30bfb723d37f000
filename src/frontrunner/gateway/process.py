"""Envoy's process, which outlives the supervisor that started it.

Envoy asks the system to end it with its parent. So it is started by a process that ends at once,
and begins only then: its parent is the system's first process, which stays.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from frontrunner.base.atomic import write_file
from frontrunner.base.errors import GatewayError

_SHIM = """
import os, sys, time
starter = os.getpid()
child = os.fork()
if child:
    print(child, flush=True)
    os._exit(0)
while os.getppid() == starter:
    time.sleep(0.001)
os.setsid()
os.dup2(os.open(os.devnull, os.O_RDWR), 1)
os.execv(sys.argv[1], sys.argv[1:])
"""
_LOOK_AGAIN = 0.05


class EnvoyProcess:
    """One Envoy, by its number; it need not be a child of this process."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._handle = _handle(pid)

    @classmethod
    def start(cls, command: list[str], note: Path) -> EnvoyProcess:
        """Start a program and note its number in a file. Raises GatewayError if it cannot be."""
        try:
            run = subprocess.run(
                [sys.executable, "-c", _SHIM, *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                check=True,
                timeout=30,
            )
            process = cls(int(run.stdout))
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            raise GatewayError(f"{command[0]} cannot be started: {error}") from error
        write_file(note, str(process.pid).encode())
        return process

    @classmethod
    def adopt(cls, note: Path, word: str) -> EnvoyProcess | None:
        """The process that a file notes, if it lives and has `word` in its command line."""
        try:
            pid = int(note.read_text())
            words = Path(f"/proc/{pid}/cmdline")
            if words.parent.parent.is_dir() and word.encode() not in words.read_bytes():
                return None
            process = cls(pid)
        except (OSError, ValueError):
            return None
        return process if process.is_alive() else None

    def is_alive(self) -> bool:
        """Whether it runs."""
        with suppress(ChildProcessError):
            # It is a child of this process where this is the first process of a container.
            os.waitpid(self.pid, os.WNOHANG)
        if self._handle is not None:
            return not select.select([self._handle], [], [], 0)[0]
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if it still runs."""
        if self.is_alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within some seconds."""
        until = time.monotonic() + seconds
        while self.is_alive():
            if time.monotonic() > until:
                return False
            time.sleep(_LOOK_AGAIN)
        return True

    def close(self) -> None:
        """Let go of it; it goes on."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _handle(pid: int) -> int | None:
    """What tells that a process ended, and is never mistaken for a later one of that number."""
    if not hasattr(os, "pidfd_open"):
        return None
    return os.pidfd_open(pid)
