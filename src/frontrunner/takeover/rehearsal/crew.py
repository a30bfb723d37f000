"""The controllers of a rehearsal, what they wrote, and the operator's commands."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from itertools import count

from frontrunner.base.config import load_settings
from frontrunner.base.errors import LedgerError, TakeoverError
from frontrunner.takeover.fold import State, fold
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.records import Entry, Verb
from frontrunner.takeover.rehearsal.installation import Installation
from frontrunner.takeover.rehearsal.processes import Running, frontrunner
from frontrunner.takeover.stages import Position
from frontrunner.takeover.telling import last_look
from frontrunner.takeover.wiring import open_ledger

_COMMAND = 60.0
_EVERY = 0.02


class Story:
    """The ledger as it grows, with the time at which each entry was seen here."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.entries: list[Entry] = []
        self.seen_at: list[float] = []
        """The time of the last read without the entry: it was written after that."""
        self.unread = ""
        """Why the ledger could not be read when that failed last."""
        self._looked = time.time()
        self._state = State()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ledger")

    @property
    def position(self) -> Position:
        """Where the take-over is."""
        return self._state.position

    def start(self) -> None:
        """Read on from now on, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Read what is left, and end."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(_EVERY):
            self._read()
        self._read()

    def _read(self) -> None:
        looked = time.time()
        try:
            found = list(self._ledger.entries(after=len(self.entries)))
        except LedgerError as error:
            self.unread = str(error)
            return
        self.seen_at += [self._looked] * len(found)
        self.entries += found
        self._state = fold(found, self._state)
        self._looked = looked


class Crew:
    """Starts and kills controllers, and gives commands."""

    def __init__(self, installation: Installation) -> None:
        self._inst = installation
        self._numbers = count(1)
        self.ledger = open_ledger(load_settings(installation.home))
        self.story = Story(self.ledger)
        self.story.start()
        self.controllers: list[Running] = []
        self.kills = 0
        self.restarts = 0
        """Controllers that ended by themselves and were started again."""
        self.is_over = False
        """Whether controllers may end: the take-over is finished."""

    def close(self) -> None:
        """End all controllers."""
        self.is_over = True
        for one in self.controllers:
            one.stop()
        self.story.stop()
        self.ledger.close()

    def add(self) -> Running:
        """Start one more controller."""
        number = next(self._numbers)
        module = "frontrunner.takeover.rehearsal.shifted"
        command = [sys.executable, "-m", module, "takeover", "start"]
        one = Running(
            f"controller {number}",
            [*command, "--home", str(self._inst.home)],
            self._inst.paths.rehearsal / f"controller-{number}.log",
        )
        one.start()
        self.controllers.append(one)
        return one

    def keep(self) -> None:
        """Start controllers that have ended again, as a service manager does."""
        for one in self.controllers:
            if not self.is_over and not one.is_alive():
                self.restarts += 1
                one.start()

    def kill(self) -> None:
        """Kill the first controller and start it again."""
        first = self.controllers[0]
        first.kill()
        first.start()
        self.kills += 1

    def remove(self, one: Running) -> None:
        """End a controller, and do not start it again."""
        self.controllers.remove(one)
        one.stop()

    def step_clocks(self, number: signal.Signals) -> None:
        """Step the clock of every controller; see `shifted`."""
        for one in self.controllers:
            one.send(number)

    def last_look(self) -> str:
        """Why the controller did not advance at its last look."""
        look = last_look(self._inst.paths.looks)
        return look.holding if look else "none"

    # --- the operator -------------------------------------------------------------------------

    def command(self, verb: Verb, *words: str) -> subprocess.Popen[bytes]:
        """Give a command, without waiting for it."""
        more = ["--yes"] if verb in (Verb.ADVANCE, Verb.FINISH) else []
        command = frontrunner("takeover", verb, *more, *words, "--home", str(self._inst.home))
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )

    def give(self, verb: Verb, *words: str) -> None:
        """Give a command and wait until it is carried out. Raises TakeoverError if it is not."""
        code, text = ended(self.command(verb, *words))
        if code:
            raise TakeoverError(f"`takeover {verb}` failed with {code}: {text}")

    def give_all(self, verbs: Sequence[Verb]) -> list[tuple[Verb, int, str]]:
        """Give several commands at once; what each answered."""
        running = [(verb, self.command(verb)) for verb in verbs]
        return [(verb, *ended(process)) for verb, process in running]


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """The exit code of a command, and what it said. Raises TakeoverError if it does not end."""
    try:
        _, text = process.communicate(timeout=_COMMAND)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise TakeoverError(f"A command did not end within {_COMMAND:.0f} s.") from None
    return process.returncode, text.decode("utf-8", "replace").strip()
