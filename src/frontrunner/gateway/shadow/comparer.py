"""The process that gets mirrored requests: it asks both boards and counts where they differ.

Envoy throws its answer away. If it is down, slow or crashes, users do not notice, and the gateway's
metrics show it.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from frontrunner.base.errors import FrontrunnerError, NetworkError
from frontrunner.gateway.shadow.canon import Answer, canon
from frontrunner.gateway.shadow.compare import Outcome, compare, only_old_failed
from frontrunner.gateway.shadow.path_templates import template
from frontrunner.gateway.shadow.rules import RULES, ignored_by, load_rules
from frontrunner.gateway.shadow.tally import TALLY, Tally, read_tally, write_tally

log = logging.getLogger("frontrunner.gateway")
_WAITING = 200
"""Requests that wait to be compared; more are dropped and counted."""
_THREADS = 2
_WRITE_EVERY = 2.0
_KEPT_HEADERS = ("accept", "accept-language", "user-agent", "x-forwarded-host", "x-forwarded-proto")
_FAULTS = (
    ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, RuntimeError,
    TypeError, ValueError,
)  # fmt: skip
"""What code may raise on an answer that it was not written for."""
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Shadow(NamedTuple):
    """A mirrored request; it has no cookies and nothing else that acts for a visitor."""

    target: str
    headers: Mapping[str, str]


class Ask(Protocol):
    """Asks one board. Raises FrontrunnerError if it gives no answer in time."""

    def __call__(self, side: str, shadow: Shadow) -> Answer:
        """The answer of `old` or `new`."""


class Comparer:
    """Compares what it is given, in threads of its own."""

    def __init__(self, ask: Ask, folder: Path) -> None:
        self._ask = ask
        self._rules_file = folder / RULES
        self._tally_file = folder / TALLY
        self.tally: Tally = read_tally(self._tally_file)
        self._waiting: queue.Queue[tuple[int, Shadow]] = queue.Queue(_WAITING)
        self._numbers = count()
        self._open: dict[int, float] = {}
        """When each shadow was taken that is not counted yet; the oldest first."""
        self._lock = threading.Lock()
        self._written = 0.0
        self._is_unwritten = False

    def start(self) -> None:
        """Begin to compare."""
        for _ in range(_THREADS):
            threading.Thread(target=self._work, daemon=True).start()

    def take(self, shadow: Shadow) -> None:
        """Compare a request later; drop it if too many wait."""
        with self._lock:
            number = next(self._numbers)
            try:
                self._waiting.put_nowait((number, shadow))
                self._open[number] = time.time()
            except queue.Full:
                self.tally.dropped += 1

    def join(self) -> None:
        """Wait until everything taken was compared, and write the tally."""
        self._waiting.join()
        self._write(at_once=True)

    def _work(self) -> None:
        while True:
            try:
                number, shadow = self._waiting.get(timeout=self._until_write())
            except queue.Empty:  # no traffic: the last counts must not wait for the next shadow
                self._write()
                continue
            try:
                self._counted(number, shadow)
            finally:
                self._waiting.task_done()

    def _until_write(self) -> float | None:
        """Seconds until the tally may be written again; None if the file has all of it."""
        if not self._is_unwritten:
            return None
        return max(0.0, self._written + _WRITE_EVERY - time.monotonic())

    def _counted(self, number: int, shadow: Shadow) -> None:
        try:
            self.compare(shadow)
        except FrontrunnerError as error:
            with self._lock:
                self.tally.errors += 1
            log.warning("a shadow was not compared: %s", error)
        except _FAULTS:
            # A fault of the comparison must neither end it nor look like agreement.
            with self._lock:
                self.tally.crashed += 1
            log.exception("the comparison of %s failed", shadow.target)
        with self._lock:
            self._open.pop(number, None)
        self._is_unwritten = True
        self._write()

    def compare(self, shadow: Shadow) -> Outcome:
        """Ask both boards, the old one twice, and count the verdict."""
        rules = load_rules(self._rules_file)
        old = self._of_old(shadow)
        again = self._of_old(shadow) if old.status < 500 else old
        new = self._ask("new", shadow)
        if old.status >= 500 and new.status >= 500:
            raise NetworkError(f"both boards answered {old.status} and {new.status}")
        route = template(shadow.target)
        if only_old_failed(old.status, again.status, new.status):
            with self._lock:
                self.tally.add(route, "old_failed")
            return "old_failed"
        compared = compare(canon(old), canon(again), canon(new))
        today = datetime.now(UTC).date()
        left, used = ignored_by(rules, route, compared.differences, today)
        outcome = _outcome(bool(left), bool(used), compared.noisy)
        with self._lock:
            counts = self.tally.add(route, outcome)
            for name in used:
                self.tally.rules[name] = self.tally.rules.get(name, 0) + 1
            if left:
                self.tally.keep_example(counts, shadow.target, left, old, new)
        return outcome

    def _of_old(self, shadow: Shadow) -> Answer:
        """The old board's answer; without one, what a gateway would say of that."""
        try:
            return self._ask("old", shadow)
        except FrontrunnerError as error:
            log.debug("the old board gave no answer: %s", error)
            return Answer(504, "", b"")

    def _write(self, *, at_once: bool = False) -> None:
        if not at_once and time.monotonic() - self._written < _WRITE_EVERY:
            return
        self._written = time.monotonic()
        try:
            with self._lock:
                self._is_unwritten = False  # first: what is counted from now on is not in it
                self.tally.counted_until = next(iter(self._open.values()), time.time())
                write_tally(self._tally_file, self.tally)
        except OSError as error:
            self._is_unwritten = True
            log.error("the tally of shadows was not written: %s", error)

    # --- as an ASGI application -----------------------------------------------------------------

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Send) -> None:
        """Take one mirrored request and answer at once."""
        if scope["type"] != "http":
            return
        if scope["method"] == "GET":
            await asyncio.to_thread(self.take, shadow_of(scope))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def shadow_of(scope: Mapping[str, Any]) -> Shadow:
    """A mirrored request without what could act for a visitor."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    query = scope["query_string"].decode("latin-1")
    raw = scope.get("raw_path") or scope["path"].encode()
    target = raw.decode("latin-1").partition("?")[0] + (f"?{query}" if query else "")
    return Shadow(target, {name: headers[name] for name in _KEPT_HEADERS if name in headers})


def _outcome(left: bool, ignored: bool, noisy: bool) -> Outcome:
    if left:
        return "different"
    if ignored:
        return "ignored"
    return "noisy" if noisy else "same"
