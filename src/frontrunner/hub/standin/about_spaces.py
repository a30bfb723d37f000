"""Answers about what only a Space has: runtime, hardware, variables, secrets, logs."""

from __future__ import annotations

from typing import Any

import msgspec

from frontrunner.hub.standin.deploys import Cause
from frontrunner.hub.standin.exchange import Ask, RefusedError, Reply, as_json, stamp
from frontrunner.hub.standin.repos import Repository, Space
from frontrunner.hub.standin.stored import Stored

FREE = "cpu-basic"
FREE_SLEEPS = 172_800
FLAVORS = {FREE: 0, "cpu-upgrade": 3, "t4-small": 40, "t4-medium": 60, "l4x1": 80}
"""Cents an hour."""
_REFUSED = "Please subscribe to a paid plan, or ask for a community grant, to use this hardware."


def runtime_facts(stored: Stored, ask: Ask, repository: Repository) -> dict[str, Any]:
    """The runtime of a Space as the Hub writes it."""
    space, run = space_of(repository), stored.run(repository)
    has_container = run.serving is not None or run.stage in ("SLEEPING", "PAUSED")
    found: dict[str, Any] = {
        "stage": run.stage,
        "hardware": {
            "current": space.hardware if has_container else None,
            "requested": space.requested,
        },
        "storage": space.storage,
        "volumes": space.volumes or None,
        "gcTimeout": space.sleep_time,
        "replicas": {"current": int(run.serving is not None), "requested": 1},
        "devMode": False,
        "domains": [{"domain": _domain(ask, space), "stage": "READY"}],
    }
    if space.sdk == "static":
        found["hardware"] = {"current": None, "requested": None}
    if run.sha is not None:
        found["sha"] = run.sha
    if run.stage.endswith("ERROR"):
        found["errorMessage"] = f"{run.stage}: the container ended with exit code 1"
    return found


def space_of(repository: Repository) -> Space:
    """What only a Space has; another repository is refused."""
    if repository.space is None:
        raise RefusedError(404, "Space not found", "RepoNotFound")
    return repository.space


def runtime(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """Stage, hardware and commit."""
    return as_json(runtime_facts(stored, ask, repository))


def pause(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """Stop the container until a restart."""
    space_of(repository)
    stored.restart(repository, Cause.PAUSE)
    return runtime(stored, ask, repository)


def restart(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """Start the container again; with `factory`, build it first."""
    space_of(repository)
    stored.restart(repository, Cause.COMMIT if ask.is_on("factory") else Cause.RESTART)
    return runtime(stored, ask, repository)


def hardware(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """Request hardware."""
    space, fields = space_of(repository), ask.fields
    flavor = str(fields.get("flavor", ""))
    if flavor not in FLAVORS:
        raise RefusedError(400, f"Invalid hardware: {flavor}")
    account = stored.accounts.get(repository.owner)
    coming = flavor in (FREE, space.grant) or bool(account and account.paid)
    if not coming and stored.switches.refused_hardware == "402":
        raise RefusedError(402, _REFUSED)
    stored.request_hardware(repository, flavor, coming=coming)
    if flavor == FREE:
        space.sleep_time = FREE_SLEEPS
    elif "sleepTimeSeconds" in fields:
        space.sleep_time = fields["sleepTimeSeconds"]
    return runtime(stored, ask, repository)


def sleep_time(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """Set after how many seconds without a visitor the Space sleeps; -1 means never."""
    space, seconds = space_of(repository), ask.fields.get("seconds")
    if type(seconds) is not int:  # and no truth value, which is one of Python's numbers
        raise RefusedError(400, "seconds must be a whole number")
    if space.requested != FREE:  # free hardware has a fixed one
        space.sleep_time = None if seconds < 0 else seconds
    return runtime(stored, ask, repository)


def variables(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """Read, set or delete variables; a change restarts the Space."""
    kept = space_of(repository).variables
    _change(stored, ask, repository, kept)
    return as_json(kept)


def secrets(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """Read the names of secrets, set or delete one; a change restarts the Space."""
    kept = space_of(repository).secrets
    _change(stored, ask, repository, kept)
    shown = ("key", "description", "updatedAt")
    return as_json({k: {n: v for n, v in one.items() if n in shown} for k, one in kept.items()})


def volumes(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """Mount other repositories into the container."""
    space = space_of(repository)
    space.volumes = list(ask.fields.get("volumes") or []) if ask.method == "PUT" else []
    stored.restart(repository)
    return runtime(stored, ask, repository)


def flavors(stored: Stored, ask: Ask) -> Reply:
    """The hardware that can be requested."""
    rows = [
        {
            "name": name,
            "prettyName": name,
            "cpu": "2 vCPU",
            "ram": "16 GB",
            "accelerator": None,
            "unitCostMicroUSD": cents * 10_000,
            "unitCostUSD": cents / 100,
            "unitLabel": "hour",
        }
        for name, cents in FLAVORS.items()
    ]
    return as_json(rows)


def logs(stored: Stored, ask: Ask, repository: Repository, which: str) -> Reply:
    """The log of the last build, or of the container, as server-sent events."""
    space = space_of(repository)
    last = space.deploys[-1] if space.deploys else None
    lines = [] if last is None else [(last.at, f"===== {which} of {last.commit[:7]} =====")]
    if last is not None and last.result != "runs" and stored.run(repository).stage == last.result:
        lines.append((last.at + last.build, f"{last.result}: exit code 1"))
    events = [
        b"data: " + msgspec.json.encode({"data": f"{text}\n", "timestamp": stamp(at)}) + b"\n\n"
        for at, text in lines
    ]
    return Reply(200, b"".join(events), (("Content-Type", "text/event-stream"),))


def _change(
    stored: Stored, ask: Ask, repository: Repository, kept: dict[str, dict[str, Any]]
) -> None:
    if ask.method == "GET":
        return
    fields = ask.fields
    key = str(fields.get("key", ""))
    if ask.method == "DELETE":
        changed = kept.pop(key, None) is not None
    else:
        changed = True
        kept[key] = {
            "key": key,
            "value": str(fields.get("value", "")),
            "description": str(fields.get("description", "")),
            "updatedAt": stamp(stored.now()),
        }
    if changed:
        stored.restart(repository)


def _domain(ask: Ask, space: Space) -> str:
    return f"{ask.base.partition('://')[2]}/-/live/{space.subdomain}"
