"""Kill updates at random moments: what is published stays whole, and no record is lost.

`FRONTRUNNER_KILLS` sets how many; `make kills` does 200.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import msgspec
import pytest

from frontrunner.base.home import Home
from frontrunner.ops import events
from frontrunner.refresh.record import Run, read_state
from frontrunner.snapshot.store import Store
from tests.acceptance.test_kill import build, change, command, prepare, served

pytestmark = pytest.mark.acceptance
KILLS = int(os.environ.get("FRONTRUNNER_KILLS", "25"))


def settings(folder: Path) -> None:
    """Scores move by more than guards allow, so they are wide."""
    text = (
        f'[refresh]\nresults = "{folder}/results"\ncatalog = "{folder}/catalog.toml"\n'
        "without_mteb = true\n[refresh.guards]\nmoved = 100\nleaders = 100\n"
    )
    (folder / "home").mkdir()
    (folder / "home/frontrunner.toml").write_text(text)


def refresh(folder: Path) -> Run:
    """An update that nobody disturbs."""
    words = command(folder, "refresh")
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return msgspec.json.decode(done.stdout, type=Run)


def killed_after(folder: Path, seconds: float) -> bool:
    """Begin an update and kill it with all its helpers; whether it was not over yet."""
    process = subprocess.Popen(
        command(folder, "refresh"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def assert_nothing_lost(folder: Path, before: list[str]) -> list[str]:
    """All that was recorded is there still; the lines of the records."""
    home = Home(folder / "home")
    served(folder)  # the bytes of the published snapshot are whole
    lines = home.refresh_runs.read_bytes().decode().splitlines()
    assert lines[: len(before)] == before
    assert read_state(home).last is not None
    published = [one.snapshot for one in Store(folder / "home").history()]
    logged = [one for one in events.read_events(home) if isinstance(one, events.Built)]
    assert set(published) <= {one.snapshot for one in logged} | {published[-1]}
    return lines


def test_killed_updates_lose_nothing(tmp_path: Path) -> None:
    draw = random.Random(12)
    prepare(tmp_path)
    settings(tmp_path)
    refresh(tmp_path)
    began = time.monotonic()
    change(tmp_path, 999)
    refresh(tmp_path)
    lasts, killed = time.monotonic() - began, 0
    lines: list[str] = []
    for number in range(4 * KILLS):
        change(tmp_path, number)
        in_time = killed_after(tmp_path, draw.uniform(0.05, max(0.2, lasts * 1.1)))
        lines = assert_nothing_lost(tmp_path, lines)
        killed += in_time
        lasts *= 1.02 if in_time else 0.9
        if killed == KILLS:
            break
    assert killed == KILLS
    change(tmp_path, 500)
    last = refresh(tmp_path)
    assert last.is_good
    assert not list((tmp_path / "home").glob("snapshots/**/.*"))
    elsewhere = [*build(tmp_path)[:-1], str(tmp_path / "other")]
    subprocess.run(elsewhere, check=True, capture_output=True)
    assert Store(tmp_path / "other").current_id() == last.snapshot
