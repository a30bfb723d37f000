"""Run checks outside the traffic, next to the controller, each in a process with a time limit.

`poll` never waits. A check that crashes, hangs or cannot be started is an error, never a pass. A
result belongs to the data and the code it was made on: new data runs parity again and nothing else.
Webhooks and queries are asked again in each step, because they watch the traffic.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import BinaryIO

import msgspec

from frontrunner.base.gate_settings import (
    OUTSIDE,
    ContractGate,
    EngagementGate,
    GateSettings,
    LinksGate,
    OutsideGate,
    ParityGate,
    QuotaGate,
    kind_of,
)
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.evidence.facts import Checked
from frontrunner.takeover.gates.check_worker import TO_START, Job
from frontrunner.takeover.gates.on_boards import Boards
from frontrunner.takeover.plan import HubPart

log = logging.getLogger("frontrunner.takeover")
_AT_ONCE = 2
"""Checks that run at the same time; users need the machine too."""
_LAST_WORDS = 300
_LONGEST = 64 * 1024
"""Bytes of a result."""
WORKER = (sys.executable, "-m", "frontrunner.takeover.gates.check_worker")


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """What the boards run and show; None is not known."""

    old_code: str | None = None
    new_code: str | None = None
    old_data_at: float | None = None
    old_data: str | None = None
    new_data: str | None = None
    counts_at: float = 0.0
    """When the step, or the analysis after new code, began."""
    hub: HubPart | None = None
    """What the plan in force says of the Hub."""


@dataclass
class _Run:
    key: tuple[object, ...]
    process: subprocess.Popen[bytes]
    output: BinaryIO
    complaints: BinaryIO
    ends: float

    def stop(self) -> None:
        """Kill it and its child processes, unless it has ended."""
        if self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.output.close()
        self.complaints.close()


@dataclass(frozen=True)
class _Result:
    key: tuple[object, ...]
    checked: Checked
    ended: float


class Checks:
    """The checks of one controller."""

    def __init__(
        self,
        boards: Boards | Callable[[], Boards],
        command: Sequence[str] = WORKER,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`command` reads a `Job` and writes a `Checked`, as `check_worker` does.

        `boards` may return other ones at each look, since a move can change a board's URL.
        """
        self._where = boards if callable(boards) else lambda: boards
        self._command, self._clock = tuple(command), clock
        self._boards = self._where()
        self._running: dict[str, _Run] = {}
        self._results: dict[str, _Result] = {}

    def poll(self, gates: Iterable[GateSettings], versions: Versions) -> dict[str, Checked]:
        """What is known of each gate, by name; starts what is due, and returns at once.

        A gate without an entry has no result on this data and code yet.
        """
        self._boards = msgspec.structs.replace(self._where(), old_data_at=versions.old_data_at)
        outside = {gate.name: gate for gate in gates if isinstance(gate, OUTSIDE)}
        keys = {name: _key(gate, versions, self._boards) for name, gate in outside.items()}
        self._forget(keys)
        for name in list(self._running):
            self._collect(name)
        for name, gate in outside.items():
            if self._is_due(gate, keys[name]):
                self._start(gate, keys[name], versions.hub)
        found = {name: _not_set_up(gate) for name, gate in outside.items()}
        fresh = {name: self._fresh(gate) for name, gate in outside.items()}
        known = {name: found[name] or fresh[name] for name in outside}
        return {name: checked for name, checked in known.items() if checked is not None}

    def close(self) -> None:
        """End what runs."""
        for run in self._running.values():
            run.stop()
        self._running = {}

    def _forget(self, keys: dict[str, tuple[object, ...]]) -> None:
        """Drop results on other data, code or settings."""
        for name in [n for n, run in self._running.items() if keys.get(n) != run.key]:
            self._running.pop(name).stop()
        for name in [n for n, result in self._results.items() if keys.get(n) != result.key]:
            del self._results[name]

    def _is_due(self, gate: OutsideGate, key: tuple[object, ...]) -> bool:
        if gate.name in self._running or _not_set_up(gate) or len(self._running) >= _AT_ONCE:
            return False
        result = self._results.get(gate.name)
        return result is None or self._clock() - result.ended >= gate.every

    def _fresh(self, gate: OutsideGate) -> Checked | None:
        """The result, unless it should have been replaced long ago."""
        result = self._results.get(gate.name)
        if result is None or self._clock() - result.ended > 2 * gate.every + gate.seconds:
            return None
        return result.checked

    def _start(self, gate: OutsideGate, key: tuple[object, ...], hub: HubPart | None) -> None:
        job = msgspec.json.encode(Job(gate=gate, boards=self._boards, hub=hub))
        with ExitStack() as files:
            try:
                output, complaints = (
                    files.enter_context(tempfile.TemporaryFile()) for _ in range(2)
                )
                process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=complaints,
                    start_new_session=True,
                )
            except OSError as error:
                self._keep(gate.name, key, _error(f"The check could not be started: {error}."))
                return
            files.pop_all()  # `stop` closes them
        with suppress(BrokenPipeError):  # it ended at once; its exit says so
            if process.stdin is not None:
                process.stdin.write(job)
                process.stdin.close()
        ends = self._clock() + gate.seconds + TO_START
        self._running[gate.name] = _Run(key, process, output, complaints, ends)

    def _collect(self, name: str) -> None:
        """Take the result of a check that ended; end one whose time is over."""
        run = self._running[name]
        code = run.process.poll()
        if code is None and self._clock() < run.ends:
            return
        if code is None:
            found = _error("The check did not end within its time.")
        else:
            found = _result_of(code, run)
        run.stop()
        del self._running[name]
        self._keep(name, run.key, found)

    def _keep(self, name: str, key: tuple[object, ...], found: Checked) -> None:
        if found.verdict is Verdict.ERROR:
            log.warning("gate %s: %s", name, found.text)
        self._results[name] = _Result(key, found, self._clock())


