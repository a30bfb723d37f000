"""Many processes, killed processes and full disks: the chain neither forks nor breaks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from frontrunner.takeover.ledger.ledger import Ledger

ROOT = Path(__file__).parents[3]


def run(action: str, url: str, folder: Path, *numbers: int) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "tests.takeover.ledger.workers", action, url, folder,
         *map(str, numbers)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def entries_of(url: str, folder: Path) -> list[Any]:
    """All entries, after the chain was recomputed."""
    ledger = Ledger(url, folder)
    try:
        found = list(ledger.entries())
        verified = ledger.verify()
        assert verified.holds, verified.text
        assert verified.entries == len(found)
    finally:
        ledger.close()
    return found


def test_eight_processes_append_at_once_without_a_gap_or_a_fork(
    database_url: str, tmp_path: Path
) -> None:
    """They make the tables at once, too."""
    numbers = run("append", database_url, tmp_path, 8, 20)
    assert sorted(seq for one in numbers for seq in one) == list(range(1, 161))
    assert all(one == sorted(one) for one in numbers)
    assert len(entries_of(database_url, tmp_path)) == 160


def test_a_lease_that_many_race_for_has_one_token_each_time(
    database_url: str, tmp_path: Path
) -> None:
    found = run("race", database_url, tmp_path, 4, 25)
    given = [one for holder in found for one in holder]
    tokens = sorted(one["token"] for one in given)
    assert tokens == list(range(1, 101))
    entries = entries_of(database_url, tmp_path)
    written = [entry.token for entry in entries]
    assert written == sorted(written)  # no old token after a new one
    for one in given:
        # Nor when the new one has written nothing yet: only that it was given counts.
        assert all(entry.token >= one["token"] for entry in entries if entry.seq > one["after"])
    by_token: dict[int, int] = defaultdict(int)
    for token in written:
        by_token[token] += 1
    assert all(by_token[one["token"]] == one["appended"] for one in given)


def test_a_kill_at_every_statement_leaves_a_chain_that_holds(
    database_url: str, tmp_path: Path
) -> None:
    ends = run("kill_at_each_statement", database_url, tmp_path)
    assert [one.get("status") for one in ends[:-1]] == [-9] * (len(ends) - 1)
    assert len(ends) > 8
    entries = entries_of(database_url, tmp_path)
    assert entries[-1].seq == ends[-1]["seq"]
    late = [entry for entry in entries if entry.actor == "cli:late"]
    assert len(entries) - len(late) == len(ends)
    assert len(late) == 2  # the last one, and the one that was killed after its commit


def test_random_kills_lose_nothing_that_was_acknowledged(database_url: str, tmp_path: Path) -> None:
    acknowledged = run("kill_at_random", database_url, tmp_path, 30)
    stored = [entry.seq for entry in entries_of(database_url, tmp_path)]
    assert len(set(acknowledged)) == len(acknowledged) >= 30
    assert set(acknowledged) <= set(stored)
    assert stored == list(range(1, len(stored) + 1))


def test_a_full_disk_refuses_and_the_ledger_goes_on_afterwards(tmp_path: Path) -> None:
    found = run("fill_the_disk", "", tmp_path)
    assert len(found["refused"]) == 3
    assert all("cannot be written" in text for text in found["refused"])
    assert len(entries_of("", tmp_path)) == found["stored"]


def test_a_user_without_write_permission_gets_a_clear_error() -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own folder is closed to other users
        folder = Path(name, "ledger")
        folder.parent.chmod(0o755)
        try:
            found = run("as_nobody", "", folder)
        finally:
            folder.chmod(0o755)
        for text in found.values():
            assert "permission" in text, text
        assert len(entries_of("", folder)) == 0


def test_an_error_in_a_process_fails_its_test(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="LedgerError"):
        run("append", "nonsense://", tmp_path, 1, 1)
