"""`frontrunner takeover` with a real gateway: a controller, its operator, and no controller."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontrunner.base.config import load_settings
from frontrunner.base.errors import LedgerError, TakeoverError, UsageError
from frontrunner.base.home import Home as HomePaths
from frontrunner.gateway.emit import program
from frontrunner.gateway.transition import transition_file
from frontrunner.takeover.records import Verb
from frontrunner.takeover.stages import Stage
from tests.cli.test_takeover_read import keep
from tests.command import run_command
from tests.gateway.conftest import Running, _one_gateway, gateway, until
from tests.takeover.sim import Sim
from tests.waiting import next_line

__all__ = ["_one_gateway", "gateway"]
QUICK = 'gates = []\nat_least = "0s"\nevidence = 0\n'


def command(home: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "frontrunner", "takeover", *words, "--home", str(home)]


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run_command("takeover", *words, "--home", str(home))


def status(home: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(run(home, "status", "--json").stdout)
    return found


def is_at_first_share(home: Path) -> bool:
    """Whether the ledger has the step to the first share; it has it after the gateway."""
    return "The take-over is at shifting, step 1." in run(home, "status").stdout


@pytest.fixture
def home(gateway: Running, tmp_path: Path) -> Iterator[Path]:
    """A home whose take-over waits in `guided` until a person approves each step."""
    (tmp_path / "frontrunner.toml").write_text(
        f'[gateway]\nold = "{gateway.old.url}"\nnew = "{gateway.new.url}"\nlisten = '
        f'"127.0.0.1:{gateway.port}"\nstate = "{gateway.control.place.folder}"\n'
        '[takeover]\ntick = "200ms"\nshares = [5, 100]\n'
        f"[takeover.parallel]\n{QUICK}[takeover.guided]\n{QUICK}"
        f"[takeover.shifting]\n{QUICK}approve = true\n"
    )
    yield tmp_path
    transition_file(gateway.control.place.folder).unlink(missing_ok=True)


def test_a_ledger_that_is_gone_is_not_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "frontrunner.toml").write_text(
        '[gateway]\nold = "http://127.0.0.1:9"\nnew = "http://127.0.0.1:8"\n'
    )
    HomePaths(tmp_path).saved.mkdir(parents=True)
    for words in (("rollback",), ("start",), ("start", "--dry-run"), ("status",)):
        refused = run(tmp_path, *words)
        assert refused.returncode == 10, refused.stderr
        assert "ledger.db is missing, although a take-over ran here" in refused.stderr
        assert "frontrunner gateway share 0 --force --home" in refused.stderr
    assert not (HomePaths(tmp_path).takeover / "ledger.db").exists()


@pytest.fixture
def controller(home: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command(home, "start"), stderr=subprocess.PIPE, text=True)
    yield process
    if process.poll() is None:
        process.terminate()
    process.communicate(timeout=30)


def test_an_operator_and_a_controller(
    gateway: Running, home: Path, controller: subprocess.Popen[str]
) -> None:
    until(lambda: gateway.control.kept().banner, 30)
    assert run(home, "approve").returncode == 0
    until(lambda: gateway.control.get_share() == 500)
    until(lambda: is_at_first_share(home))
    refused = run(home, "retry")
    assert (refused.returncode, "Nothing was rolled back" in refused.stderr) == (7, True)
    answer = run(home, "rollback", "--reason", "a drill", "--json")
    assert json.loads(answer.stdout)["record"]["after"]["mode"] == "rolled_back"
    assert gateway.control.get_share() == 0
    controller.send_signal(signal.SIGTERM)
    _, said = controller.communicate(timeout=30)
    assert controller.returncode == 0
    assert "The controller has stopped. The take-over is at shifting, step 1 (rolled back)." in said
    assert "The take-over has begun at parallel." in said
    assert "goes on" not in said
    assert "(rolled back). Rolled back by cli:" in said
    assert "manual-shifting: inconclusive. Waits until a person approves" in said
    assert status(home)["controller"] == ""
    assert run(home, "verify").returncode == 0


def test_a_second_controller_says_that_it_stands_by(
    gateway: Running, home: Path, controller: subprocess.Popen[str]
) -> None:
    until(lambda: gateway.control.kept().banner, 30)
    second = subprocess.Popen(command(home, "start"), stderr=subprocess.PIPE, text=True)
    try:
        assert "Another controller works on this take-over" in next_line(second)
        second.send_signal(signal.SIGTERM)
        _, said = second.communicate(timeout=30)
    finally:
        second.kill()
    assert said.startswith("This standby controller has stopped.")


def test_without_a_controller_a_command_does_its_work(
    gateway: Running, home: Path, controller: subprocess.Popen[str]
) -> None:
    until(lambda: gateway.control.kept().banner, 30)
    assert run(home, "approve").returncode == 0
    until(lambda: gateway.control.get_share() == 500)
    until(lambda: is_at_first_share(home))
    controller.kill()
    controller.wait()
    assert status(home)["controller"] != "", "a killed controller cannot give its lease back"
    preview = run(home, "rollback", "--dry-run")
    assert "0% of the visitors on the new board" in preview.stderr
    assert gateway.control.get_share() == 500
    file = HomePaths(home).settings
    good = file.read_text()
    file.write_text(good.replace("tick =", "tik ="))  # the way back needs no settings without fault
    answer = run(home, "rollback")
    assert (answer.returncode, "there is no key `tik`" in answer.stderr) == (0, True)
    assert gateway.control.get_share() == 0
    file.write_text(good)
    assert "rolled back already" in run(home, "rollback").stderr


@pytest.mark.parametrize("words", [("approve",), ("advance", "--yes"), ("retry",)])
def test_without_a_controller_what_may_move_users_forward_is_only_recorded(
    gateway: Running, home: Path, controller: subprocess.Popen[str], words: tuple[str, ...]
) -> None:
    until(lambda: gateway.control.kept().banner, 30)
    controller.kill()
    controller.wait()
    answer = run(home, *words)
    assert answer.returncode == 0, answer.stderr
    assert "Recorded as entry" in answer.stderr
    assert f"frontrunner takeover start --home {home}" in answer.stderr
    assert gateway.control.get_share() == 0
    assert f"({words[0]} by cli:" in run(home, "status").stdout
    assert run(home, "pause").returncode == 0, "this one is done at once"
    assert "guided (paused)" in run(home, "status").stdout


def test_the_gateway_is_not_changed_by_hand_meanwhile(
    gateway: Running, home: Path, controller: subprocess.Popen[str]
) -> None:
    until(lambda: gateway.control.kept().banner, 30)
    os.kill(controller.pid, signal.SIGSTOP)
    try:
        for words in (("share", "50"), ("banner", "off"), ("settle", "--yes"), ("shadow", "0")):
            answer = subprocess.run(
                [sys.executable, "-m", "frontrunner", "gateway", *words, "--home", str(home)],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert answer.returncode == 6, answer.stderr
            assert "--force" in answer.stderr
        forced = subprocess.run(
            [sys.executable, "-m", "frontrunner", "gateway", "share", "0", "--force",
             "--home", str(home)], capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert forced.returncode == 0, forced.stderr
    finally:
        os.kill(controller.pid, signal.SIGCONT)


def test_commands_before_the_start(home: Path, gateway: Running) -> None:
    assert "It would change the data plane" in run(home, "start", "--dry-run").stderr
    place = HomePaths(home).takeover / "ledger.db"
    place.unlink(missing_ok=True)
    for words in ("pause", "rollback", "finish", "log", "report", "verify"):
        answer = run(home, words)
        assert (answer.returncode, "No take-over was started in" in answer.stderr) == (7, True)
    assert not place.exists(), "nothing is recorded"
    assert status(home)["controller"] == ""


def test_a_start_that_is_refused_ends_and_says_why(home: Path, gateway: Running) -> None:
    gateway.share(50)
    answer = run(home, "start")
    assert (answer.returncode, "Take them back first" in answer.stderr) == (7, True)
    assert "begins" not in answer.stderr


def test_a_unit_for_the_controller(home: Path) -> None:
    unit = run(home, "emit", "systemd").stdout
    assert f"ExecStart={program()} takeover start --home {home}\n" in unit
    assert program().is_absolute()
    assert f"RestartPreventExitStatus={UsageError.code} {TakeoverError.code}\n" in unit
    assert LedgerError.code not in (UsageError.code, TakeoverError.code), "a ledger may come back"
    assert run(home, "emit", "sysv").returncode == 2
    state = load_settings(home).gateway.state
    assert f"ReadWritePaths={home} {state}\n" in unit, "the controller writes there too"


def test_an_end_that_is_not_possible_is_refused_before_it_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "frontrunner.toml").write_text(
        '[gateway]\nold = "http://127.0.0.1:9"\nnew = "http://127.0.0.1:8"\n'
    )
    sim = Sim()
    sim.go_to(Stage.GUIDED)
    keep(sim, tmp_path)
    before = run(tmp_path, "log").stdout
    for words in (("finish",), ("finish", "--yes")):
        answer = run(tmp_path, *words)
        assert answer.returncode == 7
        assert "It is at guided, not settled yet." in answer.stderr
        assert "--yes" not in answer.stderr
    assert run(tmp_path, "log").stdout == before, "nothing is recorded"


def test_after_the_end_only_the_way_back_is_taken(tmp_path: Path) -> None:
    """`approve` was recorded, and `status` said to start a controller that would end at once."""
    (tmp_path / "frontrunner.toml").write_text(
        '[gateway]\nold = "http://127.0.0.1:9"\nnew = "http://127.0.0.1:8"\n'
    )
    sim = Sim()
    sim.go_to(Stage.SETTLED)
    sim.do(Verb.FINISH, force=True, reason="done")
    keep(sim, tmp_path)
    before = run(tmp_path, "log").stdout
    for verb in ("approve", "reject", "resume", "advance", "pause", "retry", "accept", "finish"):
        answer = run(tmp_path, verb)
        assert answer.returncode == TakeoverError.code
        assert "The take-over is finished: no gate is measured" in answer.stderr
        assert "frontrunner takeover rollback" in answer.stderr
    assert run(tmp_path, "log").stdout == before, "nothing is recorded"
    shown = run(tmp_path, "status").stdout
    assert "No controller runs, and none is needed." in shown
    assert "takeover start" not in shown
    assert "The take-over is finished." in run(tmp_path, "start", "--dry-run").stderr
