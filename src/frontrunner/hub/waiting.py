"""Wait until a Space runs a commit and serves it.

Stage RUNNING is not enough: until the new container runs, the runtime still names the commit
before, and the live address may lag behind the runtime. All three are looked at.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

import msgspec

from frontrunner.base.errors import (
    HubError,
    HubUnavailableError,
    NetworkError,
    SpaceFailedError,
)
from frontrunner.hub.access import without_tokens
from frontrunner.hub.reading import facts_of, runtime_of
from frontrunner.hub.session import Hub
from frontrunner.hub.space_facts import Runtime
from frontrunner.net.client import Answer, Limits, get

FAILED = frozenset({"BUILD_ERROR", "RUNTIME_ERROR", "CONFIG_ERROR", "NO_APP_FILE", "DELETING"})
"""Stages in which nothing will run without another commit."""
_STOPPED = frozenset({"PAUSED", "STOPPED"})
_LOG_LINES = 40
_LIVE = Limits(seconds=20.0, size=16 * 1024 * 1024, redirects=3)


@dataclass(frozen=True)
class Probe:
    """A question to the live address, and what its answer must show."""

    path: str = "/"
    problem: Callable[[Answer], str] = lambda answer: (
        "" if answer.status == 200 else f"status {answer.status}"
    )
    """Why an answer is not the expected one; empty if it is."""


class _Snapshot(msgspec.Struct):
    id: str


def shows_snapshot(snapshot: str) -> Probe:
    """The live address serves this snapshot of this project's board."""

    def problem(answer: Answer) -> str:
        if answer.status != 200:
            return f"status {answer.status}"
        try:
            found = msgspec.json.decode(answer.body, type=_Snapshot)
        except msgspec.MsgspecError:
            return "the answer names no snapshot"
        return "" if found.id == snapshot else f"it serves the snapshot {found.id}"

    return Probe("/v1/snapshot", problem)


class Waited(msgspec.Struct, frozen=True):
    """A Space that serves a commit."""

    commit: str
    seconds: float
    live: str
    """The live address."""


@dataclass(frozen=True)
class WaitTimes:
    """How long a Space may take, in seconds."""

    total: float = 1800.0
    """The Hub stops a start after 30 minutes."""
    error: float = 15.0
    """How long an error of another commit may last: reads of the runtime can lag behind."""
    look: float = 5.0
    """Between two looks; the first ones are closer to each other."""


def wait_until_served(
    hub: Hub,
    repo_id: str,
    commit: str,
    probe: Probe | None = None,
    times: WaitTimes | None = None,
    tell: Callable[[str], None] = lambda text: None,
) -> Waited:
    """Wait for stage RUNNING, the runtime's commit, and the answer of the live address.

    `tell` is called with what it waits for, whenever that changes. Raises SpaceFailedError if the
    Space failed or was stopped, with the end of its log, and HubUnavailableError after
    `times.total`.
    """
    times = times or WaitTimes()
    begun, told = time.monotonic(), ""
    watch = Watch(hub, repo_id, commit, probe or Probe(), times.error)
    while waiting_for := watch.look():
        if waiting_for != told:
            tell(f"{repo_id}: {waiting_for}")
            told = waiting_for
        if time.monotonic() - begun >= times.total:
            raise HubUnavailableError(
                f"{repo_id} does not serve {commit[:8]} after {times.total:g} seconds: "
                f"{waiting_for}. See its page, or restore the previous commit."
            )
        time.sleep(min(times.look, max(0.2, (time.monotonic() - begun) / 4)))
    return Waited(commit, time.monotonic() - begun, watch.live)


class Watch:
    """Looks at a Space until it serves a commit; each look returns at once."""

    def __init__(
        self,
        hub: Hub,
        repo_id: str,
        commit: str,
        probe: Probe | None = None,
        error: float = WaitTimes.error,
    ) -> None:
        """`error` is how long an error of another commit may last, in seconds."""
        self.commit = commit
        self._hub, self._repo_id = hub, repo_id
        self._probe, self._error = probe or Probe(), error
        self._failed_since: float | None = None
        self.live = facts_of(hub, repo_id).live

    def look(self) -> str:
        """What it waits for; empty if the commit is served.

        Raises SpaceFailedError if the Space failed or was stopped, with the end of its log.
        """
        runtime = _runtime(self._hub, self._repo_id)
        waiting_for = _waiting_for(self._hub, runtime, self.commit, self.live, self._probe)
        if not waiting_for or runtime is None:
            return waiting_for
        if runtime.stage not in FAILED | _STOPPED:
            self._failed_since = None
            return waiting_for
        now = time.monotonic()
        self._failed_since = self._failed_since or now
        if runtime.sha == self.commit or now - self._failed_since >= self._error:
            raise _failure(self._hub, self._repo_id, runtime, self.commit)
        return waiting_for


def ask_live(hub: Hub, live: str, path: str) -> Answer:
    """The answer of a live address. Raises NetworkError."""
    return get(f"{live}{path}", _LIVE._replace(private=hub.is_local))


def _runtime(hub: Hub, repo_id: str) -> Runtime | None:
    """What the Space does; None while the Hub does not say."""
    try:
        return runtime_of(hub, repo_id)
    except HubUnavailableError:
        return None


def _waiting_for(hub: Hub, runtime: Runtime | None, commit: str, live: str, probe: Probe) -> str:
    """What is not as it should be yet; empty if everything is."""
    if runtime is None:
        return "the Hub does not answer"
    if runtime.stage == "SLEEPING":
        _problem(hub, live, probe)  # a visit wakes it
        return "it wakes up"
    if runtime.stage != "RUNNING":
        return f"its stage is {runtime.stage}"
    if runtime.sha != commit:
        return f"it still runs {str(runtime.sha)[:8]}"
    problem = _problem(hub, live, probe)
    return f"its live address does not show the new board: {problem}" if problem else ""


def _problem(hub: Hub, live: str, probe: Probe) -> str:
    try:
        return probe.problem(ask_live(hub, live, probe.path))
    except NetworkError as error:
        return str(error)


def _failure(hub: Hub, repo_id: str, runtime: Runtime, commit: str) -> SpaceFailedError:
    which = "build" if runtime.stage in ("BUILD_ERROR", "CONFIG_ERROR") else "run"
    what = f"{repo_id} does not run {commit[:8]}: its stage is {runtime.stage}."
    if runtime.stage in _STOPPED:
        return SpaceFailedError(f"{what} Restart it, then continue.")
    log = _end_of_log(hub, repo_id, build=which == "build")
    error = f" {without_tokens(runtime.error)}." if runtime.error else ""
    return SpaceFailedError(f"{what}{error} The end of its {which} log:\n{log}")


def _end_of_log(hub: Hub, repo_id: str, *, build: bool) -> str:
    """The last lines of a log, or why it cannot be read."""
    try:
        lines = hub.read(
            f"Reading the log of {repo_id}",
            lambda: list(islice(hub.api.fetch_space_logs(repo_id, build=build), 100_000)),
        )
    except HubError as error:
        return f"(not read: {error})"
    return without_tokens("".join(lines[-_LOG_LINES:])).rstrip() or "(empty)"
