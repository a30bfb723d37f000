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
