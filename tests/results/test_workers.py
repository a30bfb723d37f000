"""Helping processes end with the one that they help, however it ends."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from frontrunner.base.errors import FrontrunnerError
from frontrunner.results import workers
from frontrunner.results.workers import give_way, helpers
from tests.waiting import is_running, next_line

PROGRAM = """
import os, time
from frontrunner.results.workers import give_way, helpers

if __name__ == "__main__":
    with helpers(2) as pool:
        print(*{pool.submit(os.getpid).result() for _ in range(4)}, flush=True)
        time.sleep(60)
"""


def test_no_helper_outlives_a_killed_process(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    with subprocess.Popen(
        [sys.executable, tmp_path / "program.py"], stdout=subprocess.PIPE, text=True
    ) as process:
        pids = [int(word) for word in next_line(process).split()]
        assert pids
        assert all(is_running(pid) for pid in pids)
        process.send_signal(signal.SIGKILL)
    ends = time.monotonic() + 20
    while any(is_running(pid) for pid in pids) and time.monotonic() < ends:
        time.sleep(0.02)
    assert not [pid for pid in pids if is_running(pid)]


def test_helpers_begin_with_what_they_are_given() -> None:
    with helpers(1, os.putenv, "FRONTRUNNER_TEST", "yes") as pool:
        assert pool.submit(len, "abc").result() == 3


def test_full_shared_memory_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(workers, "_Pool", full)
    with pytest.raises(FrontrunnerError, match=r"No space left on device.*/dev/shm"), helpers(1):
        pass


def test_helpers_whose_work_is_not_waited_for_give_way() -> None:
    with helpers(1, give_way) as polite, helpers(1) as plain:
        niceness = [pool.submit(os.nice, 0).result() for pool in (polite, plain)]
    assert niceness[0] > niceness[1]


DIES_AT_ITS_START = """
from concurrent.futures import BrokenExecutor
from multiprocessing import get_context, resource_tracker
from frontrunner.results.workers import helpers

if __name__ == "__main__":
    resource_tracker.ensure_running()
    get_context("spawn").set_executable("/bin/false")
    try:
        with helpers(1, print, "x" * (1 << 20)) as pool:
            pool.submit(print).result()
    except BrokenExecutor:
        print("broken")
"""


def test_a_helper_that_dies_at_its_start_is_noticed(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(DIES_AT_ITS_START)
    ran = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.stdout == "broken\n", ran.stderr
