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


_KEPT = """
from pathlib import Path
from threading import Thread
from frontrunner.base.memory import keep_what_is_freed, return_freed_memory

def megabytes():
    status = Path("/proc/self/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) // 1024

def work():
    del [bytes([number]) * 20_000_000 for number in range(5)][:]

assert keep_what_is_freed()
before = megabytes()
work()
assert megabytes() - before > 90, (before, megabytes())
thread = Thread(target=work)
thread.start()
thread.join(60)
assert megabytes() - before < 110, (before, megabytes())  # a thread takes what is there
assert return_freed_memory()
assert megabytes() - before < 10, (before, megabytes())
"""


@pytest.mark.skipif(not return_freed_memory(), reason="the C library cannot")
def test_what_is_freed_is_kept_for_what_comes_next() -> None:
    subprocess.run([sys.executable, "-c", _KEPT], check=True, timeout=60)
