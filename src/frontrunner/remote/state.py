"""The state of following a store: written by the follower, read by servers and doctor."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.base.home import Home
from frontrunner.base.json import read_as

SILENT_AFTER = 120.0
"""Seconds without an update of this file after which the process that follows counts as dead."""


class Following(msgspec.Struct, frozen=True, kw_only=True):
    """How following goes."""

    store: str
    snapshot: str = ""
    """The snapshot that was brought last."""
    asked_at: float = 0.0
    answered_at: float = 0.0
    """When the store last answered, and what it holds could be used."""
    failures: int = 0
    """In a row."""
    problem: str = ""


def read_following(home: Home) -> Following | None:
    """The state of following; None if the home follows no store."""
    try:
        return read_as(home.store_state, Following)
    except (OSError, ValueError):
        return None


def write_following(home: Home, state: Following) -> None:
    """Store the state of following. Raises OSError."""
    home.store.mkdir(parents=True, exist_ok=True)
    write_file(home.store_state, msgspec.json.encode(state))


def problem_of(state: Following, now: float) -> str:
    """What is wrong with following, in a sentence; empty if nothing is."""
    if state.problem:
        return state.problem
    silent = now - state.asked_at
    if silent > SILENT_AFTER:
        return (
            f"The store {state.store} was last polled {silent:,.0f} seconds ago. Restart the "
            "server."
        )
    return ""


class Watch:
    """What a server knows of the process that follows; reads the file when it changes."""

    def __init__(self, home: Path) -> None:
        self._home = Home(home)
        self._stamp = 0
        self.state: Following | None = None

    def look(self) -> Following | None:
        """How following goes."""
        try:
            stamp = self._home.store_state.stat().st_mtime_ns
        except OSError:
            return self.state
        if stamp != self._stamp:
            self._stamp, self.state = stamp, read_following(self._home) or self.state
        return self.state

    def problem(self) -> str:
        """What is wrong with following; empty if nothing is."""
        state = self.look()
        return "" if state is None else problem_of(state, time.time())
