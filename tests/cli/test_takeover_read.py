"""`frontrunner takeover status`, `log`, `verify` and `report` on a ledger without a gateway."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from frontrunner.base.home import Home
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.records import Verb
from frontrunner.takeover.stages import Stage
from tests.command import run_command
from tests.takeover.sim import Sim
from tests.waiting import next_line


def command(home: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "frontrunner", "takeover", *words, "--home", str(home)]


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run_command("takeover", *words, "--home", str(home))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the story of a move that was rolled back."""
    sim = Sim()
    sim.go_to(Stage.SHIFTING, 1)
    sim.do(Verb.ROLLBACK, reason="a\x1b[31m drill", actor="cli:ada")
    keep(sim, tmp_path)
    return tmp_path


def keep(sim: Sim, folder: Path) -> None:
    """Write its ledger and its looks into a home."""
    place = Home(folder)
    with closing(Ledger("", place.takeover)) as ledger:
        for one in sim.book.stored:
            ledger.append(one.actor, one.plan, one.record, at=one.at)
    looks = [msgspec.json.encode(one) for one in sim.witness.looks]
    place.looks.write_bytes(b"\n".join(looks) + b"\n")


def test_the_log_for_people_and_programs(home: Path) -> None:
    lines = run(home, "log").stdout.splitlines()
    assert [int(line.split()[0]) for line in lines] == list(range(1, len(lines) + 1))
    assert "Rollback. Reason: a\\x1b[31m drill" in next(one for one in lines if "cli:ada" in one
                                                        and "Rollback" in one)  # fmt: skip
    entries = [
        json.loads(line) for line in run(home, "log", "--json", "--last", "3").stdout.splitlines()
    ]
    assert [one["seq"] for one in entries] == [len(lines) - 2, len(lines) - 1, len(lines)]


def test_the_log_is_followed(home: Path) -> None:
    process = subprocess.Popen(
        command(home, "log", "--follow", "--last", "1"), stdout=subprocess.PIPE, text=True
    )
    try:
        first = next_line(process)
        with closing(Ledger("", Home(home).takeover)) as ledger:
            last = ledger.last()
            assert last is not None
            ledger.append("cli:ada", "", last.record)
        assert int(next_line(process).split()[0]) == int(first.split()[0]) + 1
    finally:
        process.kill()
        process.communicate()


def test_the_status_without_a_controller(home: Path) -> None:
    shown = run(home, "status").stdout
    assert "The take-over is at shifting, step 2 (rolled back)." in shown
    assert "No controller runs. Start it with: frontrunner takeover start" in shown
    found = json.loads(run(home, "status", "--json").stdout)
    assert found["position"] == {"stage": "shifting", "step": 1, "mode": "rolled_back"}
    assert found["looked"] < time.time()


def test_status_and_report_say_why_it_stopped_and_what_to_do(tmp_path: Path) -> None:
    sim = Sim()
    sim.go_to(Stage.SHIFTING, 1)
    sim.judge.verdicts |= {"success": Verdict.FAILED, "slowness": Verdict.FAILED}
    sim.tick()
    keep(sim, tmp_path)
    shown = run(tmp_path, "status").stdout
    assert "It is rolled back since " in shown
    for gate in ("success", "slowness"):
        assert f"  - {gate}: failed [evidence 10,000]. {gate} is failed." in shown
    assert "What you can do:\n  - Correct the new board, then start again" in shown
    found = json.loads(run(tmp_path, "status", "--json").stdout)
    assert {one["gate"] for one in found["held"]["readings"]} == {"success", "slowness"}
    assert found["held"]["cause"] == "gate"
    text = run(tmp_path, "report").stdout
    assert "    success: failed [evidence 10,000]. success is failed." in text
    assert "    shadow: passed [evidence 10,000]. shadow is passed." in text


def test_a_changed_entry_is_named(home: Path) -> None:
    assert run(home, "verify").returncode == 0
    with closing(sqlite3.connect(Home(home).takeover / "ledger.db")) as database, database:
        database.execute("UPDATE ledger SET actor = 'nobody' WHERE seq = 5")
    answer = run(home, "verify")
    assert (answer.returncode, "Entry 5" in answer.stderr) == (7, True)
    assert json.loads(run(home, "verify", "--json").stdout)["seq"] == 5
    assert "is broken: Entry 5" in run(home, "report").stdout


def test_a_report(home: Path, tmp_path: Path) -> None:
    lines = run(home, "report").stdout
    moved = "shifting, step 2 -> shifting, step 2 (rolled back) (0%)"
    assert f"{moved}: Rolled back by cli:ada" in lines
    assert "2 commands, 0 refused; 0 alarms" in lines
    page = tmp_path / "report.html"
    answer = run(home, "report", "--html", str(page), "--json")
    assert json.loads(answer.stdout)["entries"] > 10
    assert "Report of the take-over" in page.read_text()


def test_a_report_makes_its_folder_or_says_why_not(home: Path, tmp_path: Path) -> None:
    page = tmp_path / "a" / "b" / "report.html"
    assert run(home, "report", "--html", str(page)).returncode == 0
    assert "Report of the take-over" in page.read_text()
    answer = run(home, "report", "--html", str(page / "under-a-file.html"))
    assert answer.returncode == 2
    assert f"could not be written to {page}/under-a-file.html: " in answer.stderr
    assert "Traceback" not in answer.stderr


WORDS = ["status", "log", "verify", "report", "console", "pause", "rollback", "approve", "finish"]


@pytest.mark.parametrize("words", WORDS)
def test_a_mistyped_home_is_named_and_not_made(tmp_path: Path, words: str) -> None:
    home = tmp_path / "mistyped"
    answer = run(home, words)
    assert answer.returncode == {"status": 0, "console": 2}.get(words, 7), answer.stderr
    assert str(home) in answer.stderr + answer.stdout
    assert "does not exist" in answer.stderr + answer.stdout
    assert not home.exists()


def test_a_home_without_a_take_over_says_what_to_do(tmp_path: Path) -> None:
    answer = run(tmp_path, "status")
    assert answer.returncode == 0
    assert answer.stdout.startswith(f"No take-over was started in {tmp_path}. See what it would do")
    assert "frontrunner takeover plan --home" in answer.stdout
    found = json.loads(run(tmp_path, "status", "--json").stdout)
    assert (found["entries"], found["readings"]) == (0, [])
    assert list(tmp_path.iterdir()) == []
