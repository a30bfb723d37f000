"""Waits of tests that end in time, so that a silent process fails its test and blocks no run."""

from __future__ import annotations

import os
import select
import subprocess
import threading
import time
from pathlib import Path


def next_line(process: subprocess.Popen[str], seconds: float = 60.0) -> str:
    """The next line of what a process prints: of its stdout, or its stderr if only that is read.

    A process that prints none in time is killed, so the line is then empty.
    """
    stream = process.stdout or process.stderr
    assert stream is not None
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        return stream.readline()
    finally:
        timer.cancel()


def is_running(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be fetched does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def is_gone(pid: int, seconds: float = 20.0) -> bool:
    """Whether a process ends in time: it may do so later than its parent."""
    until = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not is_running(pid)


def text_through(pipe: Path, seconds: float = 60.0) -> str:
    """What a process writes at once into a named pipe; empty if none does in time."""
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        ready, _, _ = select.select([reader], [], [], seconds)
        return os.read(reader, select.PIPE_BUF).decode() if ready else ""
    finally:
        os.close(reader)
