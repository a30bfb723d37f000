"""What the steps of a build say while they run, and what they log."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from frontrunner.ops import events
from frontrunner.results.read import Progress
from frontrunner.snapshot.store import Store


class Reporter(Protocol):
    """Receives the progress of the pipeline."""

    def step(self, what: str) -> AbstractContextManager[Progress]:
        """A step begins, and ends with the block; the value takes how far it is."""

    def say(self, text: str) -> None:
        """Something worth knowing."""

    def warn(self, error: Exception) -> None:
        """Something went wrong that does not stop the work."""


def log(store: Store, event: events.Event, reporter: Reporter) -> None:
    """Append an event to the home's log; what was done is done, so a failure is a warning."""
    try:
        events.record(store.at, event)
    except OSError as error:
        reporter.warn(error)
