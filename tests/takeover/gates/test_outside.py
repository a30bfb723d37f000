"""Checks in processes of their own: none blocks the controller, none passes by crashing."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from frontrunner.base.gate_settings import (
    BUILT_IN,
    ContractGate,
    GateSettings,
    LinksGate,
    ParityGate,
    PrometheusGate,
    WebhookGate,
)
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.evidence.facts import Checked
from frontrunner.takeover.gates.check_worker import Job, checked
from frontrunner.takeover.gates.on_boards import Boards
from frontrunner.takeover.gates.outside import Checks, Versions
from tests.net.hosts import host, ok
from tests.waiting import is_gone

BOARDS = Boards(home="")
NOW = Versions(new_code="c1", old_data="o1", new_data="n1")
PARITY = ParityGate(name="parity", legacy="x")
CONTRACT = ContractGate(name="contract", record="x")
LINKS = LinksGate(name="links", record="x")
HOOK = WebhookGate(name="hook", url="http://host/", every=60.0, seconds=10.0)
FINE = 'print(\'{"verdict": "passed", "text": "Fine.", "at": 1.0}\')'


class Desk:
    """Checks whose worker is a line of Python, and a clock that a test sets."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        self.now = 1000.0
        self.open: list[Checks] = []

    def checks(self, code: str = FINE) -> Checks:
        """Each run adds the name of its gate to the log, then runs `code`."""
        program = (
            "import json, os, sys, time\n"
            "name = json.load(sys.stdin)['gate']['name']\n"
            f"log = open({str(self.log)!r}, 'a'); log.write(name + '\\n'); log.close()\n{code}\n"
        )
        made = Checks(BOARDS, (sys.executable, "-c", program), lambda: self.now)
        self.open.append(made)
        return made

    def ran(self) -> list[str]:
        return sorted(self.log.read_text().split()) if self.log.exists() else []

    def ended(
        self, checks: Checks, gates: list[GateSettings], versions: Versions = NOW
    ) -> dict[str, Checked]:
        """Poll until every gate has a result."""
        for _ in range(6000):
            found = checks.poll(gates, versions)
            if len(found) == len(gates):
                return found
            time.sleep(0.01)
        pytest.fail(f"no result of {gates}")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    one = Desk(tmp_path)
    yield one
    for checks in one.open:
        checks.close()


def test_a_result_is_kept_until_it_is_due_again(desk: Desk) -> None:
    checks = desk.checks()
    assert checks.poll([HOOK], NOW) == {}
    found = desk.ended(checks, [HOOK])
    assert found == {"hook": Checked(verdict=Verdict.PASSED, text="Fine.", at=1.0)}
    desk.now += 59
    assert checks.poll([HOOK], NOW) == found
    desk.now += 1
    assert checks.poll([HOOK], NOW) == found  # the old one, while it runs again
    for _ in range(6000):
        checks.poll([HOOK], NOW)
        if desk.ran() == ["hook", "hook"]:
            break
        time.sleep(0.01)
    assert desk.ran() == ["hook", "hook"]


def test_a_result_that_was_not_renewed_for_long_counts_no_more(desk: Desk) -> None:
    checks = desk.checks()
    desk.ended(checks, [HOOK])
    desk.now += 1000  # as after the machine was suspended
    assert checks.poll([HOOK], NOW) == {}
    assert desk.ended(checks, [HOOK])["hook"].verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("sys.exit('it broke')", "exit code 1. it broke"),
        ("os.abort()", "exit code -6"),
        ("raise ValueError('odd')", "ValueError: odd"),
        ("pass", "wrote no result"),
        ('print(\'{"verdict": "passed"}\')', "wrote no result"),
        ("print('passed')", "wrote no result"),
        (FINE + "; sys.exit(3)", "exit code 3"),
        ("sys.stdout.write('x' * 200_000)", "wrote no result"),
    ],
)
def test_a_check_that_crashes_or_says_nothing_is_an_error(desk: Desk, code: str, said: str) -> None:
    found = desk.ended(desk.checks(code), [HOOK])["hook"]
    assert found.verdict is Verdict.ERROR
    assert said in found.text


def test_a_check_that_cannot_be_started_is_an_error() -> None:
    checks = Checks(BOARDS, ("/no/such/program",))
    checks.poll([HOOK], NOW)
    assert "could not be started" in checks.poll([HOOK], NOW)["hook"].text


