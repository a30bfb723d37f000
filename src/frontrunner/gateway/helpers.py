"""The processes next to Envoy: companion and comparer. Users reach the boards without them."""

from __future__ import annotations

import logging
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from frontrunner.base.atomic import write_file
from frontrunner.gateway.process import EnvoyProcess

log = logging.getLogger("frontrunner.gateway")
_AGAIN = 1.0
"""Seconds before one that ended is started again."""
_ENDING = 5.0


class Helpers:
    """Starts some programs, starts one again that ended, and ends them all."""

    def __init__(self, commands: Mapping[str, tuple[str, ...]], folder: Path) -> None:
        """`commands` by name; `folder` keeps the numbers of their processes."""
        self._commands = commands
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._started: dict[str, float] = {}

    def keep(self) -> None:
        """Start those that do not run. Raises OSError if one cannot be started."""
        for name, command in self._commands.items():
            process = self._running.get(name)
            if process is not None and process.poll() is None:
                continue
            if time.monotonic() - self._started.get(name, -9.0) < _AGAIN:
                continue
            if process is None:
                self._end_earlier(name)
            else:
                log.error("%s ended with %s and is restarted", name, process.returncode)
            self._started[name] = time.monotonic()
            self._running[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, start_new_session=True
            )
            write_file(self._note(name), str(self._running[name].pid).encode(), follow=False)

    def end(self) -> None:
        """End them all."""
        for process in self._running.values():
            process.terminate()
        for name, process in self._running.items():
            try:
                process.wait(_ENDING)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self._note(name).unlink(missing_ok=True)
        self._running.clear()

    def _end_earlier(self, name: str) -> None:
        """End the one of a supervisor that was killed: nothing reaches it any more."""
        words = "\0".join(self._commands[name][1:])
        earlier = EnvoyProcess.adopt(self._note(name), words)
        if earlier is not None:
            earlier.send(signal.SIGTERM)
            earlier.close()

    def _note(self, name: str) -> Path:
        return self._folder / f"{name}.pid"
