"""Tests leave no Envoy behind, whether they fail or are killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.leftovers import envoys, marked, nothing_left
from tests.waiting import next_line

_DETACHED = "import os, sys\nif os.fork() == 0:\n os.setsid(); os.execv(sys.argv[1], sys.argv[1:])"
_SESSION = """
import subprocess, sys, time
from tests.leftovers import nothing_left
with nothing_left() as mark:
    subprocess.run([sys.executable, "-c", *sys.argv[1:]], check=True)
    print(mark, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def envoy(tmp_path: Path) -> list[str]:
    """A command that starts a process which outlives it, and has Envoy's name."""
    sleep = shutil.which("sleep")
    assert sleep is not None
    program = tmp_path / "envoy"
    shutil.copy(sleep, program)
    return [_DETACHED, str(program), "600"]


def wait_for_end(mark: str) -> None:
    """Wait until no process has a mark."""
    until = time.monotonic() + 30
    while marked(mark):
        assert time.monotonic() < until, marked(mark)
        time.sleep(0.02)


def test_a_session_that_leaves_an_envoy_fails_and_ends_it(envoy: list[str]) -> None:
    marks = []

    def session() -> None:
        with nothing_left() as mark:
            marks.append(mark)
            subprocess.run([sys.executable, "-c", *envoy], check=True)
            until = time.monotonic() + 30
            while not envoys(mark):
                assert time.monotonic() < until
                time.sleep(0.02)

    with pytest.raises(AssertionError, match="were left"):
        session()
    wait_for_end(marks[0])


def test_a_session_that_is_killed_leaves_nothing(envoy: list[str]) -> None:
    session = subprocess.Popen(
        [sys.executable, "-c", _SESSION, *envoy], stdout=subprocess.PIPE, text=True
    )
    mark = next_line(session).strip()
    until = time.monotonic() + 30
    while not envoys(mark):  # a process that begins another program has no environment for a moment
        assert time.monotonic() < until
        time.sleep(0.02)
    os.kill(session.pid, signal.SIGKILL)
    session.communicate()
    wait_for_end(mark)


def test_a_session_that_leaves_nothing_ends_well() -> None:
    with nothing_left() as mark:
        subprocess.run([sys.executable, "-c", ""], check=True)
    assert envoys(mark) == {}
