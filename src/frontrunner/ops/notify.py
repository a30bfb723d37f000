"""Tell people what the take-over does, without ever holding it up.

`Notifier.tell` only puts a notice into memory. A thread for each channel stores it in an outbox on
the disk and delivers it, with retries, so that a channel that is down or slow stops nothing and
loses little. After a crash a notice may be delivered twice; its id says so. The outbox is also what
other processes read to see how a channel is.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from frontrunner.base.atomic import locked, write_file
from frontrunner.base.errors import FrontrunnerError

log = logging.getLogger("frontrunner.notify")
MOST_WAITING = 200
"""Notices that wait for one channel; beyond that the oldest is dropped and counted."""
MOST_ATTEMPTS = 40
"""After that many failed attempts, over five hours, a notice is given up."""
DEAD_AFTER = 3
"""Failed attempts in a row after which a channel counts as dead."""
LONGEST_TEXT = 4000
"""Characters of a notice; what is longer is cut."""
_KNOWN = 500
"""Ids that are remembered, so that the same notice is not sent again."""
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 600.0
_LOOK_OFTEN = 0.02
_LOOK_AGAIN = 0.5
"""Seconds until it is asked again whether another process has let go of an outbox."""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something that people are told."""

    id: str
    """Names it for ever, such as `ledger-57`; a notice that comes twice has the same one."""
    at: float
    """When it happened, in seconds since the epoch."""
    kind: str
    """`stage`, `share`, `paused`, `resumed`, `rolled_back`, `failed`, `retried`, `finished`,
    `alarm`, `update` or `test`."""
    title: str
    """One line."""
    text: str = ""
    """The details, in several lines."""
    urgent: bool = False
    """Whether a person should look at once."""


class Channel(Protocol):
    """A way to tell people."""

    name: str
    """`webhook` or `mail`; also the name of its file in the outbox."""

    def send(self, notice: Notice) -> None:
        """Deliver a notice. Raises FrontrunnerError if it is not known to be delivered."""


