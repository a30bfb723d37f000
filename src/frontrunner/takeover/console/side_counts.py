"""What the gateway and the comparer count of both boards, for the console. Pure."""

from __future__ import annotations

from typing import NamedTuple

from frontrunner.gateway.shadow.tally import Example, Tally
from frontrunner.gateway.status import Status


class SideView(NamedTuple):
    """One board, as the gateway counts it since its supervisor started."""

    name: str
    requests: int
    attempts: int
    failures: int
    failing: str
    """Failures as a share of attempts."""
    health: str


def both_sides(status: Status | None) -> list[SideView]:
    """Requests, attempts and failures by side; empty if the gateway is not known."""
    return [] if status is None else [_side(status, name) for name in ("old", "new")]


def _side(status: Status, name: str) -> SideView:
    totals = status.totals
    attempts, failures = totals.attempts.get(name, 0), totals.failures.get(name, 0)
    hosts = [one for one in status.hosts if one.side == name]
    well = sum(one.is_well for one in hosts)
    return SideView(
        name=name,
        requests=totals.requests.get(name, 0),
        attempts=attempts,
        failures=failures,
        failing=f"{100 * failures / attempts:.3g}%" if attempts else "",
        health=f"{well} of {len(hosts)} healthy" if hosts else "not known",
    )


class RouteView(NamedTuple):
    """What comparing found on one route."""

    route: str
    same: int
    noisy: int
    ignored: int
    old_failed: int
    different: int
    differing: str
    examples: tuple[Example, ...]
    """Newest first."""


def compared(tally: Tally) -> list[RouteView]:
    """The routes that were compared, those with most differences first."""
    found = []
    for route, one in tally.routes.items():
        total = one.same + one.noisy + one.ignored + one.old_failed + one.different
        differing = f"{100 * one.different / total:.3g}%" if total else ""
        found.append(
            RouteView(
                route, one.same, one.noisy, one.ignored, one.old_failed, one.different, differing,
                tuple(reversed(one.examples)),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (-one.different, one.route))
