"""How often a client may do something, such as send feedback.

Clients are counted in memory, by a hash that a new process cannot repeat.
"""

from __future__ import annotations

import ipaddress
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b

_CLIENTS = 10_000
"""Clients that are remembered; those that came back last."""


class Limit:
    """At most so many times in so many seconds, for each client."""

    def __init__(
        self, now: Callable[[], float] = time.monotonic, *, most: int, seconds: float
    ) -> None:
        self._now = now
        self._most, self._seconds = most, seconds
        self._key = secrets.token_bytes(16)
        self._sent: OrderedDict[bytes, list[float]] = OrderedDict()

    def allows(self, client: str) -> bool:
        """Whether this client may do it once more; counts it if so."""
        name = self._name(client)
        since = self._now() - self._seconds
        times = [at for at in self._sent.pop(name, []) if at > since]
        allowed = len(times) < self._most
        self._sent[name] = [*times, self._now()] if allowed else times
        while len(self._sent) > _CLIENTS:
            self._sent.popitem(last=False)
        return allowed

    def wait(self, client: str) -> float:
        """Seconds until a client that was not allowed may try again."""
        times = self._sent.get(self._name(client), [])
        return max(0.0, times[0] + self._seconds - self._now()) if times else 0.0

    def _name(self, client: str) -> bytes:
        return blake2b(client.encode(), key=self._key, digest_size=12).digest()


def network_of(address: str) -> str:
    """An IPv4 address, or the first half of an IPv6 address: one client has all of the rest."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return (
        str(found)
        if found.version == 4
        else str(ipaddress.ip_network((int(found), 64), strict=False))
    )