def _key(gate: OutsideGate, versions: Versions, boards: Boards) -> tuple[object, ...]:
    """What a result depends on."""
    match gate:
        case ParityGate():
            return gate, versions.old_data, versions.new_data
        case ContractGate() | LinksGate():
            return gate, versions.old_code, versions.new_code, boards.old, boards.new
        case EngagementGate() | QuotaGate():
            return gate, versions.counts_at, versions.hub
        case _:  # a verdict on what users met at an earlier share says nothing about this one
            return gate, versions.counts_at


def why_not_set_up(gate: GateSettings) -> str:
    """What a gate lacks in the settings; empty if nothing."""
    key = {ParityGate: "legacy", ContractGate: "record", LinksGate: "record"}.get(type(gate))
    if key is None or getattr(gate, key):
        return ""
    return (
        f"Not set up. Add [[takeover.gate]] with name = {gate.name!r}, kind = {kind_of(gate)!r} "
        f"and {key} = a folder, or take it from the gates of the stages."
    )


def _not_set_up(gate: OutsideGate) -> Checked | None:
    text = why_not_set_up(gate)
    found = Checked(verdict=Verdict.INCONCLUSIVE, text=text, at=time.time())
    return found if text else None


def _result_of(code: int, run: _Run) -> Checked:
    last = (_end_of(run.output, _LONGEST).splitlines() or [b""])[-1]
    if code:
        return _error(f"The check ended with exit code {code}. {_last_words(run)}".strip())
    try:
        return msgspec.json.decode(last, type=Checked)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _error(f"The check wrote no result: {error}. {_last_words(run)}".strip())


def _last_words(run: _Run) -> str:
    text = _end_of(run.complaints, _LAST_WORDS).decode(errors="replace")
    return " ".join(text.split())


def _end_of(file: BinaryIO, size: int) -> bytes:
    file.seek(max(0, file.seek(0, os.SEEK_END) - size))
    return file.read()


def _error(text: str) -> Checked:
    return Checked(verdict=Verdict.ERROR, text=text, at=time.time())
