"""Every fault of the new board in turn, Envoy killed and restarted: no user notices.

`FRONTRUNNER_FAULT_REQUESTS` sets how many requests are sent at least; 200,000 if it is not set.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from itertools import cycle

import pytest

from tests.acceptance.gateway.conftest import Move, gateway_before
from tests.acceptance.gateway.raw import Outcome, load, quick_boards
from tests.gateway.boards import Board
from tests.gateway.conftest import written

pytestmark = pytest.mark.acceptance
REQUESTS = int(os.environ.get("FRONTRUNNER_FAULT_REQUESTS", "200000"))
CLIENTS = 32
FAULTS = ("refuse", "hang", "slow", "reset", "500", "garbage")
RESTARTS = 5
SETTINGS = """
attempt_timeout = 0.5
drain = 2
concurrency = 2
new_health = ""
ejection_time = 0.5
"""


@pytest.fixture
def new() -> Iterator[Board]:
    """The new board, which misbehaves when told to."""
    board = Board("new").start()
    yield board
    board.stop()


def until(holds: Callable[[], object], said: Callable[[], str]) -> None:
    end = time.monotonic() + 40
    while not holds():
        if time.monotonic() > end:
            pytest.fail(f"it did not come to hold: {said()[-2000:]}")
        time.sleep(0.02)


def misbehave(board: Board, fault: str, seconds: float) -> None:
    """Show one fault for a while, then be well again."""
    if fault == "refuse":
        board.refuse()
        time.sleep(seconds)
        board.listen_again()
    else:
        board.mode = fault
        time.sleep(seconds)
        board.mode = "ok"
    board.asked.clear()


def envoy_pid(move: Move) -> int:
    """The Envoy that was started last."""
    notes = (move.home / "gateway").glob("envoy-*.pid")
    return int(max(notes, key=written).read_text())


def kill_envoy(move: Move) -> float:
    """Kill Envoy; the seconds until another one answers."""
    before, began = envoy_pid(move), time.monotonic()
    os.kill(before, signal.SIGKILL)
    until(lambda: envoy_pid(move) != before and _is_live(move), move.said)
    return time.monotonic() - began


def _is_live(move: Move) -> bool:
    try:
        return move.control.get_share() == 10_000
    except Exception:  # noqa: BLE001 -- until then there is no Envoy to ask
        return False


def restart_hot(move: Move) -> None:
    """Ask for a reload, and wait until the next Envoy has taken over."""
    done = move.said().count("restarted with the current settings")
    move.process.send_signal(signal.SIGHUP)
    until(lambda: move.said().count("restarted with the current settings") > done, move.said)


def everything_that_goes_wrong(move: Move, board: Board) -> Iterator[str]:
    """One fault at each step; Envoy killed once and restarted five times on the way."""
    for number, fault in enumerate(FAULTS):
        misbehave(board, fault, 2.0)
        yield fault
        if number < RESTARTS:
            restart_hot(move)
            yield "hot restart"
        if number == 2:
            move_took = kill_envoy(move)
            yield f"Envoy killed ({move_took:.2f} s)"
        time.sleep(1.0)


def test_no_repeatable_request_fails_whatever_the_new_board_does(new: Board) -> None:
    happened: list[str] = []
    with quick_boards() as (old, _), gateway_before(old, new.url, SETTINGS) as move:
        move.share(100)
        under_way = True
        outcome, wait = load(move.url, REQUESTS, CLIENTS, lambda: under_way)
        try:
            for step in everything_that_goes_wrong(move, new):
                happened.append(f"{step}: {outcome.asked} asked, {len(outcome.failed)} failed")
        finally:  # otherwise the clients of a test that failed would ask for ever
            under_way = False
        for fault in cycle(FAULTS):  # again in turns, until all requests are sent
            if outcome.asked >= REQUESTS:
                break
            misbehave(new, fault, 1.0)
            time.sleep(0.5)
        wait()
    report(outcome, happened)
    assert outcome.asked >= REQUESTS
    assert outcome.failed == []
    assert set(outcome.by_side) == {"old", "new"}
    # Only a kill cuts connections, twice each; a hot restart may close one that was idle.
    assert outcome.repeated <= CLIENTS * (RESTARTS + 2)


def report(outcome: Outcome, happened: list[str]) -> None:
    """What happened, for people who run this with `-s`."""
    print("\n".join(happened))  # noqa: T201
    print(  # noqa: T201
        f"{outcome.asked} requests, {outcome.by_side}, {outcome.repeated} sent again, "
        f"{len(outcome.failed)} failed {outcome.failed[:5]}, slowest {outcome.slowest:.2f} s"
    )
