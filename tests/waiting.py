"""Waits of tests that end in time, so that a silent process fails its test and blocks no run."""

from __future__ import annotations

import subprocess
import threading


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
