"""What this session of tests started ends with it, however it ends.

Envoy outlives who started it, so a test that fails half way could leave one running. Every process
that the tests start has a mark in its environment. At the end of the session no Envoy with the mark
may be left; if the session itself is killed, a process beside it ends all that have the mark.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MARK = "TESTS_OF_FRONTRUNNER"
_WATCH = """
import os, sys, time
sys.stdin.read()
quiet = 0
while quiet < 5:
    found = False
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            try:
                with open(f"/proc/{entry}/environ", "rb") as file:
                    if sys.argv[1].encode() in file.read().split(b"\\0"):
                        os.kill(int(entry), 9)
                        found = True
            except OSError:
                pass
    quiet = 0 if found else quiet + 1
    time.sleep(0.1)
"""


def marked(mark: str) -> list[int]:
    """The processes that have a mark, wherever they are and whoever their parent is."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark.encode() in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return found


@contextmanager
def nothing_left() -> Iterator[str]:
    """Mark what is started in the block. Fails if an Envoy is left at the end, and ends it."""
    before = os.environ.get(MARK)
    mark = f"{MARK}={secrets.token_hex(8)}"
    watch = subprocess.Popen(
        [sys.executable, "-S", "-c", _WATCH, mark],
        stdin=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    os.environ[MARK] = mark.partition("=")[2]
    try:
        yield mark
    finally:
        os.environ.pop(MARK)
        if before is not None:
            os.environ[MARK] = before
        left = envoys(mark)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        watch.kill()
        watch.communicate()
    assert not left, f"These Envoys were left: {left}"


def envoys(mark: str) -> dict[int, str]:
    """The command line of each Envoy that has a mark."""
    lines = {pid: _command_line(pid) for pid in marked(mark)}
    return {pid: line for pid, line in lines.items() if line.split(" ")[0].endswith("envoy")}


def _command_line(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""
