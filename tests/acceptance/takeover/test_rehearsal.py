"""A short rehearsal with real processes: a few faults, then the whole path to its end.

`make rehearsal` runs the long one, with every fault.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from frontrunner.takeover.rehearsal.story import Report
from tests.acceptance.gateway.conftest import REAL, environment

pytestmark = pytest.mark.acceptance
FAULTS = ("plan-edited", "disk-full", "envoy-killed", "controller-killed", "successor-killed")
LONGEST = 900.0
"""Seconds; on a quiet machine it takes less than three minutes."""


def test_a_short_rehearsal_holds(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    python = environment(".venv-gradio-5", "setup-gradio")
    faults = [word for name in FAULTS for word in ("--fault", name)]
    legacy = ["--legacy", str(request.getfixturevalue("old_board"))] if REAL else []
    command = [
        sys.executable, "-m", "frontrunner", "takeover", "rehearse", "--json",
        "--requests", "20000", "--gradio", str(python), "--home", str(tmp_path / "home"),
        "--html", str(tmp_path / "report.html"), *faults, *legacy,
    ]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=LONGEST, env=os.environ
    )
    assert done.returncode == 0, done.stderr[-6000:]
    report = msgspec.json.decode(done.stdout, type=Report)
    assert report.held
    assert [one.fault for one in report.trials] == list(FAULTS)
    assert report.requests >= 20_000
    assert report.controller_kills >= 3
    assert "everything held" in (tmp_path / "report.html").read_text()
    shown = msgspec.json.decode((tmp_path / "home/rehearsal/old-board.json").read_bytes())
    assert ("Overall" in shown["tables"]) == REAL
