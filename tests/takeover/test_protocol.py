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
"""Seconds for one run; a whole search takes about 30 on a quiet machine."""
RULES = {
    "NO_FENCE": "is_open&&",
    "NO_TOKEN": "is_open&&",
    "NO_LEASE": "lease==token",
    "NO_INTENT": "is_open&&",
    "NO_READBACK": "share==goal",
    "NO_REST": "share==goal",
}
"""Each rule that can be taken away, and the assertion that then fails."""
SMALLER = ("-DTOKENS=3", "-DCRASHES=1", "-DERRORS=2")
"""For cycles under weak fairness, which are several times as many states."""

IN_PARTS = ("-DPARTS=2", "-DTOKENS=3", "-DCRASHES=1", "-DERRORS=1")
"""For a data plane whose change takes two steps, the second of which may happen by itself."""

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


def _search(folder: Path, *given: str, liveness: bool) -> str:
    """What Spin finds: all states, or all cycles of states under weak fairness."""
    removed = given or (SMALLER if liveness else ())
    _run(folder, "spin", *removed, "-a", str(MODEL))
    _run(folder, "gcc", "-O2", "-w", *([] if liveness else ["-DNOCLAIM"]), "-o", "search", "pan.c")
    return _run(folder, "./search", "-m2000000", *(["-a", "-f"] if liveness else []))


@pytest.mark.parametrize("liveness", [False, True], ids=["safety", "liveness"])
@pytest.mark.parametrize("plane", [(), IN_PARTS], ids=["Envoy", "Hub"])
def test_the_protocol_holds(tmp_path: Path, plane: tuple[str, ...], liveness: bool) -> None:
    if plane and liveness:
        plane = (*plane[:-1], "-DERRORS=0")
    found = _search(tmp_path, *plane, liveness=liveness)
    assert "errors: 0" in found, found
    assert "Search not completed" not in found
    assert "depth reached 1999999" not in found, "the search was cut"
    assert int(re.findall(r"(\d+) states, stored", found)[0]) > 100_000


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_needed(tmp_path: Path, rule: str) -> None:
    plane = IN_PARTS if rule == "NO_REST" else ()
    found = _search(tmp_path, f"-D{rule}", *plane, liveness=False)
    assert "errors: 1" in found, found
    assert f"assertion violated ({RULES[rule]}" in found
