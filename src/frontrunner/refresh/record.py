"""What is kept of updates: each run, how the last one ended, and what waits to be accepted."""

from __future__ import annotations

from typing import Literal

import msgspec

from frontrunner.base.atomic import append_line, write_file
from frontrunner.base.home import Home
from frontrunner.base.json import read_as
from frontrunner.refresh.guards import Breach
from frontrunner.snapshot.freshness import write_checked_at
from frontrunner.snapshot.manifest import Seconds

Outcome = Literal["published", "unchanged", "unprepared", "held", "failed", "unseen", "undeployed"]


class Run(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One update: the JSON line that `frontrunner refresh` prints."""

    at: Seconds
    """When it began, in seconds since the epoch."""
    seconds: float
    """How long it took."""
    outcome: Outcome
    """`published`; `unchanged`: the results give what is published already; `unprepared`:
    published, but its answers could not be prepared; `held`: by a guard;
    `failed`; `undeployed`: published in this home, but not deployed; `unseen`: published, but the
    live board did not answer with it in time."""
    snapshot: str | None = None
    """What was built."""
    previous: str | None = None
    """What was published before."""
    reason: str = ""
    """Why it was held or failed, in a sentence for each guard."""
    breaches: tuple[Breach, ...] = ()
    models_added: int = 0
    models_gone: int = 0
    scores_added: int = 0
    scores_gone: int = 0
    scores_changed: int = 0
    commit: str | None = None
    """The commit of the Space that serves what is published."""
    live_after: float | None = None
    """Seconds from publishing until readers had it, with the deployment."""

    @property
    def is_good(self) -> bool:
        """Whether everything went well."""
        return self.outcome in ("published", "unchanged")

    @property
    def is_up_to_date(self) -> bool:
        """Whether readers have what the results give, if more slowly than they should."""
        return self.is_good or self.outcome == "unprepared"


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot that the guards hold until a person accepts it."""

    snapshot: str
    at: Seconds
    """When the run began that built it."""
    against: str
    """The published snapshot that it was compared with."""
    breaches: tuple[Breach, ...]

    def obstacle(self, home: Home) -> str:
        """Why it can no longer be accepted, and what to do; empty if it can be."""
        if self.against != home.published:
            why = f"Another snapshot was published since {self.snapshot} was held"
        elif not home.snapshot(self.snapshot).is_dir():
            why = f"{self.snapshot} is not in {home.path}: a backup, for example, leaves it out"
        else:
            return ""
        return f"{why}. Run: frontrunner refresh"


class State(msgspec.Struct, frozen=True, kw_only=True):
    """How updates stand."""

    last: Run | None = None
    good_at: Seconds | None = None
    """When the last run began that gave what is published: that is at least as new."""
    failures: int = 0
    """Runs in a row that were not good."""
    waiting: Waiting | None = None
    delivered: str | None = None
    """The snapshot that readers were last seen to have, if the settings say how to ask."""
    delivered_at: Seconds | None = None
    """When they were last seen to have it."""


def read_state(home: Home) -> State:
    """How updates stand; nothing known if there was none, or if the file is damaged."""
    try:
        return read_as(home.refresh_state, State)
    except (OSError, ValueError):
        return State()


def damage_of_state(home: Home) -> str:
    """Why the state cannot be read, and what to do; empty if it can be, or if there is none."""
    path = home.refresh_state
    try:
        read_as(path, State)
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}. Fix the permissions"
    except ValueError:
        return f"{path} is damaged or of another version. Run: frontrunner refresh"
    return ""


def write_state(home: Home, state: State) -> None:
    """Replace the state. Raises OSError."""
    write_file(home.refresh_state, msgspec.json.encode(state))


def after_run(state: State, run: Run, delivered: str | None = None) -> State:
    """The state once `run` has ended; `delivered` is what readers were seen to have."""
    waiting = state.waiting
    if run.outcome == "held" and run.snapshot and run.previous:
        waiting = Waiting(
            snapshot=run.snapshot, at=run.at, against=run.previous, breaches=run.breaches
        )
    elif run.is_up_to_date or run.outcome in ("unseen", "undeployed"):
        waiting = None
    return State(
        last=run,
        good_at=run.at if run.is_up_to_date else state.good_at,
        failures=0 if run.is_good else state.failures + 1,
        waiting=waiting,
        delivered=delivered or state.delivered,
        delivered_at=run.at + run.seconds if delivered else state.delivered_at,
    )


def keep_run(home: Home, run: Run, delivered: str | None = None) -> State:
    """Append a run to the list of all, and bring the state up to date. Raises OSError."""
    append_line(home.refresh_runs, msgspec.json.encode(run))
    state = after_run(read_state(home), run, delivered)
    write_state(home, state)
    if run.is_up_to_date and run.snapshot:
        write_checked_at(home, run.snapshot, run.at)
    return state
