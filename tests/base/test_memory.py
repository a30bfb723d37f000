"""Memory that was freed goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

from frontrunner.base.memory import return_freed_memory

_PROGRAM = """
from pathlib import Path
from frontrunner.base.memory import return_freed_memory

def megabytes():
    status = Path("/proc/self/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) // 1024

some = [bytes(100_000) for _ in range(2000)]  # below the size that is mapped by itself
kept = some[::50]  # small parts that stay in between
del some
before = megabytes()
assert return_freed_memory()
assert before - megabytes() > 100, (before, megabytes())
"""


@pytest.mark.skipif(not return_freed_memory(), reason="the C library cannot")
def test_holes_between_what_is_in_use_are_returned() -> None:
    subprocess.run([sys.executable, "-c", _PROGRAM], check=True, timeout=60)


_THREADS = """
import threading
from pathlib import Path
from frontrunner.base.memory import keep_little_freed

def megabytes():
    status = Path("/proc/self/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) // 1024

def work():
    kept.append([bytes(3_000_000) for _ in range(4)])  # glibc keeps these after a few
    barrier.wait(60)
    del kept[0][:]

assert keep_little_freed()
before = megabytes()
for _ in range(5):
    kept, barrier = [], threading.Barrier(4)
    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    kept.clear()
assert megabytes() - before < 10, (before, megabytes())
"""


@pytest.mark.skipif(not return_freed_memory(), reason="the C library cannot")
def test_large_buffers_of_threads_are_not_kept() -> None:
    subprocess.run([sys.executable, "-c", _THREADS], check=True, timeout=120)
