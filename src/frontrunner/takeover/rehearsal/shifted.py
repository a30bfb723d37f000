"""Run `frontrunner` under a wall clock that steps on command.

    python -m frontrunner.takeover.rehearsal.shifted takeover start --home DIR

SIGUSR1 puts the clock back an hour, SIGUSR2 on two hours. Only this process is affected, and only
the wall clock: no program can step the monotonic one.
"""

from __future__ import annotations

import runpy
import signal
import time

BACK, ON = -3600.0, 7200.0
"""Seconds of the two steps."""


class Shifted:
    """The wall clock with an offset."""

    def __init__(self) -> None:
        self.offset = 0.0
        self._real = time.time

    def __call__(self) -> float:
        """Seconds since the epoch, shifted."""
        return self._real() + self.offset

    def step(self, seconds: float) -> None:
        """Step on, or back if it is negative."""
        self.offset += seconds


def main() -> None:
    """Step the clock by signals, and run the command line."""
    clock = Shifted()
    time.time = clock
    signal.signal(signal.SIGUSR1, lambda *_: clock.step(BACK))
    signal.signal(signal.SIGUSR2, lambda *_: clock.step(ON))
    runpy.run_module("frontrunner", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
