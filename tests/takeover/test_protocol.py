"""The model of the controller's protocol is checked whole, and each rule taken away is missed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

MODEL = Path(__file__).with_name("protocol.pml")
LONGEST = 300.0
"""Seconds for one run; a whole search takes about 20 on a quiet machine."""
RULES = {
    "NO_FENCE": "is_open&&",
    "NO_TOKEN": "is_open&&",
    "NO_LEASE": "lease==token",
    "NO_INTENT": "is_open&&",
    "NO_READBACK": "share==goal",
}
"""Each rule that can be taken away, and the assertion that then fails."""
SMALLER = ("-DTOKENS=3", "-DCRASHES=1", "-DERRORS=2")
"""For cycles under weak fairness, which are several times as many states."""

pytestmark = pytest.mark.acceptance


@pytest.fixture(autouse=True)
def _tools() -> None:
    if shutil.which("spin") and shutil.which("gcc"):
        return
    missing = "spin or gcc is not installed; run: make setup-model"
    pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)


def _run(folder: Path, *command: str) -> str:
    run = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def _search(folder: Path, *, without: str | None, liveness: bool) -> str:
    """What Spin finds: all states, or all cycles of states under weak fairness."""
    removed = [f"-D{without}"] if without else [*SMALLER] if liveness else []
    _run(folder, "spin", *removed, "-a", str(MODEL))
    _run(folder, "gcc", "-O2", "-w", *([] if liveness else ["-DNOCLAIM"]), "-o", "search", "pan.c")
    return _run(folder, "./search", "-m2000000", *(["-a", "-f"] if liveness else []))


@pytest.mark.parametrize("liveness", [False, True], ids=["safety", "liveness"])
def test_the_protocol_holds(tmp_path: Path, liveness: bool) -> None:
    found = _search(tmp_path, without=None, liveness=liveness)
    assert "errors: 0" in found, found
    assert "Search not completed" not in found
    assert int(re.findall(r"(\d+) states, stored", found)[0]) > 100_000


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_needed(tmp_path: Path, rule: str) -> None:
    found = _search(tmp_path, without=rule, liveness=False)
    assert "errors: 1" in found, found
    assert f"assertion violated ({RULES[rule]}" in found
