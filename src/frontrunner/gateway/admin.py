"""Ask the running Envoy over its socket: which routes it follows, and how the boards are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from frontrunner.base.errors import GatewayError, NetworkError
from frontrunner.net.unix import ask_socket

_PATIENCE = 10.0
_MOST = 64 * 1024 * 1024
_UNEXPECTED = (msgspec.DecodeError, ValueError, AttributeError, LookupError, TypeError)
"""What an answer of another shape raises where it is read."""
Found = TypeVar("Found")


class Admin:
    """Envoy's admin interface on one socket."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, path: str) -> bytes:
        """An answer. Raises GatewayError if Envoy does not give one."""
        return self._ask("GET", path)

    def post(self, path: str) -> bytes:
        """An answer to a command. Raises GatewayError if Envoy does not give one."""
        return self._ask("POST", path)

    def _ask(self, method: str, path: str) -> bytes:
        try:
            answer = ask_socket(self.path, method, path, seconds=_PATIENCE, size=_MOST)
        except NetworkError as error:
            raise GatewayError(f"Envoy does not answer: {error}.") from error
        if answer.status != 200:
            raise GatewayError(f"Envoy answered {answer.status} to {path}: {answer.body[:200]!r}.")
        return answer.body

    def is_live(self) -> bool:
        """Whether Envoy has started and takes requests."""
        try:
            return self._ask("GET", "/ready").strip() == b"LIVE"
        except GatewayError:
            return False

    def routes_version(self) -> str:
        """The version of the routes that Envoy follows; empty before the first."""
        return self._read("/config_dump?resource=dynamic_route_configs", _version)

    def stats(self, pattern: str) -> dict[str, float]:
        """Counters and gauges whose names match an RE2 pattern."""
        return self._read(f"/stats?format=json&filter={quote(pattern)}", _values)

    def active_on_old(self) -> int:
        """Requests and streams that the old board has under way, with those of draining Envoys.

        Envoy adds the gauges of the process that it replaces to its own, but not to its hosts.
        """
        return int(sum(self.stats(r"^cluster\.old\.upstream_rq_active$").values()))

    def parent_ends_in(self) -> float:
        """Seconds until the Envoy that this one replaced is ended, if it still runs."""
        return self._read("/server_info", _parent_ends_in)

    def hosts(self) -> list[Host]:
        """Each address of each board, as Envoy sees it."""
        return self._read("/clusters?format=json", _hosts)

    def _read(self, path: str, how: Callable[[Any], Found]) -> Found:
        """What an answer in JSON says. Raises GatewayError if it is not what Envoy answers."""
        body = self.get(path)
        try:
            return how(msgspec.json.decode(body))
        except _UNEXPECTED as error:
            raise GatewayError(
                f"Envoy's answer to {path} cannot be read: {error!r}. Is {self.path} the socket of "
                "another program?"
            ) from error


@dataclass(frozen=True)
class Host:
    """One address of a board."""

    side: str
    address: str
    healthy: bool
    """Whether health checks reach it."""
    ejected: bool
    """Whether it is left out because requests failed."""
    active: int
    """Requests under way."""

    @property
    def health(self) -> str:
        """`healthy`, `unhealthy` or `ejected`, which is left out because requests failed."""
        return "ejected" if self.ejected else "healthy" if self.healthy else "unhealthy"

    @property
    def is_well(self) -> bool:
        """Whether Envoy sends requests to it."""
        return self.health == "healthy"


def is_side_well(hosts: Sequence[Host], side: str) -> bool | None:
    """Whether Envoy sends requests to any address of a side; None if it names none."""
    own = [host for host in hosts if host.side == side]
    return any(host.is_well for host in own) if own else None


def _version(body: Any) -> str:
    configs = body.get("configs", [])
    return str(configs[0].get("version_info", "")) if configs else ""


def _parent_ends_in(body: Any) -> float:
    patience = body["command_line_options"]["parent_shutdown_time"]
    return float(patience.removesuffix("s")) - float(body["uptime_current_epoch"].removesuffix("s"))


def _values(body: Any) -> dict[str, float]:
    return {one["name"]: one["value"] for one in body["stats"] if "value" in one}


def _hosts(body: Any) -> list[Host]:
    return [
        _host(cluster["name"], one)
        for cluster in body.get("cluster_statuses", [])
        if cluster["name"] in ("old", "new_first")
        for one in cluster.get("host_statuses", [])
        if cluster["name"] == "old" or not one.get("priority", 0)
    ]


def _host(cluster: str, status: dict[str, Any]) -> Host:
    address = status["address"]["socket_address"]
    health = status.get("health_status", {})
    numbers = {one["name"]: int(one.get("value", 0)) for one in status.get("stats", [])}
    return Host(
        side="old" if cluster == "old" else "new",
        address=f"{address['address']}:{address['port_value']}",
        healthy=not health.get("failed_active_health_check", False),
        ejected=health.get("failed_outlier_check", False),
        active=numbers.get("rq_active", 0),
    )


def serial_of(socket: Path) -> int:
    """The number of the start that an admin socket belongs to; -1 if it is not one."""
    digits = socket.stem.removeprefix("admin-")
    return int(digits) if digits.isdigit() else -1
