"""Processes that use one ledger at once: `python -m tests...workers ACTION URL FOLDER NUMBER...`.

Each is forked from one that has imported everything, so that many can be started and killed. The
output is JSON.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from frontrunner.base.errors import LedgerError, StaleTokenError
from frontrunner.takeover.ledger.lease import Lease
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.records import Noted

NOTE = Noted(topic="test", text="x" * 100)


def forked(work: Callable[[int], Any]) -> tuple[int, int]:
    """Run in a child, and give its process id and the pipe that its result is written to.

    The child knows the other end of that pipe.
    """
    read, write = os.pipe()
    child = os.fork()
    if child:
        os.close(write)
        return child, read
    os.close(read)
    status = 1
    try:
        os.write(write, json.dumps(work(write)).encode())
        status = 0
    finally:
        if status:
            traceback.print_exc()
        os._exit(status)


def result(child: int, pipe: int) -> Any:
    with open(pipe, "rb") as file:
        data = file.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return json.loads(data) if not status else {"status": status}


def together(count: int, work: Callable[[int], Any]) -> list[Any]:
    """The results of so many processes that do the same at once."""
    go, start = os.pipe()

    def one(number: int, _: int) -> Any:
        os.close(start)
        os.read(go, 1)  # ends when the parent closes its side
        return work(number)

    children = [forked(partial(one, number)) for number in range(count)]
    os.close(start)
    found = [result(*child) for child in children]
    assert not any("status" in one for one in found), "a process failed"
    return found


def append(url: str, folder: Path, processes: int, each: int) -> Any:
    """Open a ledger that does not exist yet, and append, all at once."""

    def work(number: int) -> list[int]:
        ledger = Ledger(url, folder)
        return [ledger.append(f"cli:{number}", "p", NOTE).seq for _ in range(each)]

    return together(processes, work)


def race(url: str, folder: Path, processes: int, each: int) -> Any:
    """Take the lease from each other again and again, and append with each token twice."""

    def work(number: int) -> list[Any]:
        ledger = Ledger(url, folder)
        lease = Lease(ledger.database, time_to_live=0.0)
        found = []
        for _ in range(each):
            token = lease.acquire(f"holder {number}")
            after = ledger.size()
            appended = 0
            if token:
                try:
                    for _ in range(2):
                        ledger.append("controller", "p", NOTE, token=token)
                        appended += 1
                except StaleTokenError:
                    pass
            found.append({"token": token, "after": after, "appended": appended})
        return found

    return together(processes, work)


def kill_at_each_statement(url: str, folder: Path) -> Any:
    """Kill a process before and after each thing that it says to the database in `append`."""
    ends = []
    for number in range(100):
        end = result(*forked(partial(_append_and_die, url, folder, number)))
        ends.append(end)
        if "status" not in end:
            break
    return ends


def _append_and_die(url: str, folder: Path, number: int, _: int) -> Any:
    ledger = Ledger(url, folder)
    ledger.append("cli:warm", "p", NOTE)
    left = [number]

    def maybe_die(*_: Any) -> None:
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1

    for moment in ("begin", "before_cursor_execute", "after_cursor_execute", "commit"):
        sql.event.listen(ledger.database.engine, moment, maybe_die)
    seq = ledger.append("cli:late", "p", NOTE).seq
    maybe_die()
    return {"seq": seq}


def kill_at_random(url: str, folder: Path, times: int) -> Any:
    """Kill a process that appends all the time; give the numbers that it was told are stored."""
    chance = random.Random(11)
    acknowledged: list[int] = []
    for _ in range(times):
        child, pipe = forked(partial(_append_for_ever, url, folder))
        with open(pipe, "rb") as file:
            lines = [file.readline() for _ in range(chance.randrange(1, 4))]
            # Less than one append takes, so that the kill comes at any point of the next one.
            signal.setitimer(signal.ITIMER_REAL, chance.random() * 0.006 + 1e-6)
            signal.sigwait([signal.SIGALRM])
            os.kill(child, signal.SIGKILL)
            lines += file.read().split(b"\n")
        os.waitpid(child, 0)
        acknowledged += [int(one) for one in lines if one.strip()]
    return acknowledged


def _append_for_ever(url: str, folder: Path, pipe: int) -> None:
    ledger = Ledger(url, folder)
    while True:
        os.write(pipe, b"%d\n" % ledger.append("cli:me", "p", NOTE).seq)


def fill_the_disk(url: str, folder: Path) -> Any:
    """Append until no file may grow any more, then go on when it may."""
    ledger = Ledger(url, folder)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    refused: list[str] = []
    stored = 0
    while len(refused) < 3:
        try:
            ledger.append("cli:me", "p", NOTE)
            stored += 1
        except LedgerError as error:
            refused.append(str(error))
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    ledger.append("cli:me", "p", NOTE)
    return {"refused": refused, "stored": stored + 1}


def as_nobody(url: str, folder: Path) -> Any:
    """Open a ledger and append to it as a user who may only read."""

    def work(_: int) -> dict[str, str]:
        if os.geteuid() == 0:
            os.setuid(65_534)
        found = {}
        for name, use in (
            ("open", lambda: Ledger(url, folder)),
            ("append", lambda: ledger.append("cli:me", "p", NOTE)),
        ):
            try:
                use()
                found[name] = ""
            except LedgerError as error:
                found[name] = str(error)
        return found

    ledger = Ledger(url, folder)
    ledger.close()
    folder.joinpath("ledger.db").chmod(0o444)
    folder.chmod(0o555)
    return result(*forked(work))


def main() -> None:
    """Do what the command line says."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
    action, url, folder, *numbers = sys.argv[1:]
    found = globals()[action](url, Path(folder), *map(int, numbers))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
