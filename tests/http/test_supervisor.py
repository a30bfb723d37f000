"""Workers are replaced when they die, and stop with their parent, whenever the signals come."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.waiting import is_running

PROGRAM = """
import os, signal, sys, time
from pathlib import Path
from frontrunner.http import supervisor
from frontrunner.http.supervisor import Supervisor

folder, kind, workers = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
supervisor._PAUSE = 0.01
supervisor._AFTER_GRACE = 0

def work(number, parent):
    (folder / f"began-{number}-{os.getpid()}").touch()
    if kind == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        (folder / "deaf").touch()
    if kind == "brief":
        return
    if kind == "failing":
        raise SystemExit(3)
    os.read(parent, 1)

Supervisor(workers, work, lambda: (folder / "stopped").touch(), 1).run()
print("done", flush=True)
"""


@contextmanager
def supervised(
    folder: Path, kind: str = "waiting", workers: int = 2
) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PROGRAM, str(folder), kind, str(workers)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        try:
            yield process
        finally:
            process.kill()


def began(folder: Path) -> dict[int, list[int]]:
    """Number of a worker -> its processes so far."""
    found: dict[int, list[int]] = {}
    for path in folder.glob("began-*"):
        _, number, pid = path.name.split("-")
        found.setdefault(int(number), []).append(int(pid))
    return found


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_stop_at_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    with supervised(tmp_path) as process:
        until(lambda: len(began(tmp_path)) == 2)
        process.send_signal(number)
        assert process.communicate(timeout=30)[0] == "done\n"
        assert process.returncode == 0
    assert (tmp_path / "stopped").exists()
    assert not any(is_running(pid) for some in began(tmp_path).values() for pid in some)


def test_a_worker_that_dies_is_replaced_under_its_number(tmp_path: Path) -> None:
    with supervised(tmp_path) as process:
        until(lambda: len(began(tmp_path)) == 2)
        [first] = began(tmp_path)[1]
        os.kill(first, signal.SIGKILL)
        until(lambda: len(began(tmp_path)[1]) == 2)
        assert len(began(tmp_path)[0]) == 1
        process.terminate()
        said = process.communicate(timeout=30)[1]
    assert "worker 1 ended (signal 9) and is replaced" in said


@pytest.mark.parametrize("kind", ["brief", "failing"])
def test_a_stop_is_heard_while_workers_die_all_the_time(tmp_path: Path, kind: str) -> None:
    with supervised(tmp_path, kind, workers=3) as process:
        until(lambda: len(list(tmp_path.glob("began-*"))) > 12)
        process.terminate()
        assert process.communicate(timeout=30)[0] == "done\n"
    assert not any(is_running(pid) for some in began(tmp_path).values() for pid in some)


def test_a_worker_that_does_not_stop_is_killed_after_the_grace_time(tmp_path: Path) -> None:
    with supervised(tmp_path, "deaf", workers=1) as process:
        until((tmp_path / "deaf").exists)
        process.terminate()
        assert process.communicate(timeout=30)[0] == "done\n"


def test_workers_learn_that_their_parent_died(tmp_path: Path) -> None:
    with supervised(tmp_path) as process:
        until(lambda: len(began(tmp_path)) == 2)
        process.kill()
        until(lambda: not any(is_running(pid) for some in began(tmp_path).values() for pid in some))
