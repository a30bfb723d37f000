"""The lease and the lock of a home: who is killed does not make others wait."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontrunner.takeover.ledger.lease import Lease
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.tenure import HomeTenure
from tests.waiting import next_line


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    found = Ledger("", tmp_path)
    yield found
    found.close()


def tenure(ledger: Ledger, lock: Path, home: str = "here") -> HomeTenure:
    return HomeTenure(Lease(ledger.database, 1000.0), lock, lambda name: name.startswith(home))


HOLDS = """
import sys, time
from pathlib import Path
from frontrunner.takeover.ledger.lease import Lease
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.tenure import HomeTenure
folder = Path(sys.argv[1])
one = HomeTenure(Lease(Ledger("", folder).database, 1000.0), folder / "lock", lambda name: True)
print(one.acquire("here pid 1"), flush=True)
time.sleep(600)
"""


def test_the_next_process_of_a_home_need_not_wait_for_one_that_was_killed(
    ledger: Ledger, tmp_path: Path
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        first = int(next_line(process))
        second = tenure(ledger, tmp_path / "lock")
        assert second.acquire("here pid 2") is None, "it lives"
        process.kill()
        process.wait()
        token = second.acquire("here pid 2")
    finally:
        process.kill()
        process.communicate()
    assert token == first + 1
    assert not Lease(ledger.database).renew(first)


def test_a_holder_of_another_home_is_waited_for(ledger: Ledger, tmp_path: Path) -> None:
    other = tenure(ledger, tmp_path / "other", "there")
    token = other.acquire("there pid 1")
    assert token is not None
    mine = tenure(ledger, tmp_path / "lock")
    for _ in range(2):
        assert mine.acquire("here pid 2") is None
    other.release(token)
    assert mine.acquire("here pid 2", above=99) == 100
    assert mine.renew(100)
    mine.release(100)
    again = tenure(ledger, tmp_path / "lock")
    assert again.acquire("here pid 3") == 101, "the lock was given back too"
    again.close()
    other.close()
