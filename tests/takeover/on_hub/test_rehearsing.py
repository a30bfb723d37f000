"""`frontrunner hub rehearse`, and the report that it writes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import msgspec
import pytest

from frontrunner.base.errors import GatewayError
from frontrunner.checks.gates import Verdict
from frontrunner.hub.standin.stored import Stored
from frontrunner.takeover.on_hub.made_up import files_in
from frontrunner.takeover.on_hub.rehearsal_report import Held, rehearsals_page
from frontrunner.takeover.on_hub.rehearsed_faults import FAULTS, Order, faults_of
from frontrunner.takeover.on_hub.rehearsing import rehearse
from tests.command import run_command
from tests.hub.conftest import plain_client

__all__ = ["plain_client"]

LONG = 900.0
"""Seconds for a rehearsal whose controller is killed many times, on a busy machine."""


def command(*words: str) -> subprocess.CompletedProcess[str]:
    return run_command("hub", "rehearse", *words)


def test_the_command_exits_with_0_and_tells_the_story(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    done = command("--json", "--report", str(page))
    assert done.returncode == 0, done.stderr
    [found] = json.loads(done.stdout)
    assert all(one["held"] for one in found["held"])
    assert [one["key"] for one in found["steps"]] == [
        *("save", "archive", "parallel", "guide", "provide", "cutover", "hardware", "sleep"),
        "settle",
    ]
    assert found["observed"]["looks"] > 20
    told = [one.strip() for one in done.stderr.splitlines()]
    stages = ("parallel", "guided", "cutover", "settled", "settled (finished)")
    assert [one for one in told if one in stages] == list(stages)
    first = "Save board/leaderboard: files, settings, engagement"
    assert told.index(first) < told.index("parallel"), "also before the first stage is reached"
    text = page.read_text("utf-8")
    assert "The name always had a running board." in text
    assert "Replace the board by the new one at board/leaderboard" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--fault", "flood"], "lost-commit"),
        (["--strategy", "swap"], "rename"),
        (["--fault", "wrong-token"], "--shifting"),
        (["--shifting", "--strategy", "rename"], "overwrite"),
    ],
)
def test_a_wrong_option_is_refused(words: list[str], said: str) -> None:
    done = command(*words)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.acceptance
def test_visitors_are_moved_in_shares_by_a_real_gateway(tmp_path: Path) -> None:
    found = rehearse(Order(shifting=True, fault="restart", every=0.05), tmp_path / "rehearsal")
    assert found.all_held, found.held
    assert found.observed.visitors[1] > 0
    assert [one.key for one in found.steps].count("share") >= 5


def test_without_an_envoy_no_rehearsal_in_shares_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENVOY_BIN", str(tmp_path / "none"))
    with pytest.raises(GatewayError, match="ENVOY_BIN"):
        rehearse(Order(shifting=True), tmp_path / "rehearsal")
    assert not (tmp_path / "rehearsal").exists()


def test_a_new_board_that_fails_while_users_move_is_caught_by_a_gate(tmp_path: Path) -> None:
    found = rehearse(Order(shifting=True, fault="new-fails", every=0.05), tmp_path / "rehearsal")
    assert found.all_held, found.held
    [last] = [one for one in found.report.decisions if one.after.mode == "rolled_back"]
    [reading] = [one for one in last.readings if one.gate == "success"]
    assert (reading.verdict, reading.sample > 0) == (Verdict.FAILED, True)
    assert "Proven worse" in rehearsals_page([found])


def test_a_fault_that_takes_users_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own settings in the environment are not those of the rehearsal. Each other fault
    is in `test_every_fault`."""
    monkeypatch.setenv("FRONTRUNNER_HUB_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("FRONTRUNNER_HUB_SPACE", "real/board")
    monkeypatch.setenv("FRONTRUNNER_TAKEOVER_DATABASE", "postgresql://127.0.0.1:9/real")
    found = rehearse(Order(fault="rollback", every=0.05), tmp_path / "rehearsal")
    assert found.all_held, found.held
    # A promise that did not hold is said.
    failed = Held("The name always had a running board.", False, "<a gap>")
    broken = msgspec.structs.replace(found, held=(failed,))
    assert not broken.all_held
    assert "&lt;a gap&gt;" in rehearsals_page([broken])


def test_an_archive_that_starts_again_at_the_end_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was given other hardware, so it restarts about when the take-over is finished."""

    def start_slowly(stored: Stored, _: str) -> None:
        stored.switches = msgspec.structs.replace(stored.switches, hardware=0.5, start=2.0)

    slow = FAULTS["slow-hardware"]._replace(harm=start_slowly)
    monkeypatch.setitem(FAULTS, "slow-hardware", slow)
    order = Order(strategy="rename", fault="slow-hardware", every=0.05)
    found = rehearse(order, tmp_path / "rehearsal")
    assert found.all_held, found.held


@pytest.mark.acceptance
@pytest.mark.parametrize("strategy", ["overwrite", "rename"])
@pytest.mark.parametrize("fault", faults_of(shifting=False))
def test_every_fault(tmp_path: Path, strategy: str, fault: str) -> None:
    found = rehearse(Order(strategy=strategy, fault=fault, seconds=LONG), tmp_path / "rehearsal")
    assert found.all_held, found.held


@pytest.mark.acceptance
@pytest.mark.parametrize("fault", faults_of(shifting=True))
def test_every_fault_while_users_move_in_shares(tmp_path: Path, fault: str) -> None:
    found = rehearse(Order(shifting=True, fault=fault, seconds=LONG), tmp_path / "rehearsal")
    assert found.all_held, found.held


def test_files_of_a_folder_or_made_up(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").write_text("x")
    assert files_in(tmp_path, {"c": "y"}) == {"a/b": b"x"}
    assert files_in(None, {"c": "y"}) == {"c": b"y"}


def test_files_of_a_real_board_are_rehearsed(tmp_path: Path) -> None:
    """They are not started, so the stand-in names a snapshot for them."""
    new = tmp_path / "board-space"
    (new / "home").mkdir(parents=True)
    (new / "README.md").write_text("---\ntitle: Real\nsdk: docker\n---\n")
    (new / "Dockerfile").write_text("FROM scratch\n")
    (new / "home/board.json").write_text("{}")
    found = rehearse(Order(new=new, every=0.05), tmp_path / "rehearsal")
    assert found.all_held, found.held
