"""A reporter that keeps what it is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from frontrunner.results.read import Progress


class Listener:
    """A `frontrunner.ops.reporting.Reporter` for tests."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.said: list[str] = []
        self.warned: list[str] = []

    @contextmanager
    def step(self, what: str) -> Iterator[Progress]:
        self.steps.append(what)
        yield lambda done, total: None

    def say(self, text: str) -> None:
        self.said.append(text)

    def warn(self, error: Exception) -> None:
        self.warned.append(str(error))
