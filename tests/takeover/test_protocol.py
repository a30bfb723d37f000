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
    "NO_FENCE": "assertion violated (is_open&&",
    "NO_TOKEN": "assertion violated (is_open&&",
    "NO_LEASE": "assertion violated (lease==token",
    "NO_INTENT": "assertion violated (is_open&&",
    "NO_READBACK": "assertion violated (share==goal",
    "NO_REST": "assertion violated (share==goal",
    "NO_AGAIN": "invalid end state",
    "NO_HEARING": "acceptance cycle",
}
"""Each rule that can be taken away, and what Spin then finds."""
SMALLER = ("-DTOKENS=3", "-DCRASHES=1", "-DERRORS=2")
"""For cycles under weak fairness, which are several times as many states."""

IN_PARTS = ("-DPARTS=2", "-DTOKENS=3", "-DCRASHES=1", "-DERRORS=1")
"""For a data plane whose change takes two steps, the second of which may happen by itself."""
KILLED = ("-DPARTS=2", "-DTOKENS=3", "-DCRASHES=1", "-DERRORS=0")
LOST = ("-DPARTS=2", "-DTOKENS=2", "-DCRASHES=0", "-DERRORS=1")
"""The same for cycles: a kill and a lost write together are too many states."""
WHOLE = {
    "Envoy": ((), False),
    "Envoy, liveness": (SMALLER, True),
    "Hub": (IN_PARTS, False),
    "Hub, liveness after a kill": (KILLED, True),
    "Hub, liveness after a lost write": (LOST, True),
}
"""Every search: its bounds, and whether it is for cycles."""

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
    _run(folder, "spin", *given, "-a", str(MODEL))
    _run(folder, "gcc", "-O2", "-w", *([] if liveness else ["-DNOCLAIM"]), "-o", "search", "pan.c")
    return _run(folder, "./search", "-m2000000", *(["-a", "-f"] if liveness else []))


@pytest.mark.parametrize(("bounds", "liveness"), WHOLE.values(), ids=WHOLE.keys())
def test_the_protocol_holds(tmp_path: Path, bounds: tuple[str, ...], liveness: bool) -> None:
    """A search for cycles says nothing of histories in which nobody can go on, so the other one
    finds that there are none: no state without a next one is marked as a good end."""
    found = _search(tmp_path, *bounds, liveness=liveness)
    assert "errors: 0" in found, found
    assert "Search not completed" not in found
    assert "depth reached 1999999" not in found, "the search was cut"
    assert int(re.findall(r"(\d+) states, stored", found)[0]) > 100_000


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_needed(tmp_path: Path, rule: str) -> None:
    liveness = rule == "NO_HEARING"
    bounds = IN_PARTS if rule == "NO_REST" else SMALLER if liveness else ()
    found = _search(tmp_path, f"-D{rule}", *bounds, liveness=liveness)
    assert "errors: 1" in found, found
    assert RULES[rule] in found
