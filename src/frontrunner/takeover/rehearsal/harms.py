"""Make each fault, and take it back."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from frontrunner.base.atomic import move_file, write_file
from frontrunner.base.errors import TakeoverError
from frontrunner.takeover.records import Verb
from frontrunner.takeover.rehearsal.crew import Crew
from frontrunner.takeover.rehearsal.fast_plan import EDITED, settings
from frontrunner.takeover.rehearsal.faults import Fault, Given
from frontrunner.takeover.rehearsal.installation import Installation
from frontrunner.takeover.rehearsal.processes import wait_until_answers
from frontrunner.takeover.rehearsal.saboteur import Harm

_FULL = 512
"""Bytes that a file of the controller may have while its disk is full."""
_ALL_AT_ONCE = (
    Verb.ADVANCE, Verb.PAUSE, Verb.RESUME, Verb.APPROVE, Verb.REJECT, Verb.RETRY, Verb.FINISH,
    Verb.ACCEPT, Verb.ROLLBACK, Verb.PAUSE, Verb.ADVANCE, Verb.RESUME,
)  # fmt: skip
_ENVOY_IS_BACK = 15.0
_HARMS = {
    Fault.WRONG_NUMBERS: Harm.WRONG,
    Fault.EMPTY_BOARD: Harm.EMPTY,
    Fault.STALE_DATA: Harm.STALE,
    Fault.SUCCESSOR_SLOW: Harm.SLOW,
    Fault.SUCCESSOR_ERRORS: Harm.ERRORS,
    Fault.SUCCESSOR_RESETS: Harm.RESETS,
}


class Harms:
    """Every fault as a block: it is made before the block, kept up in it, lifted after it."""

    def __init__(self, installation: Installation, crew: Crew) -> None:
        self._inst, self._crew = installation, crew
        self.envoy_kills: list[float] = []
        """When Envoy was killed, in seconds since the epoch."""
        self.given: list[Given] = []
        """Commands that were given all at once."""
        self.keep_up: Callable[[], None] = _nothing
        """Makes the present fault again where it heals by itself."""

    @contextmanager
    def made(self, fault: Fault) -> Iterator[None]:
        """Make a fault, and lift it after the block."""
        how = {
            Fault.SUCCESSOR_KILLED: self._successor_killed,
            Fault.LEGACY_DOWN: self._legacy_down,
            Fault.ENVOY_KILLED: self._envoy_killed,
            Fault.CONTROLLER_KILLED: self._controller_killed,
            Fault.TWO_CONTROLLERS: self._two_controllers,
            Fault.COMPARER_DOWN: self._comparer_down,
            Fault.DISK_FULL: self._disk_full,
            Fault.DATABASE_GONE: self._database_gone,
            Fault.CLOCK_STEPS: self._clock_steps,
            Fault.PLAN_EDITED: self._plan_edited,
            Fault.OPERATOR: self._operator,
        }
        try:
            with how[fault]() if fault in how else self._spoiled(_HARMS[fault]):
                yield
        finally:
            self.keep_up = _nothing

    # --- boards -------------------------------------------------------------------------------

    @contextmanager
    def _spoiled(self, harm: Harm) -> Iterator[None]:
        self._inst.harm(harm)
        try:
            yield
        finally:
            self._inst.harm(Harm.NONE)

    @contextmanager
    def _successor_killed(self) -> Iterator[None]:
        self._inst.new.kill()
        try:
            yield
        finally:
            self._inst.new.start()
            url = f"http://127.0.0.1:{self._inst.ports.new}/health"
            wait_until_answers(url, self._inst.new)

    @contextmanager
    def _legacy_down(self) -> Iterator[None]:
        self._inst.old.kill()
        process = self._crew.command(Verb.ROLLBACK, "--reason", "The old board is down.")
        try:
            yield
        finally:
            self._inst.old.start()
            url = f"http://127.0.0.1:{self._inst.ports.old}/config"
            wait_until_answers(url, self._inst.old)
            process.communicate(timeout=90)

    # --- the gateway ----------------------------------------------------------------------------

    @contextmanager
    def _envoy_killed(self) -> Iterator[None]:
        self.kill_envoy()
        yield

    def kill_envoy(self) -> None:
        """Kill Envoy and wait until the next one follows the same routes. Raises TakeoverError."""
        before = self._inst.envoy()
        self.envoy_kills.append(time.time())
        with suppress(ProcessLookupError):
            os.kill(before, signal.SIGKILL)
        until = time.monotonic() + _ENVOY_IS_BACK
        while not self._inst.is_live() or self._inst.envoy() == before:
            if time.monotonic() > until:
                raise TakeoverError(f"Envoy was not back within {_ENVOY_IS_BACK:.0f} s.")
            time.sleep(0.02)

    @contextmanager
    def _comparer_down(self) -> Iterator[None]:
        self.keep_up = self._kill_comparers
        self._kill_comparers()
        yield

    def _kill_comparers(self) -> None:
        for number in self._inst.comparers():
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)

    # --- the controller -------------------------------------------------------------------------

    @contextmanager
    def _controller_killed(self) -> Iterator[None]:
        self.keep_up = self._crew.kill
        self._crew.kill()
        yield

    @contextmanager
    def _two_controllers(self) -> Iterator[None]:
        second = self._crew.add()
        time.sleep(2.0)
        self._crew.controllers[0].kill()  # the crew starts it again
        try:
            yield
        finally:
            self._crew.remove(second)

    @contextmanager
    def _clock_steps(self) -> Iterator[None]:
        self._crew.step_clocks(signal.SIGUSR1)
        time.sleep(1.0)
        self._crew.step_clocks(signal.SIGUSR2)
        try:
            yield
        finally:
            self._crew.step_clocks(signal.SIGUSR1)

    @contextmanager
    def _disk_full(self) -> Iterator[None]:
        """No file of the controller may grow: the system refuses it as a full disk does."""
        numbers = [one.process.pid for one in self._crew.controllers if one.process]
        for number in numbers:
            _limit_files(number, _FULL)
        try:
            yield
        finally:
            for number in numbers:
                with suppress(ProcessLookupError):
                    _limit_files(number, resource.RLIM_INFINITY)

    @contextmanager
    def _database_gone(self) -> Iterator[None]:
        folder = self._inst.paths.takeover
        moved = [(path, _away(path)) for path in sorted(folder.glob("ledger.db*"))]
        for path, away in moved:
            move_file(path, away)
        try:
            yield
        finally:
            for path in folder.glob("ledger.db*"):
                move_file(path, path.with_name(f"made-meanwhile-{path.name}"))
            for path, away in moved:
                move_file(away, path)

    @contextmanager
    def _plan_edited(self) -> Iterator[None]:
        text = settings(self._inst.ports, self._inst.benchmark, EDITED)
        write_file(self._inst.paths.settings, text.encode())
        yield
        self._crew.give(Verb.ACCEPT, "--reason", "The edit is meant.")

    @contextmanager
    def _operator(self) -> Iterator[None]:
        ends = self._crew.give_all(_ALL_AT_ONCE)
        self.given = [Given(verb=verb, code=code, said=said) for verb, code, said in ends]
        yield


def _nothing() -> None:
    pass


def _away(path: Path) -> Path:
    return path.with_name(f"gone-{path.name}")


def _limit_files(process: int, size: int) -> None:
    _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    wanted = hard if size == resource.RLIM_INFINITY else size
    resource.prlimit(process, resource.RLIMIT_FSIZE, (wanted, hard))
