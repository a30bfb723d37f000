"""Ask the running Envoy over its socket: which routes it follows, and how the boards are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from frontrunner.base.errors import GatewayError, NetworkError
from frontrunner.net.unix import ask_socket

_PATIENCE = 10.0
_MOST = 64 * 1024 * 1024


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
        body = self.get("/config_dump?resource=dynamic_route_configs")
        configs = msgspec.json.decode(body).get("configs", [])
        return str(configs[0].get("version_info", "")) if configs else ""

    def stats(self, pattern: str) -> dict[str, float]:
        """Counters and gauges whose names match an RE2 pattern."""
        body = self.get(f"/stats?format=json&filter={quote(pattern)}")
        return {
            one["name"]: one["value"]
            for one in msgspec.json.decode(body)["stats"]
            if "value" in one
        }

    def hosts(self) -> list[Host]:
        """Each address of each board, as Envoy sees it."""
        body = msgspec.json.decode(self.get("/clusters?format=json"))
        return [
            _host(cluster["name"], one)
            for cluster in body.get("cluster_statuses", [])
            if cluster["name"] in ("old", "new_first")
            for one in cluster.get("host_statuses", [])
            if cluster["name"] == "old" or not one.get("priority", 0)
        ]


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