def test_a_full_disk_is_an_error_of_the_check(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    checks = desk.checks()
    checks.poll([HOOK], NOW)
    found = checks.poll([HOOK], NOW)["hook"]
    assert (found.verdict, "No space left" in found.text) == (Verdict.ERROR, True)


def test_a_check_that_hangs_is_ended_with_its_children(desk: Desk, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    checks = desk.checks(
        "import subprocess; child = subprocess.Popen(['sleep', '60'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}'); time.sleep(60)"
    )
    begin = time.monotonic()
    checks.poll([HOOK], NOW)
    while not pids.exists() or len(pids.read_text().split()) < 2:
        time.sleep(0.01)
    desk.now += 19.9
    assert checks.poll([HOOK], NOW) == {}
    desk.now += 0.2
    found = checks.poll([HOOK], NOW)["hook"]
    assert (found.verdict, found.text) == (
        Verdict.ERROR,
        "The check did not end within its time.",
    )
    assert time.monotonic() - begin < 30
    for pid in map(int, pids.read_text().split()):
        assert is_gone(pid)


def test_new_data_runs_parity_again_and_new_code_the_contract(desk: Desk) -> None:
    gates: list[GateSettings] = [PARITY, CONTRACT, LINKS, HOOK, *BUILT_IN[:4]]
    outside = gates[:4]
    checks = desk.checks()

    def poll(versions: Versions) -> dict[str, Checked]:
        for _ in range(6000):
            found = checks.poll(gates, versions)
            if len(found) == len(outside):
                return found
            time.sleep(0.01)
        pytest.fail("no result")

    assert set(poll(NOW)) == {"parity", "contract", "links", "hook"}
    assert desk.ran() == ["contract", "hook", "links", "parity"]
    desk.log.unlink()
    new_data = msgspec.structs.replace(NOW, new_data="n2")
    assert "parity" not in checks.poll(gates, new_data)  # the old result is void at once
    poll(new_data)
    assert desk.ran() == ["parity"]
    desk.log.unlink()
    for versions in (
        msgspec.structs.replace(new_data, new_code="c2"),
        msgspec.structs.replace(new_data, new_code="c2", old_code="c3"),
    ):
        poll(versions)
        assert desk.ran() == ["contract", "links"]
        desk.log.unlink()


def test_a_verdict_on_an_earlier_share_does_not_count_for_the_next(desk: Desk) -> None:
    checks = desk.checks()
    first = msgspec.structs.replace(NOW, counts_at=1.0)
    next_ = msgspec.structs.replace(NOW, counts_at=2.0)
    assert set(desk.ended(checks, [HOOK], first)) == {"hook"}
    assert "hook" not in checks.poll([HOOK], next_)
    assert set(desk.ended(checks, [HOOK], next_)) == {"hook"}


def test_other_limits_make_a_result_void(desk: Desk) -> None:
    gate = PrometheusGate(name="one", url="http://host", query="x", at_most=1.0)
    checks = desk.checks()
    desk.ended(checks, [gate])
    assert checks.poll([msgspec.structs.replace(gate, at_most=2.0)], NOW) == {}


def test_a_run_about_earlier_data_is_ended(desk: Desk) -> None:
    checks = desk.checks("time.sleep(60) if not os.environ.get('NEVER') else None")
    checks.poll([PARITY], NOW)
    [run] = checks._running.values()
    checks.poll([PARITY], msgspec.structs.replace(NOW, new_data="n2"))
    assert run.process.poll() == -signal.SIGKILL
    checks.close()
    assert checks._running == {}


def test_two_run_at_once(desk: Desk) -> None:
    checks = desk.checks("time.sleep(60)")
    checks.poll([PARITY, CONTRACT, LINKS, HOOK], NOW)
    assert len(checks._running) == 2


@pytest.mark.parametrize("gate", BUILT_IN[4:7])
def test_a_gate_that_is_not_set_up_says_what_is_missing(desk: Desk, gate: GateSettings) -> None:
    found = desk.checks().poll([gate], NOW)[gate.name]
    assert found.verdict is Verdict.INCONCLUSIVE
    assert f"kind = '{gate.name}'" in found.text
    assert desk.ran() == []


# --- the real worker ------------------------------------------------------------------------------


def test_the_worker_runs_a_check() -> None:
    checks = Checks(BOARDS)
    try:
        with host(ok(b'{"verdict": "failed", "text": "Too warm."}', "application/json")) as url:
            gates: list[GateSettings] = [
                WebhookGate(name="hook", url=url),
                ContractGate(name="contract", record="/no/such/record"),
            ]
            found = Desk(Path()).ended(checks, gates)
    finally:
        checks.close()
    assert (found["hook"].verdict, found["hook"].text) == (Verdict.FAILED, "Too warm.")
    assert found["contract"].verdict is Verdict.ERROR
    assert "/no/such/record" in found["contract"].text


@pytest.mark.parametrize("gate", [CONTRACT, LINKS, PARITY])
def test_what_a_check_needs_and_is_not_there_is_an_error(
    gate: ContractGate | LinksGate | ParityGate, tmp_path: Path
) -> None:
    found = checked(Job(gate=gate, boards=Boards(home=str(tmp_path))))
    assert found.verdict is Verdict.ERROR
    assert found.text