class Outbox(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one channel, as its file has it."""

    channel: str
    waiting: tuple[Notice, ...] = ()
    """Oldest first."""
    attempts: int = 0
    """Failed attempts in a row."""
    retry_at: float | None = None
    """When the next attempt is due, in seconds since the epoch; None if it is not waiting."""
    error: str = ""
    """Why the last attempt failed; empty after one that did not."""
    delivered: int = 0
    failed: int = 0
    """Attempts that failed, ever."""
    lost: int = 0
    """Notices that were dropped or given up."""
    delivered_at: float | None = None
    known: tuple[str, ...] = ()
    """Ids of the latest notices."""

    @property
    def is_dead(self) -> bool:
        """Whether several attempts in a row failed."""
        return self.attempts >= DEAD_AFTER


class Notifier:
    """All channels of one controller."""

    def __init__(
        self,
        channels: Sequence[Channel],
        folder: Path,
        now: Callable[[], float] = time.time,
        pause: float = _FIRST_PAUSE,
    ) -> None:
        """Keep the outboxes in `folder`; `pause` is the first pause after a failure, in seconds."""
        self._couriers = [Courier(one, folder, now, pause) for one in channels]

    def start(self) -> None:
        """Begin to deliver, with what was left from before."""
        for one in self._couriers:
            one.start()

    def tell(self, notice: Notice) -> None:
        """Deliver a notice soon. Never blocks and never raises."""
        for one in self._couriers:
            one.take(notice)

    def states(self) -> list[Outbox]:
        """How each channel is."""
        return [one.state for one in self._couriers]

    def drain(self, seconds: float) -> None:
        """Wait until each channel delivered what it has, or met a failure; at most `seconds`."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not all(one.is_settled for one in self._couriers):
            time.sleep(_LOOK_OFTEN)

    def close(self, seconds: float = 5.0) -> None:
        """Stop after the attempts under way; what is not delivered waits for the next start."""
        for one in self._couriers:
            one.stop()
        until = time.monotonic() + seconds
        for one in self._couriers:
            one.join(max(until - time.monotonic(), 0))


class Courier:
    """One channel with its thread and its outbox. The thread alone changes the state."""

    def __init__(
        self, channel: Channel, folder: Path, now: Callable[[], float], pause: float
    ) -> None:
        self._channel = channel
        self._path = outbox_file(folder, channel.name)
        self._now = now
        self._pause = pause
        self._new: deque[Notice] = deque()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"notify-{channel.name}")
        self._thread.daemon = True
        self.state = read_outbox(self._path) or Outbox(channel=channel.name)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def take(self, notice: Notice) -> None:
        """Deliver a notice soon."""
        self._new.append(notice)
        self._wake.set()

    def stop(self) -> None:
        """Make the thread store what is new, and end."""
        self._stopping.set()
        self._wake.set()

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits, or what waits met a failure and is tried later."""
        return not self._new and (not self.state.waiting or self.state.attempts > 0)

    def join(self, seconds: float) -> None:
        """Wait until the thread has ended, at most some seconds."""
        if self._thread.is_alive():
            self._thread.join(seconds)

    # --- in the thread ------------------------------------------------------------------------

    def _work(self) -> None:
        """Deliver while no other process does: two would overwrite each other's outbox."""
        while True:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with locked(self._path.with_suffix(".lock")):
                    self.state = read_outbox(self._path) or self.state
                    self._deliver()
                return
            except BlockingIOError:
                if self._stopping.wait(_LOOK_AGAIN) and not self._new:
                    return
            except OSError as error:
                log.error("the outbox of %s cannot be locked: %s", self._channel.name, error)
                self._deliver()
                return

    def _deliver(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(due_in(self.state, self._now()))
            self._wake.clear()
            self._store()
            while due_in(self.state, self._now()) == 0 and not self._stopping.is_set():
                self._attempt()
                self._store()
        self._store()

    def _store(self) -> None:
        """Take what is new into the state, and write it if it changed."""
        new = list(self._new)
        self._change(with_new(self.state, new))
        # Only now: what is taken is in one of the two at every instant.
        for _ in new:
            self._new.popleft()

    def _attempt(self) -> None:
        notice = self.state.waiting[0]
        try:
            self._channel.send(notice)
        except (FrontrunnerError, OSError, ValueError, OverflowError) as error:
            # The last two are of a text or a time that no e-mail can hold: the thread goes on.
            self._failed(str(error) or repr(error))
        else:
            self._change(after_delivery(self.state, self._now()))

    def _failed(self, error: str) -> None:
        failed = after_failure(self.state, error, self._now(), self._pause)
        if failed.is_dead and not self.state.is_dead:
            log.error("%s is dead: %s", self._channel.name, error)
        self._change(failed)

    def _change(self, state: Outbox) -> None:
        if state == self.state:
            return
        self.state = state
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_file(self._path, msgspec.json.encode(state), mode=0o600)
        except OSError as error:
            # It goes on from memory: delivering matters more than surviving a crash.
            log.error("the outbox of %s was not written: %s", self._channel.name, error)


# --- the rules, pure ------------------------------------------------------------------------------


def with_new(state: Outbox, notices: Sequence[Notice]) -> Outbox:
    """The state with more notices; those that it knows already are left out."""
    known, waiting, lost = list(state.known), list(state.waiting), state.lost
    for notice in notices:
        if notice.id not in known:
            known.append(notice.id)
            waiting.append(_bounded(notice))
    lost += max(0, len(waiting) - MOST_WAITING)
    return msgspec.structs.replace(
        state, known=tuple(known[-_KNOWN:]), waiting=tuple(waiting[-MOST_WAITING:]), lost=lost
    )


def after_delivery(state: Outbox, now: float) -> Outbox:
    """The state after its first notice was delivered."""
    return msgspec.structs.replace(
        state,
        waiting=state.waiting[1:],
        attempts=0,
        retry_at=None,
        error="",
        delivered=state.delivered + 1,
        delivered_at=now,
    )


def after_failure(state: Outbox, error: str, now: float, pause: float = _FIRST_PAUSE) -> Outbox:
    """The state after an attempt failed: the pause doubles; in the end the notice is given up."""
    attempts = state.attempts + 1
    gives_up = attempts % MOST_ATTEMPTS == 0
    waiting = state.waiting[1:] if gives_up else state.waiting
    wait = min(pause * 2 ** min(attempts - 1, 20), _LONGEST_PAUSE)
    return msgspec.structs.replace(
        state,
        waiting=waiting,
        attempts=attempts,
        retry_at=now + wait if waiting else None,
        error=error[:500],
        failed=state.failed + 1,
        lost=state.lost + gives_up,
    )


def due_in(state: Outbox, now: float) -> float | None:
    """Seconds until the next attempt is due; None if nothing waits.

    A pause that is longer than any of ours comes from a step of the clock, and is over.
    """
    if not state.waiting:
        return None
    left = (state.retry_at or 0.0) - now
    return left if 0 < left <= _LONGEST_PAUSE else 0.0


def _bounded(notice: Notice) -> Notice:
    title = _storable(" ".join(notice.title.split())[:200])
    text = _storable(notice.text[:LONGEST_TEXT])
    return msgspec.structs.replace(notice, title=title, text=text)


def _storable(text: str) -> str:
    """The text without the half characters that names of files may have, and JSON may not."""
    return text.encode("utf-8", "replace").decode("utf-8")


# --- the files ------------------------------------------------------------------------------------


def outbox_file(folder: Path, channel: str) -> Path:
    """The file of one channel."""
    return folder / f"{channel}.json"


def read_outbox(path: Path) -> Outbox | None:
    """The state in a file; None if there is none or it cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Outbox)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def read_outboxes(folder: Path) -> list[Outbox]:
    """The states of all channels that ever had something to deliver, by name."""
    found = (read_outbox(path) for path in sorted(folder.glob("*.json")))
    return [one for one in found if one is not None]
