"""Follow a store: poll it, download new snapshots, and record the state."""

from __future__ import annotations

import logging
import os
import select
import time
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from frontrunner.base.errors import CorruptSnapshotError, SnapshotError, StoreError
from frontrunner.base.home import Home
from frontrunner.remote.pull import Pulled, Puller
from frontrunner.remote.state import Following, read_following, write_following

log = logging.getLogger("frontrunner.store")
_MOST = 60.0
"""Seconds; the longest pause after failures."""
_WRITE_EVERY = 30.0
Wait = Callable[[float], bool]
"""Waits for some seconds; whether to go on."""


class Looked(NamedTuple):
    """The result of one poll of the store."""

    pulled: Pulled | None
    problem: str


def pause(every: float, failures: int) -> float:
    """Seconds until the store is asked again: longer and longer while it does not answer."""
    longest = max(every, _MOST)
    return float(min(every * 2 ** min(failures, 16), longest))


def until_closed(pipe: int) -> Wait:
    """Wait, and stop as soon as a pipe is closed at its other end."""

    def wait(seconds: float) -> bool:
        readable, _, _ = select.select([pipe], [], [], seconds)
        return not (readable and os.read(pipe, 1) == b"")

    return wait


def follow(
    puller: Puller,
    home: Home,
    address: str,
    every: float,
    wait: Wait,
) -> None:
    """Ask the store until `wait` says to stop. A store that fails is asked less often."""
    before = read_following(home)
    state = before if before is not None and before.store == address else Following(store=address)
    while True:
        state = step(puller, home, state)
        if not wait(pause(every, state.failures)):
            return


def step(puller: Puller, home: Home, state: Following) -> Following:
    """Poll once, log a new snapshot, and store the state."""
    looked = look(puller)
    after = next_state(state, looked, time.time())
    if looked.pulled is not None and looked.pulled.snapshot != state.snapshot:
        log.warning(
            "snapshot %s came from %s (%s bytes)",
            looked.pulled.snapshot,
            state.store,
            f"{looked.pulled.downloaded:,}",
        )
    if looked.problem and looked.problem != state.problem:
        log.error("%s", looked.problem, extra={"event": "store_problem"})
    return _stored(home, state, after)


def look(puller: Puller) -> Looked:
    """Poll the store once; an error is part of the result."""
    try:
        return Looked(puller.pull(), "")
    except (StoreError, CorruptSnapshotError, SnapshotError, OSError) as error:
        return Looked(None, str(error))


def next_state(state: Following, looked: Looked, now: float) -> Following:
    """The state of following after one poll."""
    failed = bool(looked.problem)
    return msgspec.structs.replace(
        state,
        asked_at=now,
        answered_at=state.answered_at if failed else now,
        failures=state.failures + 1 if failed else 0,
        problem=looked.problem,
        snapshot=looked.pulled.snapshot if looked.pulled else state.snapshot,
    )


def _stored(home: Home, before: Following, after: Following) -> Following:
    """Write the state if more than its times changed, or from time to time."""
    still = msgspec.structs.replace(after, asked_at=before.asked_at, answered_at=before.answered_at)
    if still == before and after.asked_at - _written_at(home) < _WRITE_EVERY:
        return after
    try:
        write_following(home, after)
    except OSError as error:
        log.error("%s could not be written: %s", home.store_state, error.strerror or error)
    return after


def _written_at(home: Home) -> float:
    try:
        return home.store_state.stat().st_mtime
    except OSError:
        return 0.0
