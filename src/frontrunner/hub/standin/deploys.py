"""What a Space does at a moment: a fold over what happened to it. Pure.

While an update is built and started the old container serves, and the runtime names the old commit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

import msgspec

from frontrunner.hub.standin.switches import Switches


class Cause(StrEnum):
    """Why a Space does something else from a moment on."""

    COMMIT = "commit"
    """Built and started."""
    RESTART = "restart"
    """Started again without a build."""
    PAUSE = "pause"
    SLEEP = "sleep"


class Result(StrEnum):
    """How a deployment ends."""

    RUNS = "runs"
    BUILD_ERROR = "BUILD_ERROR"
    RUNTIME_ERROR = "RUNTIME_ERROR"
    CONFIG_ERROR = "CONFIG_ERROR"
    NO_APP_FILE = "NO_APP_FILE"


class Deploy(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a Space."""

    at: float
    cause: Cause
    commit: str
    result: Result = Result.RUNS
    build: float = 0.0
    start: float = 0.0


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What a Space does at one moment."""

    stage: str = "NO_APP_FILE"
    sha: str | None = None
    """The commit that the runtime names."""
    serving: str | None = None
    """The commit that the live address serves; None if it serves nothing."""
    since: float = -math.inf
    """When this stage began."""
    began: float = -math.inf
    """When the container that serves began to."""


def run_at(deploys: Sequence[Deploy], now: float, switches: Switches) -> Run:
    """What a Space with these deployments, in the order of time, does at `now`."""
    run = Run()
    past = [one for one in deploys if one.at <= now]
    for deploy, later in pairwise([*past, None]):
        if deploy is not None:
            run = _after(run, deploy, now if later is None else later.at, switches)
    return run


def _after(run: Run, deploy: Deploy, until: float, switches: Switches) -> Run:
    """What a Space does at `until`, if nothing else happens after `deploy`."""
    if deploy.cause == Cause.PAUSE:
        return Run(stage="PAUSED", sha=run.sha, since=deploy.at)
    if deploy.cause == Cause.SLEEP:
        return Run(stage="SLEEPING", sha=run.sha, since=deploy.at)
    if deploy.cause == Cause.RESTART and not switches.restart_serves:
        run = msgspec.structs.replace(run, serving=None)
    for stage, begins in _stages(run, deploy):
        if begins > until:
            break
        last = (stage, begins)
    return _in_stage(run, deploy, *last, switches)


def _stages(run: Run, deploy: Deploy) -> list[tuple[str, float]]:
    """The stages of a deployment and when each begins."""
    before = "RUNNING_" if run.serving else ""
    built, started = deploy.at + deploy.build, deploy.at + deploy.build + deploy.start
    if deploy.result in (Result.CONFIG_ERROR, Result.NO_APP_FILE):
        return [(str(deploy.result), deploy.at)]
    stages = [(f"{before}BUILDING", deploy.at)]
    if deploy.result == Result.BUILD_ERROR:
        return [*stages, ("BUILD_ERROR", built)]
    stages.append((f"{before}APP_STARTING", built))
    last = "RUNTIME_ERROR" if deploy.result == Result.RUNTIME_ERROR else "RUNNING"
    return [*stages, (last, started)]


def _in_stage(run: Run, deploy: Deploy, stage: str, since: float, switches: Switches) -> Run:
    if stage == "RUNNING":
        return Run(stage=stage, sha=deploy.commit, serving=deploy.commit, since=since, began=since)
    if stage.endswith(("BUILDING", "APP_STARTING")):
        return msgspec.structs.replace(run, stage=stage, since=since)
    keep = switches.after_runtime_error if stage == "RUNTIME_ERROR" else switches.after_build_error
    named = stage in ("BUILD_ERROR", "RUNTIME_ERROR") and switches.error_sha == "new"
    return Run(
        stage=stage,
        sha=deploy.commit if named else run.sha,
        serving=run.serving if keep == "old" else None,
        since=since,
        began=run.began,
    )
