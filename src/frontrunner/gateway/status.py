"""How a gateway is: what was asked of it, what Envoy does, and what its logs count."""

from __future__ import annotations

from pathlib import Path

import msgspec

from frontrunner.base.errors import GatewayError
from frontrunner.gateway.admin import Host
from frontrunner.gateway.control import Gateway, Seen
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
    """Requests that no side answered below 500."""


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


def status_of(gateway: Gateway) -> Status:
    """The status of a gateway, running or not. Raises GatewayError if its state is damaged."""
    asked, totals = gateway.kept(), read_totals(gateway.place.folder)
    try:
        admin = gateway.admin()
        streams = admin.stats(r"^http\.users\.downstream_rq_active$")
        return Status(
            running=True,
            asked=asked,
            seen=gateway.seen(),
            hosts=admin.hosts(),
            streams=int(sum(streams.values())),
            totals=totals,
        )
    except GatewayError:
        return Status(running=False, asked=asked, totals=totals)


def read_totals(folder: Path) -> Totals:
    """The totals that the supervisor wrote last; zeros if there are none."""
    try:
        return msgspec.json.decode((folder / "totals.json").read_bytes(), type=Totals)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Totals()
