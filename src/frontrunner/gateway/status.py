"""The status of a gateway: what was requested, what Envoy does, and what its logs count."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec

from frontrunner.base.errors import GatewayError
from frontrunner.gateway.admin import Admin, Host, serial_of
from frontrunner.gateway.control import Gateway, Seen
from frontrunner.gateway.feedback_room import Room, read_room
from frontrunner.gateway.process import has_earlier
from frontrunner.gateway.state import GatewayState


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Counts since the supervisor started, written by it every second."""

    requests: dict[str, int] = {}
    """By the side that was asked first."""
    attempts: dict[str, int] = {}
    failures: dict[str, int] = {}
    """Attempts that a side failed."""
    fallbacks: int = 0
    failed: int = 0
    """Requests that no board answered with a status below 500."""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """All that `frontrunner gateway status` shows."""

    running: bool
    asked: GatewayState
    seen: Seen | None = None
    """What Envoy follows; None if it does not run."""
    hosts: list[Host] = []
    streams: int = 0
    """Requests and streams of users under way."""
    totals: Totals = Totals()
    feedback: Room | None = None
    """What is stored of feedback; None if none came yet."""
    drains_until: float | None = None
    """When the earlier Envoy ends, about, for which a reload waits; None if none runs."""
    problem: str = ""
    """Why Envoy cannot be asked; empty if it runs."""


def status_of(gateway: Gateway) -> Status:
    """The status of a gateway, running or not. Raises GatewayError if its state is damaged."""
    asked, totals = gateway.kept(), read_totals(gateway.place.folder)
    feedback = read_room(gateway.place.folder)
    try:
        admin = gateway.admin()
        streams = admin.stats(r"^http\.users\.downstream_rq_active$")
        return Status(
            running=True,
            asked=asked,
            seen=gateway.seen(),
            hosts=sorted(admin.hosts(), key=lambda one: (one.side != "old", one.address)),
            streams=int(sum(streams.values())),
            totals=totals,
            feedback=feedback,
            drains_until=_drains_until(gateway, admin),
        )
    except GatewayError as error:
        return Status(
            running=False, asked=asked, totals=totals, feedback=feedback, problem=str(error)
        )


def _drains_until(gateway: Gateway, admin: Admin) -> float | None:
    """When the Envoy before this one ends, in seconds since the epoch."""
    if not has_earlier(gateway.place.folder, serial_of(admin.path)):
        return None
    return time.time() + max(admin.parent_ends_in(), 0.0)


def summary(status: Status) -> str:
    """One line for people: what Envoy follows, and what was asked if that differs."""
    seen, asked = status.seen, status.asked
    if seen is None:
        return f"{asked.share / 100:g}% is asked for. {status.problem}"
    parts = [f"{seen.share / 100:g}% of the visitors get the new board"]
    if seen.share != asked.share:
        parts.append(f"Envoy does not follow the requested {asked.share / 100:g}% yet")
    parts.append(f"the banner is {'on' if seen.banner else 'off'}")
    if seen.shadow:
        parts.append(f"{seen.shadow / 100:g}% of the old board's answers are compared")
    if seen.settled:
        parts.append("the move is settled")
    parts.append(f"requests and streams under way: {status.streams:,}")
    return "; ".join(parts) + "."


def shown(status: Status) -> dict[str, object]:
    """The status for programs: shares in percent, and without the salt."""
    return {
        "running": status.running,
        "problem": status.problem,
        "asked": _percentages(status.asked),
        "seen": None if status.seen is None else _percentages(status.seen),
        "hosts": status.hosts,
        "streams": status.streams,
        "totals": status.totals,
        "feedback": status.feedback,
        "drains_until": status.drains_until,
    }


def _percentages(one: GatewayState | Seen) -> dict[str, object]:
    return {
        "generation": one.generation,
        "share": one.share / 100,
        "shadow": one.shadow / 100,
        "banner": one.banner,
        "settled": one.settled,
    }


def read_totals(folder: Path) -> Totals:
    """The totals that the supervisor wrote last; zeros if there are none."""
    try:
        return msgspec.json.decode((folder / "totals.json").read_bytes(), type=Totals)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Totals()
