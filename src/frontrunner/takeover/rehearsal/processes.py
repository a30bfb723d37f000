"""The processes of a rehearsal: started, ended, killed, and found again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from frontrunner.base.errors import NetworkError, TakeoverError
from frontrunner.http.listening import listen
from frontrunner.net.client import Limits, get

STARTING = 120.0
"""Seconds for a process to answer for the first time."""
_ENDING = 40.0
_LOOK_AGAIN = 0.05
_LIMITS = Limits(seconds=10.0, size=16 * 1024 * 1024, private=True)
_LAST_WORDS = 1500


class Running:
    """One process of a rehearsal; what it says goes to a log."""

    def __init__(
        self, name: str, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None
    ) -> None:
        self.name, self.log = name, log
        self._command, self._env = list(command), dict(env or {})
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    def start(self) -> None:
        """Start it, if it does not run. Raises TakeoverError if the system refuses."""
        if self.is_alive():
            return
        try:
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE if self.name == "saboteur" else log,
                    stderr=log,
                    env=os.environ | self._env,
                    start_new_session=True,
                )
        except OSError as error:
            raise TakeoverError(f"{self._command[0]} cannot be started: {error}") from error
        self.starts += 1

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if it runs."""
        if self.process is not None and self.is_alive():
            self.process.send_signal(number)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self.send(signal.SIGKILL)
        self._reap()

    def stop(self) -> None:
        """Ask it to end, and end it if it does not."""
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        if self.process is not None:
            try:
                self.process.wait(_ENDING)
            except subprocess.TimeoutExpired:
                self.kill()
        self._reap()

    def _reap(self) -> None:
        if self.process is None:
            return
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def order(self, line: str) -> None:
        """Write a line to its input and wait for the same line. Raises TakeoverError without."""
        process = self.process
        if process is None or process.stdin is None or process.stdout is None:
            raise TakeoverError(f"{self.name} does not run.")
        process.stdin.write(f"{line}\n".encode())
        process.stdin.flush()
        answer = process.stdout.readline().decode().strip()
        if answer != line:
            raise TakeoverError(f"{self.name} did not take the order {line!r}: {self.last_words()}")

    def last_words(self) -> str:
        """The end of its log."""
        try:
            return self.log.read_text("utf-8", "replace")[-_LAST_WORDS:].strip() or "no message"
        except OSError:
            return "no log"


def wait_for(what: str, holds: Callable[[], bool], seconds: float, said: Callable[[], str]) -> None:
    """Wait until something holds. Raises TakeoverError, with what was said, if it does not."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise TakeoverError(f"After {seconds:.0f} s {what}. {said()}")
        time.sleep(_LOOK_AGAIN)


def wait_until_answers(url: str, running: Running, seconds: float = STARTING) -> None:
    """Wait until a board answers. Raises TakeoverError if it ends, or takes too long."""

    def answers() -> bool:
        if not running.is_alive():
            raise TakeoverError(f"{running.name} ended at once: {running.last_words()}")
        return fetched(url) is not None

    wait_for(f"{running.name} does not answer at {url}", answers, seconds, running.last_words)


def fetched(url: str, accept: str = "*/*") -> bytes | None:
    """The body of an answer with status 200; None without one."""
    try:
        answer = get(url, _LIMITS, {"accept": accept})
    except NetworkError:
        return None
    return answer.body if answer.status == 200 else None


def free_ports(how_many: int) -> list[int]:
    """Ports of 127.0.0.1 that nothing listens on now. Raises UsageError if there are none."""
    opened = [one for _ in range(how_many) for group in listen("127.0.0.1", 0) for one in group]
    ports = [one.getsockname()[1] for one in opened]
    for one in opened:
        one.close()
    return ports


def processes_with(*words: str) -> list[int]:
    """Numbers of the processes whose command line has all these words. Linux; else empty."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if all(word.encode() in command for word in words):
            found.append(int(folder.name))
    return found


def frontrunner(*words: str) -> list[str]:
    """The command line of `frontrunner` in this environment."""
    return [sys.executable, "-m", "frontrunner", *words]
