"""What a rehearsal on the Hub lets go wrong, and how the take-over has to end then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from frontrunner.gateway.remote_state import CONTROL_PATH, RemoteRefusal
from frontrunner.hub.standin.deploys import Cause, Result
from frontrunner.hub.standin.faults import (
    Fault,
    busy,
    hang,
    landed_error,
    late_commit,
    lost_commit,
    other_push,
    rate_limited,
)
from frontrunner.hub.standin.stored import Stored
from frontrunner.takeover.on_hub.made_up import DEMO, SPACE
from frontrunner.takeover.records import Verb
from frontrunner.takeover.stages import Stage


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What to rehearse."""

    strategy: str = "overwrite"
    shifting: bool = False
    """Whether users move in shares first, with a gateway at the name."""
    fault: str = "none"
    old: Path | None = None
    """Folder with the old board's files; None makes some up."""
    new: Path | None = None
    """Folder with the new board's files; None makes some up."""
    record: Path | None = None
    """A record of the old board, to be compared with the live address after the cut-over."""
    ignore: Path | None = None
    """Accepted differences from it."""
    every: float = 0.1
    """Seconds between two looks of the observer."""
    seconds: float = 300.0
    """The longest time."""


class Rehearsed(NamedTuple):
    """One fault."""

    text: str
    harm: Callable[[Stored, str], None]
    """Is given the strategy, too."""
    at: Stage = Stage.GUIDED
    """The stage at which it happens, just before the next one."""
    then: tuple[Verb, ...] = ()
    """What the operator does each time that the take-over has stopped."""
    ends_back: bool = False
    """Whether users are to be on the old board at the end."""
    hardware: str = ""
    """Hardware to ask for at the name."""
    takes_likes: bool = False
    """Whether the fault itself takes a like away."""
    shifts: bool = False
    """Whether it needs a gateway at the name."""
    restarts: bool = False
    """Whether it restarts the gateway's container, which is waited for."""
    gate: str = ""
    """The gate on traffic that has to take users back; many visitors come then."""


def _push(stored: Stored, _: str) -> None:
    stored.inject(other_push({"data/boards.csv": "model,score\nb,2\n"}))


def _unlike(stored: Stored, _: str) -> None:
    likes = stored.space(SPACE).likes
    likes.pop(next(iter(likes)), None)


def _build_fails(stored: Stored, strategy: str) -> None:
    """By a rename the new board's own Space is built again."""
    place = DEMO if strategy == "rename" else SPACE
    stored.let_next_end(stored.space(place), Result.BUILD_ERROR)


def _hardware_is_slow(stored: Stored, _: str) -> None:
    stored.switches = msgspec.structs.replace(stored.switches, hardware=4.0)


def _restart(stored: Stored, _: str) -> None:
    stored.restart(stored.space(SPACE), Cause.RESTART)


_NEW_PAGE = "^/-/tree/.*/[0-9a-f]{40}/?$"
"""The front page of the new board next to the gateway; its health is another path."""
_FOR_GOOD = 10**9


def _new_fails(stored: Stored, _: str) -> None:
    stored.inject(Fault(path=_NEW_PAGE, status=500, work="not done", times=_FOR_GOOD))


def _new_is_slow(stored: Stored, _: str) -> None:
    stored.inject(Fault(path=_NEW_PAGE, answer="dribbled", seconds=0.8, times=_FOR_GOOD))


def _no_control(stored: Stored, _: str) -> None:
    stored.inject(Fault(path=CONTROL_PATH, status=503, work="not done", times=10))


def _wrong_token(stored: Stored, _: str) -> None:
    said = msgspec.json.encode(RemoteRefusal(detail="The token is missing or wrong.")).decode()
    stored.inject(Fault(path=CONTROL_PATH, status=401, body=said, work="not done", times=10_000))


FAULTS: dict[str, Rehearsed] = {
    "none": Rehearsed("Nothing goes wrong.", lambda stored, _: None),
    "rollback": Rehearsed(
        "An operator takes everything back after the cut-over.",
        lambda stored, _: None, Stage.CUTOVER, (Verb.ROLLBACK,), ends_back=True,
    ),
    "kill": Rehearsed(
        "The controller is killed with SIGKILL before and after each of its entries.",
        lambda stored, _: None,
    ),
    "lost-commit": Rehearsed(
        "The answer to the commit is lost.", lambda stored, _: stored.inject(lost_commit())
    ),
    "late-commit": Rehearsed(
        "The commit is answered with 504, and made a second later all the same.",
        lambda stored, _: stored.inject(late_commit(1.0)),
    ),
    "landed-error": Rehearsed(
        "The commit is answered with 500 although it was made.",
        lambda stored, _: stored.inject(landed_error()),
    ),
    "busy": Rehearsed(
        "Another commit is under way: 409.", lambda stored, _: stored.inject(busy(times=3))
    ),
    "rate-limit": Rehearsed(
        "Too many calls: 429.",
        lambda stored, _: stored.inject(rate_limited(1, path="/(commits|tree)/", times=2)),
    ),
    "hang": Rehearsed(
        "Calls are not answered for a while.",
        lambda stored, _: stored.inject(hang(2.0, path="/runtime"), hang(2.0, path="/tree/")),
    ),
    "push": Rehearsed(
        "Somebody else commits between the look and the commit.",
        _push, Stage.GUIDED, (Verb.ROLLBACK, Verb.RETRY),
    ),
    "build-error": Rehearsed(
        "The new board does not build at the name.", _build_fails, Stage.GUIDED, (Verb.RETRY,)
    ),
    "slow-hardware": Rehearsed(
        "The hardware that was requested is pending for long.", _hardware_is_slow,
        hardware="t4-small",
    ),
    "lost-like": Rehearsed(
        "A like is gone after the cut-over: the gate fails, and users go back.",
        _unlike, Stage.GUIDED, ends_back=True, takes_likes=True,
    ),
    "restart": Rehearsed(
        "The gateway's container restarts in the middle of the move.",
        _restart, Stage.SHIFTING, shifts=True, restarts=True,
    ),
    "no-control": Rehearsed(
        "The gateway's control path does not answer for a while.",
        _no_control, Stage.SHIFTING, shifts=True,
    ),
    "wrong-token": Rehearsed(
        "The gateway refuses the controller's token: the operator takes everything back.",
        _wrong_token, Stage.SHIFTING, (Verb.ROLLBACK,), ends_back=True, shifts=True,
    ),
    "new-fails": Rehearsed(
        "The new board fails its pages in the middle of the move: a gate takes users back.",
        _new_fails, Stage.SHIFTING, ends_back=True, shifts=True, gate="success",
    ),
    "new-is-slow": Rehearsed(
        "The new board is slow in the middle of the move: a gate takes users back.",
        _new_is_slow, Stage.SHIFTING, ends_back=True, shifts=True, gate="slowness",
    ),
}  # fmt: skip


def faults_of(*, shifting: bool) -> list[str]:
    """The faults that can happen, with a gateway at the name or without one."""
    return [name for name, one in FAULTS.items() if shifting or not one.shifts]
