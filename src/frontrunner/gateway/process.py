"""Envoy's process, which outlives the supervisor that started it.

Envoy asks the system to end it with its parent. So it is started by a process that ends at once,
and begins only then: its parent is the system's first process, which stays.
"""

from __future__ import annotations

import os
import select
import signal
import struct
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

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
os.dup2(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
os.execv(sys.argv[2], sys.argv[2:])
"""
_LOOK_AGAIN = 0.05
_REAPED = 0.3
"""Seconds for the system to collect a process that ended."""
_STARTED = 2.0
"""Seconds for a process to have become the program that it was started as."""
_GET_INFO = 0xC040FF0B
_HAS_EXIT = 1 << 3


class EnvoyProcess:
    """One Envoy, by its number; it need not be a child of this process."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._handle = _handle(pid)
        self._status: int | None = None

    @classmethod
    def start(cls, command: list[str], errors: Path) -> EnvoyProcess:
        """Start a program; the file `errors` gets what it prints to stderr.

        Raises GatewayError if it cannot be started.
        """
        try:
            run = subprocess.run(
                [sys.executable, "-c", _SHIM, str(errors), *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                check=True,
                timeout=30,
            )
            return cls(int(run.stdout))
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            raise GatewayError(f"{command[0]} cannot be started: {error}") from error

    @classmethod
    def adopt(cls, note: Path, word: str) -> EnvoyProcess | None:
        """The process that a file notes, if it lives and has `word` in its command line."""
        try:
            pid = int(note.read_text())
            process = cls(pid)
        except (OSError, ValueError):
            return None
        if process.is_alive() and process._has_word(word):
            return process
        process.close()
        return None

    def _has_word(self, word: str) -> bool:
        """Whether a word is in its command line, or the system does not show that."""
        file = Path(f"/proc/{self.pid}/cmdline")
        if not file.parent.parent.is_dir():
            return True
        line = b""
        until = time.monotonic() + _STARTED
        while not line and self.is_alive() and time.monotonic() < until:
            # It is empty while the process becomes another program, as Envoy does once.
            with suppress(OSError):
                line = file.read_bytes()
        return word.encode() in line

    def is_alive(self) -> bool:
        """Whether it runs."""
        with suppress(ChildProcessError):
            # It is a child of this process where this is the first process of a container.
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self._status = status
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

    def ending(self) -> str:
        """How it ended, such as `SIGSEGV` or `exit code 1`; empty if that is not known."""
        until = time.monotonic() + _REAPED
        while self._status is None and self._handle is not None and time.monotonic() < until:
            self._status = _status_of_zombie(self.pid)
            if self._status is None:
                self._status = _status_of_reaped(self._handle)
            time.sleep(0.01)
        if self._status is None:
            return ""
        code = os.waitstatus_to_exitcode(self._status)
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"

    def close(self) -> None:
        """Stop supervising it; the process keeps running."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def forget_memory(base_id: Path) -> None:
    """Remove the shared memory of the Envoys whose number is in the file `base_id`.

    Envoy keeps it, so that the next of a hot restart finds it. Those that still run have it open,
    and lose nothing.
    """
    with suppress(OSError, ValueError):
        number = int(base_id.read_text())
        Path(f"/dev/shm/envoy_shared_memory_{number * 10}").unlink(missing_ok=True)  # noqa: S108


def living_envoys(folder: Path) -> list[EnvoyProcess]:
    """The Envoys of a folder that live, oldest first, whether their supervisor does or not."""
    notes = [(_written(note), note) for note in folder.glob("envoy-*.pid")]
    found = [EnvoyProcess.adopt(note, str(folder)) for _, note in sorted(notes)]
    return [one for one in found if one is not None]


def has_earlier(folder: Path, serial: int) -> bool:
    """Whether an Envoy lives that was started before the one with this number, and so drains."""
    living = living_envoys(folder)
    for process in living:
        process.close()
    pids = [process.pid for process in living]
    try:
        return pids.index(int((folder / f"envoy-{serial}.pid").read_text())) > 0
    except (OSError, ValueError):
        return False  # it ended just now


def _written(note: Path) -> float:
    try:
        return note.stat().st_mtime
    except OSError:
        return 0.0  # its process has ended, and it was removed meanwhile


def _handle(pid: int) -> int | None:
    """What tells that a process ended, and is never mistaken for a later one of that number."""
    if not hasattr(os, "pidfd_open"):
        return None
    return os.pidfd_open(pid)


def _status_of_zombie(pid: int) -> int | None:
    """The wait status of a process that ended and that its parent has not collected yet."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    return int(words[-1]) if words and words[0] == "Z" else None


def _status_of_reaped(handle: int) -> int | None:
    """The wait status of a process that its parent collected; known to Linux 6.15 and later."""
    import fcntl  # noqa: PLC0415 -- POSIX alone

    info = bytearray(struct.pack("=Q", _HAS_EXIT).ljust(64, b"\0"))
    try:
        fcntl.ioctl(handle, _GET_INFO, info)
    except OSError:
        return None
    mask, status = struct.unpack_from("=Q", info)[0], struct.unpack_from("=i", info, 60)[0]
    return int(status) if mask & _HAS_EXIT else None
